import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import { NotRight, type Check } from './checks.ts';
import type { Missing } from './providers.ts';

export interface CheckSalesforceDeps {
  records: Pick<SalesforceRecords, 'query' | 'identity' | 'mailAllowance' | 'changeableFields'>;
  orgId: string;
  mailSender: string | undefined;
  recipients: readonly string[];
  templates: () => Promise<readonly { name: string; state: string }[]>;
}

const INTEGRATION =
  'Assign the permission set Trainer_Connect_Integration to the integration user, and add the user to the public group Trainer_Connect_Middleware.';
/** Results that only the integration user may write. */
const WRITTEN: readonly [object: string, fields: readonly string[]][] = [
  [
    'Onboarding_Trainer__c',
    ['Lark_Access_Token__c', 'Lark_Refresh_Token__c', 'Lark_Connection_Status__c', 'Last_Reminder_At__c'],
  ],
  ['Training_Booking__c', ['Synced_Revision__c', 'Remote_Training_Meeting_Link__c', 'Meeting_Link_Status__c']],
  ['Trainer_Connection__c', ['Access_Token__c', 'Refresh_Token__c', 'Status__c']],
];

export function salesforceChecks(deps: CheckSalesforceDeps): Check[] {
  const { records, orgId, mailSender } = deps;
  return [
    {
      name: 'The middleware can sign in',
      howTo: 'Check SALESFORCE_LOGIN_URL, SALESFORCE_ORG_ID and the credentials of the External Client App.',
      isBasis: true,
      look: async () => `Signed in to the org ${orgId} as ${await usernameOf(records)}.`,
    },
    {
      name: 'Results can be written back',
      howTo: INTEGRATION,
      look: async () => {
        for (const [object, fields] of WRITTEN) {
          const changeable = await records.changeableFields(object);
          const lacking = fields.filter((field) => !changeable.has(field));
          if (lacking.length > 0) throw new NotRight(`${object}: ${lacking.join(', ')} cannot be written.`);
        }
        // Sharing decides about each booking, and the integration user may not ask for members of groups.
        return 'The fields of connections and bookings can be written. Whether the user is in the group Trainer_Connect_Middleware was not looked at.';
      },
    },
    {
      name: 'Mails can be sent today',
      howTo: "Wait for midnight UTC, or ask Salesforce to raise the org's daily limit of single mails.",
      look: async () => {
        const allowance = await records.mailAllowance();
        if (!allowance) {
          return 'The org shows its limit of mails only to users with "View Setup and Configuration": at most 800 reminders are sent a day.';
        }
        const { remaining, max } = allowance;
        if (remaining === 0) throw new NotRight(`All ${max} mails of today are used up.`);
        return `${remaining} of ${max} mails are left today.`;
      },
    },
    {
      name: 'Mails have a sender',
      howTo: 'Add and verify the address in Setup, Organization-Wide Addresses, and set MAIL_SENDER to it.',
      look: async () => {
        if (mailSender === undefined) return "MAIL_SENDER is not set: mails come from the integration user's address.";
        const [found] = await records.query(
          soql`SELECT Id FROM OrgWideEmailAddress WHERE Address = ${mailSender} LIMIT 1`,
        );
        if (!found) throw new NotRight(`${mailSender} is not an organisation-wide address of the org.`);
        return `Mails come from ${mailSender}.`;
      },
    },
    {
      name: 'The e-mail templates can be used',
      howTo: 'Deploy the folder email/Trainer_Connect, or put {{link}} into the body of the template.',
      look: async () => {
        const unusable = (await deps.templates()).filter(({ state }) => state !== 'own').map(({ name }) => name);
        return unusable.length === 0
          ? 'The texts of the org are sent.'
          : `The built-in text is sent instead of ${unusable.join(', ')}.`;
      },
    },
  ];
}

export async function usernameOf(records: Pick<SalesforceRecords, 'query' | 'identity'>): Promise<string> {
  const { userId } = await records.identity();
  const [user] = await records.query(soql`SELECT Username FROM User WHERE Id = ${userId}`);
  return typeof user?.['Username'] === 'string' ? user['Username'] : userId;
}

/** What is not set although something would be better with it. */
export function missingInSalesforce({ mailSender, recipients }: CheckSalesforceDeps): Missing[] {
  const where = 'The environment of the middleware';
  return [
    ...(mailSender === undefined
      ? [
          {
            what: 'A sender for mails (MAIL_SENDER).',
            where,
            howTo: 'Verify an address in Setup, Organization-Wide Addresses, set MAIL_SENDER to it and start again.',
          },
        ]
      : []),
    ...(recipients.length === 0
      ? [
          {
            what: 'Administrators who are told when something fails (ALERT_RECIPIENTS).',
            where,
            howTo: 'Set ALERT_RECIPIENTS to their e-mail addresses, separated by commas, and start again.',
          },
        ]
      : []),
  ];
}
