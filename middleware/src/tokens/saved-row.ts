import type { ConnectionId, ConnectionStatus } from '../core/connection.ts';
import type { Now } from '../core/runtime.ts';
import type { SalesforceRecords } from '../salesforce/records.ts';
import type { HeadState } from '../storage/database.ts';
import type { NewHead } from './head.ts';

export interface ReadSavedDeps {
  records: SalesforceRecords;
  now: Now;
}

/** What Salesforce has of a connection. */
export interface SavedTokens {
  generation: number;
  /** No refresh token there: never connected, disconnected, or cleared by hand. */
  blank: boolean;
  /** The status says that there are tokens, whether or not there are: this program never writes one without the other. */
  saysTokens: boolean;
  /** When anybody last changed the row, by Salesforce's clock, to the second; undefined: there is no row yet. */
  changedAt: Date | undefined;
  /** The same as a head, as if it had just been saved. */
  head: NewHead;
}

/** The fields of a connection, whatever their names are on the object that keeps them. */
export interface SavedFields {
  connectionId: ConnectionId;
  generation: number | null;
  status: ConnectionStatus | null;
  changedAt: string | undefined;
  access: string | null;
  refresh: string | null;
  accessExpiresAt: string | null;
  refreshExpiresAt: string | null;
  consentExpiresAt: string | null;
  connectedAt: string | null;
  refreshedAt: string | null;
  subjectId: string | null;
  accountEmail: string | null;
  tenantId: string | null;
  identityHash: string | null;
  scopes: string | null;
  error: string | null;
}

const statusOfState: Record<HeadState, ConnectionStatus> = {
  connected: 'Connected',
  'needs-reconnect': 'Needs Reconnect',
  'on-hold': 'On Hold',
  disconnected: 'Not Connected',
};

export function toStatus(state: HeadState): ConnectionStatus {
  return statusOfState[state];
}

export function toSaved(fields: SavedFields, now: Date): SavedTokens {
  const blank = !fields.refresh;
  const generation = fields.generation ?? 0;
  const state = stateOf(fields.status, blank);
  return {
    generation,
    blank,
    saysTokens: fields.status === 'Connected' || fields.status === 'Needs Reconnect',
    changedAt: fields.changedAt === undefined ? undefined : new Date(fields.changedAt),
    head: {
      connection_id: fields.connectionId,
      epoch: 1,
      generation,
      version: 1,
      saved_generation: generation,
      saved_state: generation === 0 ? null : state,
      state,
      access_sealed: fields.access,
      refresh_sealed: fields.refresh,
      refresh_hash: null,
      access_expires_at: toDate(fields.accessExpiresAt),
      refresh_expires_at: toDate(fields.refreshExpiresAt),
      consent_expires_at: toDate(fields.consentExpiresAt),
      connected_at: toDate(fields.connectedAt),
      refreshed_at: toDate(fields.refreshedAt),
      subject_id: fields.subjectId,
      account_email: fields.accountEmail,
      tenant_id: fields.tenantId,
      identity_hash: fields.identityHash,
      scopes: fields.scopes ?? '',
      error: fields.error,
      unsaved_since: null,
      updated_at: now,
    },
  };
}

function stateOf(status: ConnectionStatus | null, blank: boolean): HeadState {
  if (status === 'On Hold') return 'on-hold';
  if (blank) return 'disconnected';
  return status === 'Needs Reconnect' ? 'needs-reconnect' : 'connected';
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

export function toText(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

/** Texts of Salesforce end at 255 characters. */
export function toShortText(text: string | null): string | null {
  return text?.slice(0, 255) ?? null;
}
