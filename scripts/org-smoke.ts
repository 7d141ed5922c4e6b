// npm run org:smoke -- --target-org <alias> [--json]: the gate after a deployment; it leaves nothing behind.
// Exit status: 0 passed, 1 failed, 2 could not be run, 3 nothing failed but something was not run.
import process from 'node:process';
import { readArguments } from './org/arguments.ts';
import { EXIT, lineOf, printFailure } from './org/report.ts';
import { createSf } from './org/sf.ts';
import { smoke } from './org/smoke.ts';

try {
  const { targetOrg, values } = readArguments({ json: { type: 'boolean' } });
  const { findings, notRun } = await smoke(createSf(targetOrg), process.env, new Date());
  const failed = findings.some(({ level }) => level === 'error');
  const verdict = failed ? 'Failed.' : notRun.length > 0 ? 'Incomplete: the gate is not passed.' : 'Passed.';
  if (values['json'] === true) console.log(JSON.stringify({ verdict, findings, notRun }, null, 2));
  else
    for (const line of [...findings.map(lineOf), ...notRun.map((line) => `NOT RUN ${line}`), verdict])
      console.log(line);
  process.exitCode = failed ? EXIT.failed : notRun.length > 0 ? EXIT.incomplete : EXIT.ok;
} catch (error) {
  printFailure(error);
  process.exitCode = EXIT.wrongUse;
}
