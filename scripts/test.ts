// npm test: everything that is quick. `npm test -- middleware/test/stories` runs a part.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { userInfo } from 'node:os';
import process from 'node:process';
import pg from 'pg';

const candidates = process.env['TEST_DATABASE_URL']
  ? [process.env['TEST_DATABASE_URL']]
  : [userInfo().username, 'postgres'].map((user) => `postgres://${user}@127.0.0.1:5432/test`);

/** Can databases be made there? */
async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ ok: boolean }>(
      'select rolcreatedb or rolsuper as ok from pg_roles where rolname = current_user',
    );
    return rows[0]?.ok === true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

let postgres: string | undefined;
for (const candidate of candidates) if (postgres === undefined && (await answers(candidate))) postgres = candidate;
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
    '--test-concurrency=2',
    '--test-timeout=240000',
    ...process.argv.slice(2).filter((argument) => argument.startsWith('-')),
    ...files.sort(),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: postgres ?? '' },
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
