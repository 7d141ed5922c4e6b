import { userInfo } from 'node:os';
import process from 'node:process';
import pg from 'pg';

/** Where a PostgreSQL answers in which databases can be made: at TEST_DATABASE_URL, or else on this machine. */
export async function findTestDatabase(): Promise<string | undefined> {
  const candidates = process.env['TEST_DATABASE_URL']
    ? [process.env['TEST_DATABASE_URL']]
    : [userInfo().username, 'postgres'].map((user) => `postgres://${user}@127.0.0.1:5432/test`);
  for (const candidate of candidates) if (await answers(candidate)) return candidate;
  return undefined;
}

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
