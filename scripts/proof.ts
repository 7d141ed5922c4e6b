// npm run proof: the long forms of the hard tests, one after the other. `npm run proof -- random-kills` runs one.
// SEED=… plays a random one again; its seed is printed.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Figures } from '../proof/kit/report.ts';
import { findTestDatabase } from './test-database.ts';

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const all = globSync('proof/*.proof.ts').sort();
const files = all.filter(
  (file) => asked.length === 0 || asked.some((name) => path.basename(file, '.proof.ts') === name),
);
if (files.length === 0) {
  const names = all.map((file) => path.basename(file, '.proof.ts'));
  console.error(`There is no such proof. There is: ${names.join(', ')}.`);
  process.exit(1);
}
const postgres = await findTestDatabase();
if (postgres === undefined) {
  console.error('The proofs need PostgreSQL, and none answers at TEST_DATABASE_URL (default 127.0.0.1:5432/test).');
  process.exit(1);
}

const directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-proof-'));
const figuresFile = path.join(directory, 'figures');
const startedAt = performance.now();
const results: { name: string; passed: boolean; seconds: number }[] = [];
for (const file of files) {
  const name = path.basename(file, '.proof.ts');
  console.log(`\n— ${name}`);
  const from = performance.now();
  // A file on its own, so that its lines are seen as they come.
  const { status } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: postgres, PROOF_FIGURES: figuresFile },
  });
  results.push({ name, passed: status === 0, seconds: Math.round((performance.now() - from) / 1000) });
}

console.log('\nSummary');
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? '✔' : '✖'} ${name} (${seconds} s)`);
  for (const [figure, value] of figuresOf(name)) console.log(`    ${figure.padEnd(60)} ${value}`);
}
rmSync(directory, { recursive: true, force: true });
const failed = results.filter(({ passed }) => !passed).length;
console.log(
  `${results.length - failed} of ${results.length} proofs hold, in ${Math.round((performance.now() - startedAt) / 1000)} s.`,
);
process.exit(failed === 0 ? 0 : 1);

function figuresOf(name: string): [string, number | string][] {
  if (!existsSync(figuresFile)) return [];
  return readFileSync(figuresFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { proof: string; figures: Figures })
    .filter(({ proof }) => proof === name)
    .flatMap(({ figures }) => Object.entries(figures));
}
