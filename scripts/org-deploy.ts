// npm run org:deploy -- --target-org <alias> [--dry-run] [--assign <permission set>]… [--api-key-stdin]
// TRAINER_CONNECT_URL is the middleware's address; TRAINER_CONNECT_API_KEY (or standard input) the key for it.
import process from 'node:process';
import { readArguments } from './org/arguments.ts';
import { enterCredential, KEY_VARIABLE, readApiKey } from './org/credential.ts';
import { deploy, DeployRefused } from './org/deploy.ts';
import { middlewareUrl } from './org/middleware-url.ts';
import { preflight } from './org/preflight.ts';
import { EXIT, lineOf, printFailure } from './org/report.ts';
import { createSf } from './org/sf.ts';

async function main(): Promise<number> {
  const { targetOrg, values } = readArguments({
    'dry-run': { type: 'boolean' },
    assign: { type: 'string', multiple: true },
    'api-key-stdin': { type: 'boolean' },
  });
  const dryRun = values['dry-run'] === true;
  const url = middlewareUrl(process.env);
  const apiKey = await readApiKey({ fromStdin: values['api-key-stdin'] === true });
  const sf = createSf(targetOrg, { ...process.env, TRAINER_CONNECT_URL: url });

  console.log(`1. Looking at ${targetOrg}`);
  const { findings, hasTrainer, ready } = await preflight(sf);
  for (const finding of findings.filter(({ level }) => level !== 'info')) console.log(`   ${lineOf(finding)}`);
  if (!ready) {
    console.error('Not deployed: mend the errors first.');
    return EXIT.failed;
  }
  const what = hasTrainer
    ? 'force-app/main; your trainer object stays as it is'
    : 'force-app/main and force-app/fresh-org';
  console.log(`2. ${dryRun ? 'Checking' : 'Deploying'} ${what}`);
  const { components, changed } = await deploy(sf, { withTrainer: !hasTrainer, dryRun });
  console.log(`   ${components} components, ${changed} of them ${dryRun ? 'would change' : 'new or changed'}`);
  if (dryRun) return EXIT.ok;

  for (const name of (values['assign'] as string[] | undefined) ?? []) {
    await sf.run(['org', 'assign', 'permset', '--name', name]);
    console.log(`   Permission set ${name} assigned to you`);
  }
  if (apiKey === undefined) {
    console.log(`3. The key for the middleware was not entered: give it in ${KEY_VARIABLE} or with --api-key-stdin`);
    return EXIT.ok;
  }
  const entered = await enterCredential(sf, apiKey);
  console.log(`3. The key for the middleware was ${entered}`);
  return EXIT.ok;
}

try {
  process.exitCode = await main();
} catch (error) {
  printFailure(error);
  if (error instanceof DeployRefused) for (const problem of error.problems) console.error(problem);
  process.exitCode = EXIT.failed;
}
