import type { Now } from '../../core/runtime.ts';
import { soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';

export interface FindingsDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'composite' | 'queryPath'>;
  /** What failed for good, newest first; `more` says that there is a next page. */
  failedJobs: (limit: number) => Promise<{ jobs: readonly { kind: string; message: string }[]; more: boolean }>;
  now: Now;
}

/** One matter: how many it concerns, and the first of them. */
export interface Finding {
  title: string;
  lines: readonly string[];
  /** Goes its way without anybody: no reason for a mail, told in one that is sent anyway. */
  isBackground?: true;
  /** The notes that it tells, whole. */
  notes?: readonly string[];
}

const NAMED = 20;
const DAY_MS = 86_400_000;

/** Everything that a person should look at today: one call of Salesforce. Empty: nothing. Throws `SalesforceError`. */
export async function findWhatNeedsAttention(deps: FindingsDeps): Promise<Finding[]> {
  const [salesforce, jobs, providers, notes] = await Promise.all([
    inSalesforce(deps),
    failedJobs(deps),
    providerTrouble(deps.db),
    notesOf(deps.db),
  ]);
  return [...providers, ...salesforce, ...jobs, ...notes].filter(({ lines }) => lines.length > 0);
}

async function inSalesforce({ records, now }: FindingsDeps): Promise<Finding[]> {
  const today = now();
  const soon = new Date(today.getTime() + 14 * DAY_MS);
  const active = soql`FROM Onboarding_Trainer__c WHERE Active__c = true`;
  const queries = [
    soql`SELECT COUNT(Id) total ${active} AND (Lark_Connection_Status__c = null
      OR Lark_Connection_Status__c = 'Not Connected')`,
    soql`SELECT Name, Lark_Connection_Error__c ${active} AND Lark_Connection_Status__c = 'Needs Reconnect'
      ORDER BY Name LIMIT ${NAMED + 1}`,
    soql`SELECT Name, Lark_Connection_Error__c ${active} AND Lark_Connection_Status__c = 'On Hold'
      ORDER BY Name LIMIT ${NAMED + 1}`,
    soql`SELECT Name, Lark_Consent_Expires_At__c ${active} AND Lark_Connection_Status__c = 'Connected'
      AND Lark_Consent_Expires_At__c <= ${soon} ORDER BY Lark_Consent_Expires_At__c, Name LIMIT ${NAMED + 1}`,
    soql`SELECT Name, Sync_Status__c, Sync_Error__c FROM Training_Booking__c
      WHERE Sync_Status__c IN ('Conflict', 'Failed') AND End__c > ${today} ORDER BY Start__c, Name LIMIT ${NAMED + 1}`,
  ];
  const answers = await records.composite(
    queries.map((query, index) => ({
      method: 'GET' as const,
      path: records.queryPath(query),
      referenceId: `query${index}`,
    })),
  );
  const [counted = [], reconnect = [], held = [], ending = [], bookings = []] = answers.map(({ body }) => rowsOf(body));
  const notConnected = Number(counted[0]?.['total'] ?? 0);
  const withError = (row: Row) =>
    `${text(row['Name'])}: ${text(row['Lark_Connection_Error__c']) || 'no reason is known'}`;
  return [
    {
      title: 'Not connected',
      isBackground: true,
      lines:
        notConnected === 0
          ? []
          : [
              `${notConnected} active ${notConnected === 1 ? 'trainer has' : 'trainers have'} never connected Lark, or have disconnected it. They are reminded by themselves; the monitor lists them.`,
            ],
    },
    { title: 'Must connect again', lines: named(reconnect, withError) },
    { title: 'Accounts that wait for permission', lines: named(held, withError) },
    {
      title: 'Access that ends within 14 days',
      lines: named(ending, (row) => `${text(row['Name'])}: ${text(row['Lark_Consent_Expires_At__c']).slice(0, 10)}`),
    },
    {
      title: 'Bookings in conflict, or that failed',
      lines: named(
        bookings,
        (row) => `${text(row['Name'])} (${text(row['Sync_Status__c'])}): ${text(row['Sync_Error__c'])}`,
      ),
    },
  ];
}

async function failedJobs(deps: FindingsDeps): Promise<Finding[]> {
  const { jobs, more } = await deps.failedJobs(NAMED);
  const lines = jobs.map(({ kind, message }) => `${kind}: ${message}`);
  return [{ title: 'Failed jobs', lines: more ? [...lines, AND_MORE] : lines }];
}

async function providerTrouble(db: Database): Promise<Finding[]> {
  const [outages, failing] = await Promise.all([
    db.selectFrom('outage').selectAll().orderBy('provider').execute(),
    db
      .selectFrom('token_head')
      .select((eb) => ['attempt_failure', eb.fn.countAll<string>().as('connections')])
      .where('state', '=', 'connected')
      .where('attempt_failure', 'is not', null)
      .groupBy('attempt_failure')
      .orderBy('attempt_failure')
      .execute(),
  ]);
  return [
    {
      title: 'Providers in trouble',
      lines: [
        ...outages.map((row) => `${row.provider}: most renewals fail since ${row.opened_at.toISOString()}.`),
        ...failing.map(
          ({ connections, attempt_failure }) =>
            `${connections} ${connections === '1' ? 'connection' : 'connections'} could not be renewed lately (${attempt_failure}).`,
        ),
      ],
    },
  ];
}

async function notesOf(db: Database): Promise<Finding[]> {
  const rows = await db
    .selectFrom('attention_note')
    .selectAll()
    .orderBy('first_at')
    .limit(NAMED + 1)
    .execute();
  const notes = rows.slice(0, NAMED).map(({ message }) => message);
  const lines = rows
    .slice(0, NAMED)
    .map(({ message, times }) => (times === 1 ? message : `${message} (${times} times)`));
  if (rows.length > NAMED) lines.push('And more: the next mail tells them.');
  return [{ title: 'Noted since the last mail', lines, notes }];
}

const AND_MORE = 'And more: the monitor lists them.';

function named(rows: readonly Row[], line: (row: Row) => string): string[] {
  const lines = rows.slice(0, NAMED).map(line);
  return rows.length > NAMED ? [...lines, AND_MORE] : lines;
}

function rowsOf(body: unknown): Row[] {
  const records = (body as { records?: unknown } | undefined)?.records;
  return Array.isArray(records) ? (records as Row[]) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
