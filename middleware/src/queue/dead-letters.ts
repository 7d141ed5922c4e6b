import { sql } from 'kysely';
import type { Database, Transaction } from '../storage/database.ts';
import { REST_KEY_PREFIX, type DeadLetter } from './queue.ts';

/** The queue of pg-boss that gets a copy of every job whose last attempt failed. */
export const DEAD_LETTERS = 'dead-letters';

const resting = `${REST_KEY_PREFIX}%`;

interface Row {
  id: string;
  kind: string;
  data: Record<string, unknown> | null;
  message: string | null;
  attempts: string | number;
  failed_at: Date;
}

/** Jobs that failed for good, and those that rest after they have failed as often as they may. */
export async function listDeadLetters(
  db: Database,
  { limit, before }: { limit: number; before?: { failedAt: Date; id: string } },
): Promise<DeadLetter[]> {
  // Dates of JavaScript know milliseconds only; a finer one would lose the page's place.
  const { rows } = await sql<Row>`
    select id::text as id, kind, data, message, attempts, failed_at from (
      select id, coalesce(source_name, name) as kind, data, source_output->>'message' as message,
        coalesce(source_retry_count, 0) + 1 as attempts, date_trunc('milliseconds', created_on) as failed_at
      from pgboss.job where name = ${DEAD_LETTERS} and state = 'created'
      union all
      select id, name, data, null, 1, date_trunc('milliseconds', created_on)
      from pgboss.job where state in ('created', 'retry') and singleton_key like ${resting} and name <> ${DEAD_LETTERS}
    ) letter
    ${before === undefined ? sql`` : sql`where (failed_at, id::text collate "C") < (${before.failedAt}, ${before.id})`}
    order by failed_at desc, id::text collate "C" desc limit ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    data: row.data ?? {},
    message: row.message ?? undefined,
    attempts: Number(row.attempts),
    failedAt: row.failed_at,
  }));
}

/** Takes a job off the list; a job that counts its attempts in its data begins anew. Of several who try at once one gets it. */
export async function takeDeadLetter(
  trx: Transaction,
  id: string,
  kinds: readonly string[],
): Promise<{ kind: string; data: object; key: string | undefined } | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) || kinds.length === 0) return undefined;
  const known = sql.join(kinds);
  const { rows } = await sql<{ kind: string; data: object | null; key: string | null }>`
    delete from pgboss.job where id = ${id} and (
      (name = ${DEAD_LETTERS} and state = 'created' and source_name in (${known}))
      or (name in (${known}) and state in ('created', 'retry') and singleton_key like ${resting})
    )
    returning coalesce(source_name, name) as kind, data - 'attempt' as data, singleton_key as key`.execute(trx);
  const [row] = rows;
  if (!row) return undefined;
  const key = row.key?.startsWith(REST_KEY_PREFIX) === true ? row.key.slice(REST_KEY_PREFIX.length) : row.key;
  return { kind: row.kind, data: row.data ?? {}, key: key ?? undefined };
}
