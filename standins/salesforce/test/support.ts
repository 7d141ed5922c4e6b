import { randomBytes } from 'node:crypto';
import jsforce from 'jsforce';
import { createMovableClock, type MovableClock } from '../../kit/clock.ts';
import { startLocalOrg, type LocalOrg, type LocalOrgOptions } from '../index.ts';
import { ADMINISTRATOR } from '../sample/load-sample.ts';

export const VERSION = '65.0';

export const USERS = {
  integration: 'integration@trainer-connect.example',
  /** Of the org; the only one who deletes bookings. */
  administrator: ADMINISTRATOR.username,
  admin: 'admin@trainer-connect.example',
  staff: 'sam.staff@trainer-connect.example',
  wei: 'wei.tan@trainer-connect.example',
  li: 'li.na@trainer-connect.example',
  inactive: 'tomas.novak@trainer-connect.example',
};

/** The instant at which tests start: the Thursday of the sample data's own week. */
export const START = new Date('2026-11-26T10:00:00.000Z');

export type TestOrg = LocalOrg & { clock: MovableClock };

export async function startTestOrg(options: Partial<LocalOrgOptions> = {}): Promise<TestOrg> {
  const clock = options.clock ?? createMovableClock();
  clock.set(START);
  return startLocalOrg({ clock, ...options });
}

/** jsforce as one of the sample users. */
export function connectAs(org: LocalOrg, username: string): jsforce.Connection {
  return new jsforce.Connection({ version: VERSION, instanceUrl: org.url, accessToken: org.sessionFor(username) });
}

/** A request without any client library, for shapes and refusals that a client would hide. */
export async function call(
  org: LocalOrg,
  username: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(`${org.url}/services/data/v${VERSION}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${org.sessionFor(username)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

/** Status and error code of a refused call. */
export async function refusal(
  org: LocalOrg,
  username: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> {
  const answer = await call(org, username, method, path, body);
  const [error] = answer.body as { errorCode: string }[];
  return `${answer.status} ${error?.errorCode}`;
}

export function queryPath(soql: string): string {
  return `/query?q=${encodeURIComponent(soql)}`;
}

export async function trainerId(org: LocalOrg, email: string): Promise<string> {
  const found = await connectAs(org, USERS.integration).query<{ Id: string }>(
    `SELECT Id FROM Onboarding_Trainer__c WHERE Email__c = '${email}'`,
  );
  return found.records[0]?.Id ?? '';
}

/** A booking that passes every rule; times are hours after the start of the tests. */
export function booking(trainer: string, hours = 24, given: Record<string, unknown> = {}): Record<string, unknown> {
  const at = (hour: number) => new Date(START.getTime() + hour * 3_600_000).toISOString();
  return {
    Trainer__c: trainer,
    Merchant_Name__c: `Merchant ${randomBytes(4).toString('hex')}`,
    Start__c: at(hours),
    End__c: at(hours + 1),
    Time_Zone__c: 'Asia/Singapore',
    Service_Type__c: 'Remote',
    Booking_Type__c: 'Training',
    ...given,
  };
}
