import type { Booking } from '../../core/booking.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import { traceOf, type Occasion, type Told, type Trace } from './told.ts';

const STEP = 'Merchant mail';
const outcomes: Record<Occasion, string> = { booked: 'created', changed: 'changed', cancelled: 'cancelled' };

/** What the newest mail told, as the timeline has it: what is left to know it by when the database was lost. */
export async function traceOnTimeline(
  deps: { records: Pick<SalesforceRecords, 'query'> },
  bookingId: string,
): Promise<Trace | undefined> {
  // Salesforce keeps seconds; the key knows the order within one.
  const [row] = await deps.records.query(
    soql`SELECT Key__c, Outcome__c FROM Booking_Timeline__c WHERE Booking__c = ${bookingId} AND Step__c = ${STEP}
      ORDER BY Occurred_At__c DESC, Key__c DESC LIMIT 1`,
  );
  if (!row) return undefined;
  const [contactMark = '', contentMark = ''] = String(row.Key__c).split(':').slice(-2);
  return { isCancelled: row.Outcome__c === outcomes.cancelled, contactMark, contentMark };
}

const sentences: Record<Occasion, string> = {
  booked: 'The merchant was told by mail that the training is booked.',
  changed: 'The merchant was told by mail what has changed.',
  cancelled: 'The merchant was told by mail that the training is cancelled.',
};

const UNANSWERED = 'Salesforce did not say whether this mail was sent; it counts as sent, so that nobody gets two.';

export async function noteOnTimeline(
  deps: { records: Pick<SalesforceRecords, 'upsert'>; now: Now; log: Log },
  booking: Pick<Booking, 'id' | 'revision'>,
  { occasion, told, isAnswered }: { occasion: Occasion; told: Told; isAnswered: boolean },
): Promise<void> {
  const at = deps.now().toISOString();
  const { contactMark, contentMark } = traceOf(told);
  const row = {
    Key__c: [booking.id, booking.revision, STEP, at, outcomes[occasion], contactMark, contentMark].join(':'),
    Booking__c: booking.id,
    Step__c: STEP,
    Outcome__c: outcomes[occasion],
    Message__c: isAnswered ? sentences[occasion] : `${sentences[occasion]} ${UNANSWERED}`,
    Actor__c: 'merchant-mail',
    Occurred_At__c: at,
  };
  // The mail is out: trouble with its line must not send it again.
  const problem = await deps.records.upsert('Booking_Timeline__c', 'Key__c', [row]).then(
    ([result]) => (result?.success === true ? undefined : result?.errors),
    (error: unknown) => error,
  );
  if (problem !== undefined) {
    deps.log.warn({ err: problem, bookingId: booking.id }, 'a mail to a merchant is not on the timeline');
  }
}
