// npm test: everything that is quick. `npm test -- middleware/test/stories` runs a part.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import net from 'node:net';
import process from 'node:process';

const databaseUrl = process.env['TEST_DATABASE_URL'] ?? 'postgres://127.0.0.1:5432/test';

/** Does anything listen there? */
async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port || 5432) });
  socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const postgres = await answers(databaseUrl);
if (!postgres && process.env['REQUIRE_POSTGRES'] === 'true') {
  console.error(`No PostgreSQL answers at ${databaseUrl}, and REQUIRE_POSTGRES=true asks for one.`);
  process.exit(1);
}
console.log(postgres ? 'Tests run on PGlite and on PostgreSQL.' : 'No PostgreSQL here: tests run on PGlite alone.');

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const places = asked.length > 0 ? asked : ['middleware', 'standins', 'scripts'];
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
    env: { ...process.env, ...(postgres ? { TEST_DATABASE_URL: databaseUrl } : { TEST_DATABASE_URL: '' }) },
  },
);
console.log(`${files.length} test files in ${Math.round((performance.now() - startedAt) / 1000)} s.`);
process.exit(status ?? 1);
