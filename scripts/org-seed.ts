// npm run org:seed -- --target-org <alias> [--even-in-production]: sample data for a sandbox or the local org; nothing
// where they are there.
import process from 'node:process';
import { readArguments } from './org/arguments.ts';
import { EXIT, printFailure } from './org/report.ts';
import { ProductionRefused, seed } from './org/seed.ts';
import { createSf, SfError } from './org/sf.ts';

try {
  const { targetOrg, values } = readArguments({ 'even-in-production': { type: 'boolean' } });
  const evenInProduction = values['even-in-production'] === true;
  const outcome = await seed(createSf(targetOrg), new Date(), { evenInProduction });
  if ('created' in outcome) console.log(`${outcome.created} records created.`);
  else console.log(`Nothing done: ${outcome.there.length} of the sample trainers are there already.`);
} catch (error) {
  printFailure(error);
  if (error instanceof ProductionRefused) {
    console.error('→ take a sandbox; --even-in-production imports them all the same');
  }
  if (error instanceof SfError && /INVALID_FIELD|No such column/.test(`${error.code} ${error.message}`)) {
    console.error('→ deploy first (npm run org:deploy) and assign yourself Trainer_Connect_Admin');
  }
  process.exitCode = EXIT.failed;
}
