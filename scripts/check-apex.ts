// npm run check:apex: what can be said of the Apex without an org.
import path from 'node:path';
import process from 'node:process';
import { loadProgram } from '../standins/salesforce/apex/load-program.ts';
import { UnsupportedApex } from '../standins/salesforce/apex/values.ts';
import { UnsupportedMetadata } from '../standins/salesforce/logic/save-context.ts';
import { checkCaughtMessages } from './checks/apex-caught-messages.ts';
import { checkApexCoverage } from './checks/apex-coverage.ts';
import { checkMockOrder } from './checks/apex-mock-order.ts';
import { checkQueries } from './checks/apex-queries.ts';
import { checkSemantics, hasJava } from './checks/apex-semantics.ts';

export interface ApexReport {
  problems: string[];
  /** What was left out, and why. */
  notices: string[];
}

/**
 * All offline checks of the Apex below `root/force-app`.
 * @param options.requireAll whether a missing Java is a problem instead of a notice
 */
export function checkApex(options: { root: string; requireAll: boolean; java?: boolean }): ApexReport {
  const folders = ['main', 'fresh-org'].map((folder) => path.join(options.root, 'force-app', folder));
  const java = options.java ?? hasJava();
  const noJava = 'Java 17 was not found: types and methods of the Apex were not checked.';
  return {
    problems: [
      ...(java ? checkSemantics(options.root) : options.requireAll ? [noJava] : []),
      ...refusing(() => checkQueries(folders)),
      ...refusing(() => compiled(folders)),
      ...checkApexCoverage(options.root),
      ...checkMockOrder(options.root),
      ...checkCaughtMessages(options.root),
    ],
    notices: java || options.requireAll ? [] : [noJava],
  };
}

/** The local org runs these classes: what it does not understand, it refuses. */
function compiled(folders: readonly string[]): string[] {
  loadProgram(folders);
  return [];
}

/** Metadata and classes that are refused as a whole are one problem. */
function refusing(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    if (error instanceof UnsupportedApex || error instanceof UnsupportedMetadata) return [error.message];
    throw error;
  }
}

if (import.meta.main) {
  const requireAll = process.env['REQUIRE_ALL'] === 'true' || process.env['REQUIRE_POSTGRES'] === 'true';
  const { problems, notices } = checkApex({ root: path.resolve(import.meta.dirname, '..'), requireAll });
  for (const line of notices) console.warn(line);
  for (const line of problems) console.error(line);
  if (problems.length === 0) console.log('The Apex is clean.');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
