import type { Now } from '../../core/runtime.ts';
import type { Database, Transaction } from '../../storage/database.ts';

export interface IdempotencyDeps {
  db: Database;
  now: Now;
}

/** How long the first request with a key may work on it before another one takes over. */
const CLAIM_MS = 60_000;

/** The right to work on a key; it ends at `until`. */
export interface Claim {
  keyHash: string;
  until: Date;
}

export type ClaimOutcome =
  /** `takenOver`: somebody worked on it before and did not end; a booking may exist. */
  | { kind: 'claimed'; claim: Claim; takenOver: boolean }
  | { kind: 'booked'; bookingId: string }
  /** Somebody works on it right now. */
  | { kind: 'busy' }
  /** The key was used for something else. */
  | { kind: 'reused' };

/** Claims a key for one request, or says what became of it. */
export async function claimRequest(
  deps: IdempotencyDeps,
  request: { keyHash: string; requestHash: string },
): Promise<ClaimOutcome> {
  const now = deps.now();
  const claim = { keyHash: request.keyHash, until: new Date(now.getTime() + CLAIM_MS) };
  const inserted = await deps.db
    .insertInto('idempotency')
    .values({
      key_hash: request.keyHash,
      request_hash: request.requestHash,
      booking_id: null,
      claimed_until: claim.until,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('key_hash').doNothing())
    .returning('key_hash')
    .executeTakeFirst();
  if (inserted) return { kind: 'claimed', claim, takenOver: false };

  const row = await deps.db
    .selectFrom('idempotency')
    .selectAll()
    .where('key_hash', '=', request.keyHash)
    .executeTakeFirst();
  if (!row) return { kind: 'busy' };
  if (row.request_hash !== request.requestHash) return { kind: 'reused' };
  if (row.booking_id !== null) return { kind: 'booked', bookingId: row.booking_id };
  if (row.claimed_until > now) return { kind: 'busy' };
  const takenOver = await deps.db
    .updateTable('idempotency')
    .set({ claimed_until: claim.until })
    .where('key_hash', '=', request.keyHash)
    .where('booking_id', 'is', null)
    .where('claimed_until', '<=', now)
    .returning('key_hash')
    .executeTakeFirst();
  return takenOver ? { kind: 'claimed', claim, takenOver: true } : { kind: 'busy' };
}

/** From now on the key means this booking, whoever holds the claim: Salesforce has it under the same key. */
export async function settleClaim(db: Database | Transaction, claim: Claim, bookingId: string): Promise<void> {
  await db
    .updateTable('idempotency')
    .set({ booking_id: bookingId })
    .where('key_hash', '=', claim.keyHash)
    .where('booking_id', 'is', null)
    .execute();
}

/** A request that made nothing gives the key back, unless somebody has taken it over. */
export async function giveUpClaim(db: Database, claim: Claim): Promise<void> {
  await db
    .deleteFrom('idempotency')
    .where('key_hash', '=', claim.keyHash)
    .where('claimed_until', '=', claim.until)
    .where('booking_id', 'is', null)
    .execute();
}
