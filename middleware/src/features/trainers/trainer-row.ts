import { connectionStatuses, type ConnectionStatus } from '../../core/connection.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { CalendarSettings, Trainer } from '../../core/trainer.ts';
import { soql, type Row, type Soql } from '../../salesforce/records.ts';

/** What is read of a trainer. The token fields are never among them. */
const trainerFields = soql`Id, Name, Email__c, User__c, Active__c, Time_Zone__c, Work_Day_Start__c, Work_Day_End__c,
  Work_Days__c, Last_Reminder_At__c, Reminder_Count__c, Lark_Connection_Status__c, Lark_User_ID__c,
  Lark_Account_Email__c, (SELECT Sync_Enabled__c, Auto_Create__c, Auto_Update__c, Include_Client_Details__c,
  Title_Template__c, Description_Template__c, Calendar_ID__c FROM Trainer_Connections__r WHERE Provider__c = 'lark')`;

/** A query of trainers; `where` is the condition. */
export function trainersWhere(where: Soql): Soql {
  return soql`SELECT ${trainerFields} FROM Onboarding_Trainer__c WHERE ${where}`;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const WORKING_WEEK = [1, 2, 3, 4, 5];

/** Reads a row of `Onboarding_Trainer__c`. What the org leaves blank gets the usual: UTC, Monday to Friday, 9 to 17. */
export function toTrainer(row: Row): Trainer {
  const status = text(row.Lark_Connection_Status__c);
  const workDays = (text(row.Work_Days__c) ?? '')
    .split(';')
    .map((day) => DAYS.indexOf(day) + 1)
    .filter((day) => day > 0);
  return {
    id: toLongId(String(row.Id)) ?? String(row.Id),
    name: text(row.Name) ?? '',
    email: text(row.Email__c) ?? '',
    active: row.Active__c === true,
    timeZone: text(row.Time_Zone__c) ?? 'UTC',
    workDayStart: text(row.Work_Day_Start__c) ?? '09:00',
    workDayEnd: text(row.Work_Day_End__c) ?? '17:00',
    workDays: workDays.length > 0 ? workDays : WORKING_WEEK,
    userId: text(row.User__c),
    lark: {
      status: isConnectionStatus(status) ? status : 'Not Connected',
      userId: text(row.Lark_User_ID__c),
      accountEmail: text(row.Lark_Account_Email__c),
      settings: settingsOf(row.Trainer_Connections__r),
    },
    lastReminderAt: text(row.Last_Reminder_At__c) === undefined ? undefined : new Date(String(row.Last_Reminder_At__c)),
    reminderCount: typeof row.Reminder_Count__c === 'number' ? row.Reminder_Count__c : 0,
  };
}

/** The settings row among the trainer's connections, if there is one; null where a trainer has none. */
function settingsOf(children: unknown): CalendarSettings | undefined {
  const [row] = ((children as { records?: unknown } | null | undefined)?.records ?? []) as Row[];
  if (!row) return undefined;
  return {
    syncEnabled: row.Sync_Enabled__c === true,
    autoCreate: row.Auto_Create__c === true,
    autoUpdate: row.Auto_Update__c === true,
    includeClientDetails: row.Include_Client_Details__c === true,
    titleTemplate: text(row.Title_Template__c),
    descriptionTemplate: text(row.Description_Template__c),
    calendarId: text(row.Calendar_ID__c),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function isConnectionStatus(value: string | undefined): value is ConnectionStatus {
  return connectionStatuses.some((status) => status === value);
}
