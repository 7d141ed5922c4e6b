import { randomUUID } from 'node:crypto';
import { runQueries } from './queries.ts';
import type { Finding } from './report.ts';
import { API_VERSION, SfError, type Sf } from './sf.ts';

interface Middleware {
  url: string;
  /** An API key with the scope `portal`. */
  key: string;
  trainerEmail: string;
}

const DAYS_AHEAD = 28;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Books through the middleware, reads the booking back from the org, cancels it and deletes it again. */
export async function bookingRoundTrip(sf: Sf, middleware: Middleware, now: Date): Promise<Finding[]> {
  const call = async (method: string, resource: string, body?: unknown) => {
    const response = await fetch(`${middleware.url}${resource}`, {
      method,
      headers: { authorization: `Bearer ${middleware.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, text: await response.text() };
  };
  const merchant = `Smoke test ${randomUUID()}`;
  const booked = await call('POST', '/api/lark/book-training', {
    merchantId: 'smoke-test',
    merchantName: merchant,
    trainerEmail: middleware.trainerEmail,
    date: new Date(now.getTime() + DAYS_AHEAD * DAY_MS).toISOString().slice(0, 10),
    startTime: '11:00',
    endTime: '11:30',
    timeZone: 'UTC',
    bookingType: 'training',
    serviceType: 'onsite',
    storeAddress: 'Smoke test',
  });
  const bookingId = bookingIdOf(booked.text);
  if (booked.status !== 201 || bookingId === undefined) {
    const what = `The middleware did not book: ${booked.status} ${booked.text.slice(0, 300)}`;
    return [{ level: 'error', what, remedy: 'see docs/troubleshooting.md for the code in this answer' }];
  }
  const findings: Finding[] = [];
  try {
    findings.push(await readBack(sf, bookingId, merchant));
  } finally {
    const cancelled = await call('DELETE', `/api/bookings/${bookingId}`);
    if (cancelled.status >= 300) {
      const what = `The middleware did not cancel ${bookingId}: ${cancelled.status} ${cancelled.text.slice(0, 300)}`;
      findings.push({ level: 'error', what, remedy: 'cancel the booking in Salesforce' });
    }
    findings.push(...(await removeBooking(sf, bookingId)));
  }
  return findings;
}

function bookingIdOf(text: string): string | undefined {
  try {
    const { bookingId } = JSON.parse(text) as { bookingId?: unknown };
    return typeof bookingId === 'string' ? bookingId : undefined;
  } catch {
    return undefined;
  }
}

async function readBack(sf: Sf, id: string, merchant: string): Promise<Finding> {
  const soql = `SELECT Merchant_Name__c, Status__c, Revision__c FROM Training_Booking__c WHERE Id = '${id}'`;
  const { booking } = await runQueries(sf, { booking: soql });
  if (booking instanceof SfError) {
    const remedy = 'assign yourself Trainer_Connect_Admin: npm run org:deploy -- --assign Trainer_Connect_Admin';
    return { level: 'error', what: `The booking ${id} could not be read back: ${booking.message}`, remedy };
  }
  const [row] = booking.records;
  if (row?.['Merchant_Name__c'] !== merchant) {
    const remedy = 'check SALESFORCE_ORG_ID and the login URL of the middleware';
    return { level: 'error', what: `The booking ${id} is not in this org: the middleware writes elsewhere`, remedy };
  }
  // The before-save flow sets it: without it no later change is ever synchronised.
  if (Number(row['Revision__c']) < 1) {
    const remedy = 'activate the flow Training_Booking_Before_Save in Setup → Flows';
    return { level: 'error', what: 'The booking has no revision: the before-save flow did not run', remedy };
  }
  return { level: 'info', what: `A booking went through the middleware into the org and back (API ${API_VERSION})` };
}

async function removeBooking(sf: Sf, id: string): Promise<Finding[]> {
  try {
    await sf.run(['data', 'delete', 'record', '--sobject', 'Training_Booking__c', '--record-id', id]);
    return [];
  } catch (error) {
    if (!(error instanceof SfError)) throw error;
    const remedy = 'delete it in Salesforce as an administrator';
    return [{ level: 'warning', what: `The cancelled test booking ${id} is still there: ${error.message}`, remedy }];
  }
}
