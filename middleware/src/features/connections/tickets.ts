import { sql } from 'kysely';
import type { ProviderId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';
import { keyedHash, randomSecret } from './secrets.ts';

export interface TicketDeps {
  db: Database;
  now: Now;
  stateSecret: string;
}

export interface Ticket {
  provider: ProviderId;
  trainerId: string;
  returnUrl: string | undefined;
}

/** A trainer who has got another mail meanwhile may still use the one that is open before them. */
const MAILED_AT_ONCE = 5;

/**
 * Makes a one-time link's secret. One that a person asks for voids all older ones of the trainer and provider. One that
 * the server mails, which a stranger or a booking can cause, voids none that somebody may be about to use: only mailed
 * ones before the newest five.
 */
export async function issueTicket(
  deps: TicketDeps,
  ticket: Ticket,
  { lifeMs, isMailed }: { lifeMs: number; isMailed: boolean },
): Promise<{ secret: string; expiresAt: Date }> {
  const secret = randomSecret();
  const createdAt = deps.now();
  const expiresAt = new Date(createdAt.getTime() + lifeMs);
  const columns = {
    ticket_hash: keyedHash(deps.stateSecret, 'ticket', secret),
    return_url: ticket.returnUrl ?? null,
    created_at: createdAt,
    expires_at: expiresAt,
  };
  const { provider, trainerId } = ticket;
  await deps.db.transaction().execute(async (trx) => {
    if (isMailed) await voidOldMailed(trx, { provider, trainerId });
    else await voidTickets(trx, { provider, trainerId });
    await trx
      .insertInto('link_ticket')
      .values({ ...columns, provider, trainer_id: trainerId, is_mailed: isMailed })
      .onConflict((conflict) =>
        conflict.columns(['provider', 'trainer_id']).where('is_mailed', '=', sql.lit(false)).doUpdateSet(columns),
      )
      .execute();
  });
  return { secret, expiresAt };
}

/** Looks without spending: mail scanners open links. */
export async function peekTicket(deps: TicketDeps, secret: string): Promise<Ticket | undefined> {
  const row = await deps.db
    .selectFrom('link_ticket')
    .selectAll()
    .where('ticket_hash', '=', keyedHash(deps.stateSecret, 'ticket', secret))
    .where('expires_at', '>', deps.now())
    .executeTakeFirst();
  return row && toTicket(row);
}

/** Uses a link up, and with it all others of its trainer and provider: in one statement, so that of two one is taken. */
export async function spendTicket(deps: TicketDeps, secret: string): Promise<Ticket | undefined> {
  const ticketHash = keyedHash(deps.stateSecret, 'ticket', secret);
  const ended = await deps.db
    .deleteFrom('link_ticket')
    .using((eb) =>
      eb
        .selectFrom('link_ticket')
        .select(['provider', 'trainer_id'])
        .where('ticket_hash', '=', ticketHash)
        .where('expires_at', '>', deps.now())
        .as('spent'),
    )
    .whereRef('link_ticket.provider', '=', 'spent.provider')
    .whereRef('link_ticket.trainer_id', '=', 'spent.trainer_id')
    .returningAll('link_ticket')
    .execute();
  const row = ended.find((candidate) => candidate.ticket_hash === ticketHash);
  return row && toTicket(row);
}

interface Of {
  provider: ProviderId;
  trainerId: string;
}

async function voidTickets(db: Database, { provider, trainerId }: Of): Promise<void> {
  await db.deleteFrom('link_ticket').where('provider', '=', provider).where('trainer_id', '=', trainerId).execute();
}

/** Leaves room for one more. */
async function voidOldMailed(db: Database, { provider, trainerId }: Of): Promise<void> {
  const old = db
    .selectFrom('link_ticket')
    .select('ticket_hash')
    .where('provider', '=', provider)
    .where('trainer_id', '=', trainerId)
    .where('is_mailed', '=', true)
    .orderBy('created_at', 'desc')
    .offset(MAILED_AT_ONCE - 1);
  await db.deleteFrom('link_ticket').where('ticket_hash', 'in', old).execute();
}

function toTicket(row: { provider: string; trainer_id: string; return_url: string | null }): Ticket {
  return {
    provider: row.provider as ProviderId,
    trainerId: row.trainer_id,
    returnUrl: row.return_url ?? undefined,
  };
}
