import type { ConnectionId, ConnectionStatus, ProviderId } from '../core/connection.ts';

export interface AccessToken {
  value: string;
  expiresAt: Date;
  /** Changes with every exchange. */
  generation: number;
}

/** The only way to a token. */
export interface Tokens {
  /**
   * A token that lives for at least 5 minutes, refreshed if it must be.
   * Throws `AppError` not_connected, needs_reconnect, on_hold, token_refresh_busy, provider_unavailable,
   * provider_configuration, provider_refused, encryption_key_unknown.
   */
  accessTokenFor(connectionId: ConnectionId): Promise<AccessToken>;
  /**
   * Calls the provider with a token; when the provider says that the token is invalid, refreshes once and replays once.
   * What `call` throws comes through.
   */
  withAccessToken<T>(connectionId: ConnectionId, call: (accessToken: string) => Promise<T>): Promise<T>;
}

/** What is known of a connection; never a token. */
export interface ConnectionState {
  status: ConnectionStatus;
  /** The provider's id of the person. */
  subjectId: string | undefined;
  accountEmail: string | undefined;
  /** Survives a disconnect, so that reconnecting as somebody else is noticed. */
  identityHash: string | undefined;
  connectedAt: Date | undefined;
  lastRefresh: Date | undefined;
  tokenExpiresAt: Date | undefined;
  refreshExpiresAt: Date | undefined;
  consentExpiresAt: Date | undefined;
  scopes: readonly string[];
  error: string | undefined;
}

export interface NewConnection {
  accessToken: string;
  accessExpiresAt: Date;
  refreshToken: string;
  refreshExpiresAt: Date | undefined;
  consentExpiresAt: Date | undefined;
  scopes: readonly string[];
  subjectId: string;
  tenantId: string | undefined;
  accountEmail: string | undefined;
  identityHash: string;
}

/** Begin and end of connections. Each takes the connection's lease and raises its epoch. */
export interface ConnectionLifecycle {
  stateOf(connectionId: ConnectionId): Promise<ConnectionState>;
  /** Durable when it resolves; Salesforce has it as soon as it answers. */
  connect(connectionId: ConnectionId, connection: NewConnection): Promise<void>;
  disconnect(connectionId: ConnectionId): Promise<void>;
  /** Shows that an account waits for an administrator. A live connection stays as it is. */
  hold(connectionId: ConnectionId, reason: string): Promise<void>;
}

/** Keeps connections alive without anybody asking for a token. */
export interface Upkeep {
  /**
   * Exchanges the refresh token now, whatever time its access token has left. One that cannot be exchanged (not
   * connected, on hold) is left as it is. Throws like `accessTokenFor`; a connection that turns out to be over does not
   * throw: its state says so.
   */
  renew(connectionId: ConnectionId): Promise<ConnectionState>;
  /** Why refreshes that nobody waits for should not go on just now, in words for people; undefined: they may. */
  pauseReason(provider: ProviderId): Promise<string | undefined>;
}
