import { trainerIdOf, type ConnectionId, type ConnectionStatus } from '../core/connection.ts';
import type { HeadState } from '../storage/database.ts';
import { soql, type Row, type SalesforceRecords } from '../salesforce/records.ts';
import type { Head, NewHead } from './head.ts';

/** The Lark connection of a trainer as `Onboarding_Trainer__c` keeps it. Only the integration user can read these. */
interface SavedRow extends Row {
  Id: string;
  Lark_User_ID__c: string | null;
  Lark_Account_Email__c: string | null;
  Lark_Tenant_Key__c: string | null;
  Lark_Identity_Hash__c: string | null;
  Lark_Access_Token__c: string | null;
  Lark_Refresh_Token__c: string | null;
  Lark_Token_Expires_At__c: string | null;
  Lark_Refresh_Expires_At__c: string | null;
  Lark_Consent_Expires_At__c: string | null;
  Lark_Connected_At__c: string | null;
  Lark_Last_Token_Refresh__c: string | null;
  Lark_Connection_Error__c: string | null;
  Lark_Connection_Status__c: ConnectionStatus | null;
  Lark_Granted_Scopes__c: string | null;
  Lark_Token_Generation__c: number | null;
}

export interface SavedTokens {
  generation: number;
  /** No refresh token there: disconnected, or cleared by hand. */
  blank: boolean;
  /** The same as a head, as if it had just been saved. */
  head: NewHead;
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

/** Reads what Salesforce has, in one query; trainers that do not exist (any more) are missing from the map. */
export async function readSaved(
  deps: { records: SalesforceRecords; now: () => Date },
  connectionIds: readonly ConnectionId[],
): Promise<Map<ConnectionId, SavedTokens>> {
  const rows = await deps.records.query<SavedRow>(
    soql`SELECT Id, Lark_User_ID__c, Lark_Account_Email__c, Lark_Tenant_Key__c, Lark_Identity_Hash__c,
      Lark_Access_Token__c, Lark_Refresh_Token__c, Lark_Token_Expires_At__c, Lark_Refresh_Expires_At__c,
      Lark_Consent_Expires_At__c, Lark_Connected_At__c, Lark_Last_Token_Refresh__c, Lark_Connection_Error__c,
      Lark_Connection_Status__c, Lark_Granted_Scopes__c, Lark_Token_Generation__c
      FROM Onboarding_Trainer__c WHERE Id IN ${connectionIds.map(trainerIdOf)}`,
  );
  return new Map(rows.map((row) => [`lark:${row.Id}` as const, toSaved(row, deps.now())]));
}

function toSaved(row: SavedRow, now: Date): SavedTokens {
  const blank = !row.Lark_Refresh_Token__c;
  const generation = row.Lark_Token_Generation__c ?? 0;
  const state = stateOf(row.Lark_Connection_Status__c, blank);
  return {
    generation,
    blank,
    head: {
      connection_id: `lark:${row.Id}`,
      epoch: 1,
      generation,
      version: 1,
      saved_generation: generation,
      saved_state: generation === 0 ? null : state,
      state,
      access_sealed: row.Lark_Access_Token__c,
      refresh_sealed: row.Lark_Refresh_Token__c,
      refresh_hash: null,
      access_expires_at: toDate(row.Lark_Token_Expires_At__c),
      refresh_expires_at: toDate(row.Lark_Refresh_Expires_At__c),
      consent_expires_at: toDate(row.Lark_Consent_Expires_At__c),
      connected_at: toDate(row.Lark_Connected_At__c),
      refreshed_at: toDate(row.Lark_Last_Token_Refresh__c),
      subject_id: row.Lark_User_ID__c,
      account_email: row.Lark_Account_Email__c,
      tenant_id: row.Lark_Tenant_Key__c,
      identity_hash: row.Lark_Identity_Hash__c,
      scopes: row.Lark_Granted_Scopes__c ?? '',
      error: row.Lark_Connection_Error__c,
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

/** The row that makes Salesforce equal to the head. */
export function toRow(head: Head): Row {
  return {
    Id: trainerIdOf(head.connection_id as ConnectionId),
    Lark_User_ID__c: head.subject_id,
    Lark_Account_Email__c: head.account_email,
    Lark_Tenant_Key__c: head.tenant_id,
    Lark_Identity_Hash__c: head.identity_hash,
    Lark_Access_Token__c: head.access_sealed,
    Lark_Refresh_Token__c: head.refresh_sealed,
    Lark_Token_Expires_At__c: toText(head.access_expires_at),
    Lark_Refresh_Expires_At__c: toText(head.refresh_expires_at),
    Lark_Consent_Expires_At__c: toText(head.consent_expires_at),
    Lark_Connected_At__c: toText(head.connected_at),
    Lark_Last_Token_Refresh__c: toText(head.refreshed_at),
    Lark_Connected__c: head.state === 'connected',
    Lark_Connection_Error__c: head.error?.slice(0, 255) ?? null,
    Lark_Connection_Status__c: toStatus(head.state),
    Lark_Granted_Scopes__c: head.scopes || null,
    Lark_Token_Generation__c: head.generation,
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toText(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
