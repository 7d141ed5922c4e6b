import type { ConnectionId, ConnectionStatus, ProviderId } from '../core/connection.ts';
import type { RunState } from '../storage/database.ts';
import type { Run, RunError } from '../storage/runs.ts';

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
  /** The latest exchange failed; what it was is in the log, or in `error` where a person can do something about it. */
  failing: boolean;
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

/** `due`: those whose connection would suffer without; `all`: everybody who is connected. */
export const refreshScopes = ['due', 'all'] as const;
export type RefreshScope = (typeof refreshScopes)[number];

/** Sweeps that renew many connections, one at a time over all replicas; `storage/runs.ts` tells how far one is. */
export interface RefreshRuns {
  /**
   * Starts a sweep, or answers with the one that is open, whatever its scope.
   * @param startedBy the caller or the schedule, for people
   */
  start(sweep: { scope: RefreshScope; startedBy: string }): Promise<Run>;
}

/** Who still refers to a key. */
export interface KeyReferences {
  /** 8 characters that name the key and say nothing about it; `unreadable` stands for values that are no envelope. */
  id: string;
  /** New values are sealed with it. */
  sealing: boolean;
  /** This server has it. */
  inRing: boolean;
  /** Sealed values that name it; `salesforce` is null while no finished rotation has counted there. */
  references: { heads: number; journal: number; salesforce: number | null };
  /** Nothing names it any more: in the database now, in Salesforce when the last rotation counted. */
  retirable: boolean;
}

export interface KeyRotationStatus {
  /** `idle`: there has been none yet. */
  state: 'idle' | RunState;
  phase: 'load' | 'heads' | 'journal' | 'save' | 'verify' | 'finished' | undefined;
  /** Why it waits or has stopped, in words for people. */
  note: string | undefined;
  /** Connections and journal entries that hold something sealed, and how many of them were looked at. */
  total: number;
  done: number;
  /** Of those done: under the current key already, and those that could not be sealed anew. */
  unchanged: number;
  failed: number;
  /** The first of the failures. */
  errors: readonly RunError[];
  /** Rows of Salesforce that were read back in the present round. */
  verified: number;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  /** When Salesforce was counted for `keys`. */
  countedAt: Date | undefined;
  keys: readonly KeyReferences[];
}

/** Seals everything anew with the current key while everything else goes on; one at a time over all replicas. */
export interface KeyRotation {
  status(): Promise<KeyRotationStatus>;
  /** Starts one, or goes on with the one that is open. `startedBy`: the caller, for people. */
  start(startedBy: string): Promise<void>;
  /** Stops after the page that is under way; false: none is open. */
  pause(): Promise<boolean>;
  /** false: none is open. */
  resume(): Promise<boolean>;
}
