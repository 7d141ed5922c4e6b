import type { ProviderId } from '../../core/connection.ts';

export interface TokenSet {
  accessToken: string;
  accessExpiresAt: Date;
  /** Absent when the provider gave none (Lark: `offline_access` was not granted; Google: it does not rotate). */
  refreshToken: string | undefined;
  refreshExpiresAt: Date | undefined;
  scopes: readonly string[];
}

/** Who the person is at the provider. */
export interface Account {
  /** The provider's stable id of the person (Lark: open id). */
  subjectId: string;
  tenantId: string | undefined;
  email: string | undefined;
  name: string | undefined;
}

/** Connecting an account by OAuth 2. All failures are `ProviderError`. */
export interface OAuthProvider {
  id: ProviderId;
  /** What the product asks for. */
  scopes: readonly string[];
  /** How long a consent lasts from the moment it is given, in milliseconds; absent: until revoked. */
  consentLifetimeMs: number | undefined;
  /** Longest time that one token call may take, in milliseconds: must stay below half a lease. */
  timeoutMs: number;
  /** Where the browser is sent. `codeChallenge` is S256. */
  authorizeUrl(request: { state: string; codeChallenge: string }): string;
  exchangeCode(request: { code: string; codeVerifier: string }): Promise<TokenSet>;
  /**
   * Waits until the provider's limits allow one exchange. Called before the last check of the lease, so that nothing
   * waits between that check and the request. Throws `ProviderError` `rate-limited` when it would take too long.
   */
  waitForTurn(): Promise<void>;
  /** One exchange, sent at once and never repeated by the adapter: the refresh token may be single-use. */
  refresh(request: { refreshToken: string }): Promise<TokenSet>;
  account(accessToken: string): Promise<Account>;
}
