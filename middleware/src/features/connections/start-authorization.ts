import { AppError } from '../../core/errors.ts';
import type { OAuthProvider } from '../../providers/ports/oauth.ts';
import { codeChallengeOf, codeVerifierOf, randomSecret } from './secrets.ts';
import { issueState } from './states.ts';
import { spendTicket, type TicketDeps } from './tickets.ts';

export interface StartAuthorizationDeps extends TicketDeps {
  oauth: OAuthProvider;
}

/**
 * Spends the ticket and says where the browser goes next.
 * @param input.browser the browser's own secret from an earlier authorization, so that two tabs do not spoil each other
 */
export async function startAuthorization(
  deps: StartAuthorizationDeps,
  input: { ticket: string; browser: string | undefined },
): Promise<{ authorizeUrl: string; browser: string }> {
  const ticket = await spendTicket(deps, input.ticket);
  if (!ticket || ticket.provider !== deps.oauth.id) throw ticketInvalid();
  const browser = input.browser ?? randomSecret();
  const state = await issueState(deps, ticket, browser);
  const codeChallenge = codeChallengeOf(codeVerifierOf(deps.stateSecret, state));
  return { authorizeUrl: deps.oauth.authorizeUrl({ state, codeChallenge }), browser };
}

export function ticketInvalid(): AppError {
  return new AppError(
    'ticket_invalid',
    'This link was used already, has expired, or was replaced by a newer one. Please ask for a new link.',
  );
}
