import {
  connectionIdOf,
  providerOf,
  trainerIdOf,
  type ConnectionId,
  type ConnectionStatus,
} from '../core/connection.ts';
import { soql, type Row } from '../salesforce/records.ts';
import type { Head } from './head.ts';
import { toSaved, toShortText, toStatus, toText, type ReadSavedDeps, type SavedTokens } from './saved-row.ts';

/** A Google, Outlook or Calendly connection as `Trainer_Connection__c` keeps it, beside the settings of its owner. */
interface ConnectionRow extends Row {
  Key__c: string;
  LastModifiedDate: string | undefined;
  Account_ID__c: string | null;
  Account_Email__c: string | null;
  Tenant_ID__c: string | null;
  Identity_Hash__c: string | null;
  Access_Token__c: string | null;
  Refresh_Token__c: string | null;
  Token_Expires_At__c: string | null;
  Refresh_Expires_At__c: string | null;
  Connected_At__c: string | null;
  Last_Token_Refresh__c: string | null;
  Connection_Error__c: string | null;
  Status__c: ConnectionStatus | null;
  Granted_Scopes__c: string | null;
  Token_Generation__c: number | null;
}

const ORGANISATION = connectionIdOf('calendly', 'organisation');

/**
 * One query, and a second one for connections without a row: those of trainers that exist were never connected, those
 * of trainers that do not exist (any more) are missing from the answer.
 */
export async function readConnections(
  deps: ReadSavedDeps,
  connectionIds: readonly ConnectionId[],
): Promise<SavedTokens[]> {
  const rows = await deps.records.query<ConnectionRow>(
    soql`SELECT Key__c, LastModifiedDate, Account_ID__c, Account_Email__c, Tenant_ID__c, Identity_Hash__c,
      Access_Token__c, Refresh_Token__c, Token_Expires_At__c, Refresh_Expires_At__c, Connected_At__c,
      Last_Token_Refresh__c, Connection_Error__c, Status__c, Granted_Scopes__c, Token_Generation__c
      FROM Trainer_Connection__c WHERE Key__c IN ${connectionIds}`,
  );
  const found = new Set(rows.map(({ Key__c }) => Key__c));
  const withoutRow = await ofExistingTrainers(
    deps,
    connectionIds.filter((connectionId) => !found.has(connectionId)),
  );
  return [...rows, ...withoutRow.map((Key__c) => ({ ...neverConnected, Key__c }))].map((row) =>
    toSaved(
      {
        connectionId: row.Key__c as ConnectionId,
        generation: row.Token_Generation__c,
        status: row.Status__c,
        changedAt: row.LastModifiedDate,
        access: row.Access_Token__c,
        refresh: row.Refresh_Token__c,
        accessExpiresAt: row.Token_Expires_At__c,
        refreshExpiresAt: row.Refresh_Expires_At__c,
        consentExpiresAt: null,
        connectedAt: row.Connected_At__c,
        refreshedAt: row.Last_Token_Refresh__c,
        subjectId: row.Account_ID__c,
        accountEmail: row.Account_Email__c,
        tenantId: row.Tenant_ID__c,
        identityHash: row.Identity_Hash__c,
        scopes: row.Granted_Scopes__c,
        error: row.Connection_Error__c,
      },
      deps.now(),
    ),
  );
}

const neverConnected = {
  LastModifiedDate: undefined,
  Account_ID__c: null,
  Account_Email__c: null,
  Tenant_ID__c: null,
  Identity_Hash__c: null,
  Access_Token__c: null,
  Refresh_Token__c: null,
  Token_Expires_At__c: null,
  Refresh_Expires_At__c: null,
  Connected_At__c: null,
  Last_Token_Refresh__c: null,
  Connection_Error__c: null,
  Status__c: null,
  Granted_Scopes__c: null,
  Token_Generation__c: null,
};

async function ofExistingTrainers(
  deps: ReadSavedDeps,
  connectionIds: readonly ConnectionId[],
): Promise<readonly ConnectionId[]> {
  const trainerIds = connectionIds.filter((connectionId) => connectionId !== ORGANISATION).map(trainerIdOf);
  if (trainerIds.length === 0) return connectionIds;
  const trainers = await deps.records.query<{ Id: string }>(
    soql`SELECT Id FROM Onboarding_Trainer__c WHERE Id IN ${[...new Set(trainerIds)]}`,
  );
  const existing = new Set(trainers.map(({ Id }) => Id));
  return connectionIds.filter(
    (connectionId) => connectionId === ORGANISATION || existing.has(trainerIdOf(connectionId)),
  );
}

/** The row that makes Salesforce equal to the head, by `Key__c`; the owner's settings are not in it. */
export function toConnectionRow(head: Head): Row {
  const connectionId = head.connection_id as ConnectionId;
  const ofOrganisation = connectionId === ORGANISATION;
  return {
    Key__c: connectionId,
    Trainer__c: ofOrganisation ? null : trainerIdOf(connectionId),
    Scope__c: ofOrganisation ? 'Organisation' : 'Trainer',
    Provider__c: providerOf(connectionId),
    Account_ID__c: head.subject_id,
    Account_Email__c: head.account_email,
    Tenant_ID__c: head.tenant_id,
    Identity_Hash__c: head.identity_hash,
    Access_Token__c: head.access_sealed,
    Refresh_Token__c: head.refresh_sealed,
    Token_Expires_At__c: toText(head.access_expires_at),
    Refresh_Expires_At__c: toText(head.refresh_expires_at),
    Connected_At__c: toText(head.connected_at),
    Last_Token_Refresh__c: toText(head.refreshed_at),
    Connection_Error__c: toShortText(head.error),
    Status__c: toStatus(head.state),
    Granted_Scopes__c: head.scopes || null,
    Token_Generation__c: head.generation,
  };
}
