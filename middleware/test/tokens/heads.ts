import type { Database } from '../../src/storage/database.ts';
import type { NewHead } from '../../src/tokens/head.ts';

/** A trainer's id that sorts by its number. */
export function trainerIdAt(index: number): string {
  return `a00${String(index).padStart(12, '0')}AAA`;
}

/** A connection that is alive and was refreshed just now, unless told. */
export function headAt(index: number, now: Date, change: Partial<NewHead> = {}): NewHead {
  const in7Days = new Date(now.getTime() + 7 * 86_400_000);
  return {
    connection_id: `lark:${trainerIdAt(index)}`,
    epoch: 1,
    generation: 1,
    version: 1,
    saved_generation: 1,
    saved_state: 'connected',
    state: 'connected',
    access_sealed: null,
    refresh_sealed: null,
    refresh_hash: null,
    access_expires_at: new Date(now.getTime() + 7_200_000),
    refresh_expires_at: in7Days,
    refreshed_at: now,
    subject_id: null,
    account_email: null,
    tenant_id: null,
    identity_hash: null,
    scopes: '',
    error: null,
    updated_at: now,
    ...change,
  };
}

export async function insertHeads(db: Database, heads: readonly NewHead[]): Promise<void> {
  for (let first = 0; first < heads.length; first += 500) {
    await db
      .insertInto('token_head')
      .values(heads.slice(first, first + 500))
      .execute();
  }
}
