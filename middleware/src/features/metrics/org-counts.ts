import { providerIds, type ProviderId } from '../../core/connection.ts';
import { soql, type Row, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';
import { keyOf, type EventCounts, type MetricKey } from './counted-events.ts';
import { endOf, startOf, type UtcDay } from './utc-day.ts';

/** How trainers stand with a provider now. */
export interface Standing {
  trainers: number;
  connected: number;
  needsReconnect: number;
}

/** The bookings that were made on a day, as they are now. */
export interface DayOfBookings {
  bookings: number;
  meetingsWanted: number;
  meetingsMade: number;
}

export interface OrgCounts {
  standing(provider: ProviderId): Standing;
  bookings(key: MetricKey, makesMeetings: boolean): DayOfBookings;
  /** The counts that the day's row has already; undefined: there is no row. */
  saved(key: MetricKey): EventCounts | undefined;
}

interface Groups {
  bookings: Row[];
  events: Row[];
}

/** Everything that Salesforce itself can count, and the rows that are there, in one call. Throws `SalesforceError`. */
export async function readOrgCounts(
  records: Pick<SalesforceRecords, 'composite' | 'queryPath'>,
  days: readonly UtcDay[],
  meetingBookingTypes: readonly string[],
): Promise<OrgCounts> {
  const [first = '', last = ''] = [days.toSorted()[0], days.toSorted().at(-1)];
  const between = (field: Soql) => soql`${field} >= ${startOf(first)} AND ${field} < ${endOf(last)}`;
  const keys = days.flatMap((day) => providerIds.map((provider) => keyOf({ day, provider })));
  const responses = await records.composite(
    [
      soql`SELECT Lark_Connection_Status__c status, COUNT(Id) total FROM Onboarding_Trainer__c WHERE Active__c = true
        GROUP BY Lark_Connection_Status__c`,
      soql`SELECT Provider__c provider, Status__c status, COUNT(Id) total FROM Trainer_Connection__c
        WHERE Scope__c = 'Trainer' AND Trainer__r.Active__c = true GROUP BY Provider__c, Status__c`,
      soql`SELECT DAY_ONLY(CreatedDate) day, Service_Type__c service, Booking_Type__c type, Status__c status,
        Meeting_Link_Status__c link, COUNT(Id) total FROM Training_Booking__c WHERE ${between(soql`CreatedDate`)}
        GROUP BY DAY_ONLY(CreatedDate), Service_Type__c, Booking_Type__c, Status__c, Meeting_Link_Status__c`,
      soql`SELECT DAY_ONLY(Booking__r.CreatedDate) day, Provider__c provider, COUNT_DISTINCT(Booking__c) total
        FROM Booking_Calendar_Event__c WHERE ${between(soql`Booking__r.CreatedDate`)}
        GROUP BY DAY_ONLY(Booking__r.CreatedDate), Provider__c`,
      soql`SELECT Key__c, Exchanges_OK__c, Exchanges_Failed__c, Errors__c FROM Trainer_Connect_Metric__c
        WHERE Key__c IN ${keys}`,
    ].map((text, index) => ({ method: 'GET', path: records.queryPath(text), referenceId: `query${index}` })),
  );
  const [trainers = [], connections = [], bookings = [], events = [], metrics = []] = responses.map(({ body }) =>
    rowsOf(body),
  );
  const active = sum(trainers);
  const saved = new Map(metrics.map((row) => [String(row['Key__c']).toLowerCase(), savedCounts(row)]));
  return {
    standing: (provider) => {
      // Lark's state is on the trainer, the others' in rows of their own.
      const rows = provider === 'lark' ? trainers : connections.filter((row) => row['provider'] === provider);
      const inState = (status: string) => sum(rows.filter((row) => row['status'] === status));
      return { trainers: active, connected: inState('Connected'), needsReconnect: inState('Needs Reconnect') };
    },
    bookings: (key, makesMeetings) => countBookings({ bookings, events }, key, makesMeetings, meetingBookingTypes),
    saved: (key) => saved.get(keyOf(key)),
  };
}

/** A provider that makes meetings concerns every booking, one that does not those which are in its calendars. */
function countBookings(
  { bookings, events }: Groups,
  { day, provider }: MetricKey,
  makesMeetings: boolean,
  meetingBookingTypes: readonly string[],
): DayOfBookings {
  if (!makesMeetings) {
    const own = events.filter((row) => row['day'] === day && row['provider'] === provider);
    return { bookings: sum(own), meetingsWanted: 0, meetingsMade: 0 };
  }
  const made = bookings.filter((row) => row['day'] === day);
  const wanted = made.filter(
    ({ service, type, status, link }) =>
      service === 'Remote' &&
      meetingBookingTypes.includes(String(type)) &&
      (status === 'Confirmed' || status === 'Completed') &&
      link !== 'Manual' &&
      link !== 'Not Needed',
  );
  return {
    bookings: sum(made),
    meetingsWanted: sum(wanted),
    meetingsMade: sum(wanted.filter(({ link }) => link === 'Ready')),
  };
}

function savedCounts(row: Row): EventCounts {
  const number = (name: string) => (typeof row[name] === 'number' ? row[name] : 0);
  const exchangesFailed = number('Exchanges_Failed__c');
  return {
    exchangesOk: number('Exchanges_OK__c'),
    exchangesFailed,
    failedBookings: Math.max(0, number('Errors__c') - exchangesFailed),
  };
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((total, row) => total + (typeof row['total'] === 'number' ? row['total'] : 0), 0);
}

function rowsOf(body: unknown): Row[] {
  const records = (body as { records?: unknown } | undefined)?.records;
  return Array.isArray(records) ? (records as Row[]) : [];
}
