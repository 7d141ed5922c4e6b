import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, openAsBlob, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createLog } from '../../src/core/log.ts';
import { createPgBossQueue } from '../../src/queue/pg-boss-queue.ts';
import { migrate, openDatabase, type OpenDatabase } from '../../src/storage/open-database.ts';

const repository = path.resolve(import.meta.dirname, '../../..');

/**
 * PGlite in memory, migrated and empty. It is a copy of one that was made once: making one takes seconds, and hardly a
 * test file does without. What the first migration does to an empty database is tested in storage/migrate.test.ts.
 */
export async function openMemoryDatabase(): Promise<OpenDatabase> {
  const file = original();
  if (!existsSync(file)) await makeOriginal(file);
  return openDatabase({ directory: 'memory://', copyOf: await openAsBlob(file) });
}

/** Another name whenever something that shapes it is another. */
function original(): string {
  const hash = createHash('sha256');
  const shaping = [
    ...globSync('middleware/migrations/*.ts', { cwd: repository }).sort(),
    ...['middleware/src/storage/open-database.ts', 'middleware/src/queue/pg-boss-queue.ts', 'package-lock.json'],
  ];
  for (const name of shaping) hash.update(readFileSync(path.join(repository, name)));
  return path.join(repository, '.data/test', `database-${hash.digest('hex').slice(0, 16)}.tar`);
}

/** Test files start at once: each that finds none makes one, and the last is as good as the first. */
async function makeOriginal(file: string): Promise<void> {
  const database = await openDatabase({ directory: 'memory://' });
  if (database.kind !== 'pglite') throw new Error('memory:// is PGlite');
  await migrate(database.db);
  const queue = createPgBossQueue({ database, log: createLog({ level: 'silent' }) });
  await queue.start();
  await queue.stop(1_000);
  const dump = await database.pglite.dumpDataDir('none');
  await database.close();
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()));
  renameSync(unfinished, file);
}
