// npm run check:pmd: the Apex by PMD's rules, as far as config/pmd.json takes them.
import path from 'node:path';
import process from 'node:process';
import type { ApexReport } from './check-apex.ts';
import { checkApexRules } from './checks/apex-rules.ts';
import { hasJava } from './checks/apex-semantics.ts';

/** @param options.requireAll whether a missing Java is a problem instead of a notice */
export async function checkPmd(options: { root: string; requireAll: boolean; java?: boolean }): Promise<ApexReport> {
  if (options.java ?? hasJava()) return { problems: await checkApexRules(options.root), notices: [] };
  const noJava = 'Java 17 was not found: the Apex was not checked by PMD.';
  return options.requireAll ? { problems: [noJava], notices: [] } : { problems: [], notices: [noJava] };
}

if (import.meta.main) {
  const requireAll = process.env['REQUIRE_ALL'] === 'true';
  const { problems, notices } = await checkPmd({ root: path.resolve(import.meta.dirname, '..'), requireAll });
  for (const line of notices) console.warn(line);
  for (const line of problems) console.error(line);
  if (problems.length + notices.length === 0) console.log('PMD finds nothing in the Apex.');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
