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

/**
 * Makes a one-time link's secret. The newest of a trainer and provider voids the older ones; one that the server mails
 * of its own accord leaves the one alone that a person asked for and is perhaps about to use.
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
    if (!isMailed) await voidTickets(trx, { provider, trainerId });
    await trx
      .insertInto('link_ticket')
      .values({ ...columns, provider, trainer_id: trainerId, is_mailed: isMailed })
      .onConflict((conflict) => conflict.columns(['provider', 'trainer_id', 'is_mailed']).doUpdateSet(columns))
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

export async function spendTicket(deps: TicketDeps, secret: string): Promise<Ticket | undefined> {
  const row = await deps.db
    .deleteFrom('link_ticket')
    .where('ticket_hash', '=', keyedHash(deps.stateSecret, 'ticket', secret))
    .where('expires_at', '>', deps.now())
    .returningAll()
    .executeTakeFirst();
  return row && toTicket(row);
}

async function voidTickets(db: Database, of: { provider: ProviderId; trainerId: string }): Promise<void> {
  await db
    .deleteFrom('link_ticket')
    .where('provider', '=', of.provider)
    .where('trainer_id', '=', of.trainerId)
    .execute();
}

function toTicket(row: { provider: string; trainer_id: string; return_url: string | null }): Ticket {
  return {
    provider: row.provider as ProviderId,
    trainerId: row.trainer_id,
    returnUrl: row.return_url ?? undefined,
  };
}
