import { connectionStatuses } from '../../core/connection.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type Row } from '../../salesforce/records.ts';
import type { ConnectionState } from '../../tokens/port.ts';

export interface ListedTrainer {
  id: string;
  name: string;
  email: string;
  timeZone: string;
  lastReminderAt: Date | undefined;
}

/** What the list reads of a trainer. The token fields are never among them. */
export const trainerFields = soql`Id, Name, Email__c, Time_Zone__c, Last_Reminder_At__c, Lark_Connection_Status__c,
  Lark_User_ID__c, Lark_Account_Email__c, Lark_Connected_At__c, Lark_Last_Token_Refresh__c, Lark_Token_Expires_At__c,
  Lark_Refresh_Expires_At__c, Lark_Consent_Expires_At__c, Lark_Connection_Error__c, Lark_Token_Generation__c`;

/** A row of `Onboarding_Trainer__c`: the trainer, their connection as it was saved, and how new that is. */
export function readListed(row: Row): { trainer: ListedTrainer; saved: ConnectionState; generation: number } {
  const status = row['Lark_Connection_Status__c'];
  const generation = row['Lark_Token_Generation__c'];
  return {
    trainer: {
      id: toLongId(String(row['Id'])) ?? String(row['Id']),
      name: text(row['Name']) ?? '',
      email: text(row['Email__c']) ?? '',
      timeZone: text(row['Time_Zone__c']) ?? 'UTC',
      lastReminderAt: date(row['Last_Reminder_At__c']),
    },
    saved: {
      status: connectionStatuses.find((known) => known === status) ?? 'Not Connected',
      subjectId: text(row['Lark_User_ID__c']),
      accountEmail: text(row['Lark_Account_Email__c']),
      identityHash: undefined,
      connectedAt: date(row['Lark_Connected_At__c']),
      lastRefresh: date(row['Lark_Last_Token_Refresh__c']),
      tokenExpiresAt: date(row['Lark_Token_Expires_At__c']),
      refreshExpiresAt: date(row['Lark_Refresh_Expires_At__c']),
      consentExpiresAt: date(row['Lark_Consent_Expires_At__c']),
      scopes: [],
      error: text(row['Lark_Connection_Error__c']),
      failing: false,
    },
    generation: typeof generation === 'number' ? generation : 0,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function date(value: unknown): Date | undefined {
  const known = text(value);
  return known === undefined ? undefined : new Date(known);
}
