import type { ProviderId } from './connection.ts';

/**
 * What a failed call to a provider means for whoever called it.
 *
 * - `not-sent`: the request never left (refused connection, unknown host): nothing happened there.
 * - `unknown-outcome`: it was sent and no usable answer came: the effect may exist.
 * - `temporary`: the provider said "later" (5xx or its own transient code).
 * - `rate-limited`: 429 or the provider's own rate code; `retryAfterMs` where it told.
 * - `token-invalid`: the access token is expired or unknown: refresh once, replay once.
 * - `scope-missing`: the person did not grant what the call needs: consent again.
 * - `grant-consumed`: the refresh token was used before (another holder may have the new pair).
 * - `grant-dead`: the grant is over (revoked, expired, consent cap): only the person can connect again.
 * - `configuration`: our app, its secret or its console settings are wrong: never the person's fault.
 * - `not-found`: the thing does not exist (any more).
 * - `refused`: the provider will not do this, now or later.
 * - `unrecognized`: a code that this version does not know.
 */
export type ProviderFailure =
  | 'not-sent'
  | 'unknown-outcome'
  | 'temporary'
  | 'rate-limited'
  | 'token-invalid'
  | 'scope-missing'
  | 'grant-consumed'
  | 'grant-dead'
  | 'configuration'
  | 'not-found'
  | 'refused'
  | 'unrecognized';

export class ProviderError extends Error {
  override name = 'ProviderError';
  readonly provider: ProviderId;
  readonly failure: ProviderFailure;
  readonly vendorCode: string | number | undefined;
  readonly retryAfterMs: number | undefined;
  /** The provider's own id of the request, to quote to its support. */
  readonly providerRequestId: string | undefined;

  constructor(
    provider: ProviderId,
    failure: ProviderFailure,
    message: string,
    options: {
      vendorCode?: string | number | undefined;
      retryAfterMs?: number | undefined;
      providerRequestId?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.provider = provider;
    this.failure = failure;
    this.vendorCode = options.vendorCode;
    this.retryAfterMs = options.retryAfterMs;
    this.providerRequestId = options.providerRequestId;
  }

  /** Can the same call succeed later without anybody changing anything? */
  get retryable(): boolean {
    return (
      this.failure === 'not-sent' ||
      this.failure === 'unknown-outcome' ||
      this.failure === 'temporary' ||
      this.failure === 'rate-limited'
    );
  }
}
