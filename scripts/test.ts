// npm test: everything that is quick. `npm test -- middleware/test/stories` runs a part.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findTestDatabase } from './test-database.ts';

const postgres = await findTestDatabase();
if (postgres === undefined && process.env['REQUIRE_ALL'] === 'true') {
  console.error('No PostgreSQL answers at TEST_DATABASE_URL (127.0.0.1:5432/test), and REQUIRE_ALL=true asks for one.');
  process.exit(1);
}
console.log(postgres ? 'Tests run on PGlite and on PostgreSQL.' : 'No PostgreSQL here: tests run on PGlite alone.');

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const places = asked.length > 0 ? asked : ['middleware', 'standins', 'scripts', 'e2e'];
const files = places.flatMap((place) =>
  place.endsWith('.test.ts') && existsSync(place) ? [place] : globSync(`${place}/**/*.test.ts`),
);
if (files.length === 0) {
  console.error(`There is no test below ${places.join(', ')}.`);
  process.exit(1);
}
const startedAt = performance.now();
const { status } = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    // Many files wait for a queue or a second more than they compute.
    `--test-concurrency=${availableParallelism() + 1}`,
    '--test-timeout=480000',
    ...process.argv.slice(2).filter((argument) => argument.startsWith('-')),
    ...files.sort(),
  ],
  {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: path.resolve('.data/test/compiled'), ...process.env, TEST_DATABASE_URL: postgres ?? '' },
  },
);
const jest =
  asked.length > 0
    ? undefined
    : spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', '--silent'], { stdio: 'inherit' });
console.log(
  `${files.length} test files${jest ? ' and the Lightning components' : ''} in ${Math.round((performance.now() - startedAt) / 1000)} s.`,
);
process.exit((status ?? 1) || (jest ? (jest.status ?? 1) : 0));
