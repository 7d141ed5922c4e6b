// npm run check:slds: the Lightning components by the design system's linter, as far as config/slds-lint.json takes it.
import path from 'node:path';
import process from 'node:process';
import { lintSlds } from './checks/slds-lint.ts';

if (import.meta.main) {
  const problems = lintSlds(path.resolve(import.meta.dirname, '..'));
  for (const line of problems) console.error(line);
  if (problems.length === 0) console.log('The components follow the design system.');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
