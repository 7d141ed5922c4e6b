// npm run org:preflight -- --target-org <alias> [--json]: what a deployment would meet; changes nothing.
import process from 'node:process';
import { readArguments } from './org/arguments.ts';
import { preflight } from './org/preflight.ts';
import { EXIT, lineOf, printFailure } from './org/report.ts';
import { createSf } from './org/sf.ts';

try {
  const { targetOrg, values } = readArguments({ json: { type: 'boolean' } });
  const { findings, hasTrainer, ready } = await preflight(createSf(targetOrg));
  const warned = findings.some(({ level }) => level === 'warning');
  const verdict = !ready ? 'Not ready: mend the errors first.' : warned ? 'Ready, mind the warnings.' : 'Ready.';
  if (values['json'] === true) console.log(JSON.stringify({ ready, hasTrainer, verdict, findings }, null, 2));
  else for (const line of [...findings.map(lineOf), verdict]) console.log(line);
  process.exitCode = ready ? EXIT.ok : EXIT.failed;
} catch (error) {
  printFailure(error);
  process.exitCode = EXIT.wrongUse;
}
