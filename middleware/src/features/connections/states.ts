import type { ProviderId } from '../../core/connection.ts';
import { keyedHash, randomSecret } from './secrets.ts';
import type { Ticket, TicketDeps } from './tickets.ts';

const LIFE_MS = 10 * 60_000;

/** Remembers an authorization that leaves for the provider, bound to trainer, provider, return URL and browser. */
export async function issueState(deps: TicketDeps, ticket: Ticket, browser: string): Promise<string> {
  const state = randomSecret();
  const createdAt = deps.now();
  await deps.db
    .insertInto('oauth_state')
    .values({
      state_hash: keyedHash(deps.stateSecret, 'state', state),
      provider: ticket.provider,
      trainer_id: ticket.trainerId,
      browser_hash: keyedHash(deps.stateSecret, 'browser', browser),
      return_url: ticket.returnUrl ?? null,
      created_at: createdAt,
      expires_at: new Date(createdAt.getTime() + LIFE_MS),
    })
    .execute();
  return state;
}

/**
 * Uses a state up. Undefined for a state that is unknown, used, expired, of another provider or of another browser: a
 * foreign browser does not use it up, so that nobody can spoil somebody else's authorization.
 */
export async function spendState(
  deps: TicketDeps,
  request: { provider: ProviderId; state: string; browser: string },
): Promise<Ticket | undefined> {
  const row = await deps.db
    .deleteFrom('oauth_state')
    .where('state_hash', '=', keyedHash(deps.stateSecret, 'state', request.state))
    .where('browser_hash', '=', keyedHash(deps.stateSecret, 'browser', request.browser))
    .where('provider', '=', request.provider)
    .where('expires_at', '>', deps.now())
    .returningAll()
    .executeTakeFirst();
  return row && { provider: request.provider, trainerId: row.trainer_id, returnUrl: row.return_url ?? undefined };
}
