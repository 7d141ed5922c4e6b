import { trainerIdOf, type ConnectionId, type ConnectionStatus } from '../core/connection.ts';
import { soql, type Row } from '../salesforce/records.ts';
import type { Head } from './head.ts';
import { toSaved, toShortText, toStatus, toText, type ReadSavedDeps, type SavedTokens } from './saved-row.ts';

/** The Lark connection of a trainer as `Onboarding_Trainer__c` keeps it. Only the integration user can read these. */
interface LarkRow extends Row {
  Id: string;
  LastModifiedDate: string;
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

/** One query; trainers that do not exist (any more) are missing from the answer. */
export async function readLark(deps: ReadSavedDeps, connectionIds: readonly ConnectionId[]): Promise<SavedTokens[]> {
  const rows = await deps.records.query<LarkRow>(
    soql`SELECT Id, LastModifiedDate, Lark_User_ID__c, Lark_Account_Email__c, Lark_Tenant_Key__c, Lark_Identity_Hash__c,
      Lark_Access_Token__c, Lark_Refresh_Token__c, Lark_Token_Expires_At__c, Lark_Refresh_Expires_At__c,
      Lark_Consent_Expires_At__c, Lark_Connected_At__c, Lark_Last_Token_Refresh__c, Lark_Connection_Error__c,
      Lark_Connection_Status__c, Lark_Granted_Scopes__c, Lark_Token_Generation__c
      FROM Onboarding_Trainer__c WHERE Id IN ${connectionIds.map(trainerIdOf)}`,
  );
  return rows.map((row) =>
    toSaved(
      {
        connectionId: `lark:${row.Id}`,
        generation: row.Lark_Token_Generation__c,
        status: row.Lark_Connection_Status__c,
        changedAt: row.LastModifiedDate,
        access: row.Lark_Access_Token__c,
        refresh: row.Lark_Refresh_Token__c,
        accessExpiresAt: row.Lark_Token_Expires_At__c,
        refreshExpiresAt: row.Lark_Refresh_Expires_At__c,
        consentExpiresAt: row.Lark_Consent_Expires_At__c,
        connectedAt: row.Lark_Connected_At__c,
        refreshedAt: row.Lark_Last_Token_Refresh__c,
        subjectId: row.Lark_User_ID__c,
        accountEmail: row.Lark_Account_Email__c,
        tenantId: row.Lark_Tenant_Key__c,
        identityHash: row.Lark_Identity_Hash__c,
        scopes: row.Lark_Granted_Scopes__c,
        error: row.Lark_Connection_Error__c,
      },
      deps.now(),
    ),
  );
}

/** The row that makes Salesforce equal to the head. */
export function toLarkRow(head: Head): Row {
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
    Lark_Connection_Error__c: toShortText(head.error),
    Lark_Connection_Status__c: toStatus(head.state),
    Lark_Granted_Scopes__c: head.scopes || null,
    Lark_Token_Generation__c: head.generation,
  };
}
