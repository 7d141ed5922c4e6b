import { randomBytes } from 'node:crypto';
import process from 'node:process';
import pg from 'pg';
import { openMemoryDatabase } from './memory-database.ts';
import { migrate, openDatabase, type OpenDatabase } from '../../src/storage/open-database.ts';

/** Where a PostgreSQL for tests answers; `npm test` looks for one and sets this. */
export const testDatabaseUrl = process.env['TEST_DATABASE_URL'] || undefined;

/** A PostgreSQL database of this test's own. */
export async function createTestDatabase(): Promise<
  { url: string; drop: () => Promise<void>; empty: () => Promise<void> } | undefined
> {
  if (testDatabaseUrl === undefined) return undefined;
  const name = `trainer_connect_test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: testDatabaseUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create database ${name}`);
  const url = new URL(testDatabaseUrl);
  url.pathname = `/${name}`;
  const drop = () => run(`drop database ${name} with (force)`);
  return {
    url: url.href,
    drop,
    empty: async () => {
      await drop();
      await run(`create database ${name}`);
    },
  };
}

/** PGlite always; PostgreSQL as well where one answers. Migrated and empty. */
export async function openTestDatabases(): Promise<OpenDatabase[]> {
  const opened: OpenDatabase[] = [await openMemoryDatabase()];
  const postgres = await openPostgres();
  if (postgres) {
    await migrate(postgres.db);
    opened.push(postgres);
  }
  return opened;
}

/** PostgreSQL where one answers, which starts faster, otherwise PGlite in memory. The server migrates it. */
export async function openAnyDatabase(): Promise<OpenDatabase> {
  return (await openPostgres()) ?? openMemoryDatabase();
}

async function openPostgres(): Promise<OpenDatabase | undefined> {
  const created = await createTestDatabase();
  if (!created) return undefined;
  const postgres = await openDatabase({ url: created.url });
  return {
    ...postgres,
    close: async () => {
      await postgres.close();
      await created.drop();
    },
  };
}
