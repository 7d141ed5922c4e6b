import { AppError } from '../../core/errors.ts';
import { ProviderError } from '../../core/provider-error.ts';
import { connectionIdOf, type ConnectionId } from '../../core/connection.ts';
import type { Log } from '../../core/runtime.ts';
import type { FindTrainer } from '../../core/trainer.ts';
import { toAppError } from '../../http/errors.ts';
import type { OAuthProvider, TokenSet } from '../../providers/ports/oauth.ts';
import type { ConnectionLifecycle } from '../../tokens/port.ts';
import { checkIdentity, settleHeld, type CheckIdentityDeps } from './check-identity.ts';
import { codeVerifierOf } from './secrets.ts';
import { spendState } from './states.ts';
import type { Ticket, TicketDeps } from './tickets.ts';

export interface FinishAuthorizationDeps extends TicketDeps, CheckIdentityDeps {
  oauth: OAuthProvider;
  lifecycle: ConnectionLifecycle;
  findTrainer: FindTrainer;
  log: Log;
}

export interface CallbackInput {
  state: string | undefined;
  browser: string | undefined;
  code: string | undefined;
  error: string | undefined;
}

export type AuthorizationResult =
  | { outcome: 'connected'; returnUrl: string | undefined; account: string }
  | { outcome: 'failed'; returnUrl: string | undefined; error: AppError };

/**
 * The provider's answer: state → code → tokens → identity → saved. A bad state throws `state_invalid` before anything is
 * exchanged; every later failure is told to the person at the return URL, and nothing is saved then.
 */
export async function finishAuthorization(
  deps: FinishAuthorizationDeps,
  input: CallbackInput,
): Promise<AuthorizationResult> {
  const ticket =
    input.state !== undefined && input.browser !== undefined
      ? await spendState(deps, { provider: deps.oauth.id, state: input.state, browser: input.browser })
      : undefined;
  if (!ticket || input.state === undefined) {
    throw new AppError(
      'state_invalid',
      'This authorization was finished already, is older than ten minutes, or was begun in another browser. Please start again.',
    );
  }
  try {
    const account = await connectAccount(deps, ticket, { ...input, state: input.state });
    return { outcome: 'connected', returnUrl: ticket.returnUrl, account };
  } catch (error) {
    if (error instanceof AppError) return { outcome: 'failed', returnUrl: ticket.returnUrl, error };
    const { trainerId, returnUrl } = ticket;
    if (error instanceof ProviderError) {
      deps.log.warn({ err: error, trainerId }, 'an authorization failed at the provider');
      return { outcome: 'failed', returnUrl, error: inWords(error) };
    }
    deps.log.error({ err: error, trainerId }, 'an authorization failed on our side or in Salesforce');
    return { outcome: 'failed', returnUrl, error: toAppError(error) };
  }
}

async function connectAccount(
  deps: FinishAuthorizationDeps,
  ticket: Ticket,
  input: CallbackInput & { state: string },
): Promise<string> {
  if (input.error === 'access_denied') {
    throw new AppError('access_denied', 'You did not allow the access, so nothing was connected.');
  }
  if (input.code === undefined) {
    throw new AppError('provider_refused', 'The provider sent you back without a code. Please start again.');
  }
  const trainer = await deps.findTrainer({ trainerId: ticket.trainerId });
  const tokens = await deps.oauth.exchangeCode({
    code: input.code,
    codeVerifier: codeVerifierOf(deps.stateSecret, input.state),
  });
  const refreshToken = requireGrant(deps.oauth, tokens);
  const account = await deps.oauth.account(tokens.accessToken);
  const connectionId = connectionIdOf(deps.oauth.id, trainer.id);
  const { identityHash: previousHash } = await deps.lifecycle.stateOf(connectionId);
  const { verdict, identityHash } = await checkIdentity(deps, { connectionId, trainer, account, previousHash });
  const label = account.email ?? account.name ?? account.subjectId;
  if (verdict === 'held') throw await held(deps, connectionId, label);
  const { consentLifetimeMs } = deps.oauth;
  await deps.lifecycle.connect(connectionId, {
    accessToken: tokens.accessToken,
    accessExpiresAt: tokens.accessExpiresAt,
    refreshToken,
    refreshExpiresAt: tokens.refreshExpiresAt,
    consentExpiresAt: consentLifetimeMs === undefined ? undefined : new Date(deps.now().getTime() + consentLifetimeMs),
    scopes: tokens.scopes,
    subjectId: account.subjectId,
    tenantId: account.tenantId,
    accountEmail: account.email,
    identityHash,
  });
  await settleHeld(deps, connectionId);
  return label;
}

/** A grant that could not be kept alive, or not do its work, is refused before anything is saved. */
function requireGrant(oauth: OAuthProvider, tokens: TokenSet): string {
  if (
    tokens.refreshToken === undefined ||
    (oauth.scopes.includes('offline_access') && !tokens.scopes.includes('offline_access'))
  ) {
    throw new AppError(
      'offline_access_missing',
      'The permission to stay connected (offline_access) was not given, so nothing was saved. Please connect again and allow it; if Lark does not ask for it, an administrator has to add it to the app.',
    );
  }
  const missing = oauth.scopes.filter((scope) => !tokens.scopes.includes(scope));
  if (missing.length > 0) {
    throw new AppError(
      'scopes_missing',
      `Some permissions were not given, so nothing was saved: ${missing.join(', ')}. Please connect again and allow them all.`,
      { details: { missing } },
    );
  }
  return tokens.refreshToken;
}

async function held(deps: FinishAuthorizationDeps, connectionId: ConnectionId, label: string): Promise<AppError> {
  const reason = `The account ${label} could not be matched to this trainer. An administrator has to allow it.`;
  await deps.lifecycle.hold(connectionId, reason);
  return new AppError('identity_on_hold', `${reason} Then please connect again.`);
}

function inWords(error: ProviderError): AppError {
  if (error.retryable) {
    return new AppError(
      'provider_unavailable',
      'The provider did not answer, so nothing was connected. Please try again.',
      {
        cause: error,
        retryable: true,
      },
    );
  }
  if (error.failure === 'configuration') {
    return new AppError(
      'provider_configuration',
      'The connection to the provider is not set up correctly. Please tell your administrator.',
      { cause: error },
    );
  }
  return new AppError('provider_refused', `Lark refused this: ${error.message} Please start again.`, {
    cause: error,
  });
}
