import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectThrough,
  keys,
  type Answer,
  type CallOptions,
  type SampleTrainer,
  type World,
} from '../../middleware/test/kit/world.ts';
import type { Replica } from './crashable.ts';
import type { Seeded } from './seeded.ts';

const STAFF = 'sam.staff@trainer-connect.example';
const ADMINISTRATOR = 'setup@trainer-connect.example';

export interface Trainers {
  /** Connected at first. */
  connected: readonly SampleTrainer[];
  /** Have an account at Lark and have not connected it. */
  newcomers: readonly SampleTrainer[];
  inactive: SampleTrainer;
}

/** What all sequences share: the world, the middlewares that are alive, and what the test itself has done to trainers. */
export interface Storm {
  world: World;
  trainers: Trainers;
  /** Middlewares that are alive just now. */
  replicas: () => readonly Replica[];
  /** E-mails of trainers whose access ended at any time. */
  everLost: Set<string>;
  /** What callers were answered that no caller may be answered. */
  complaints: string[];
}

/** One booking of a sequence and its rival for the same slots, each with a merchant of its own. */
export interface Sequence {
  number: number;
  random: Seeded;
  names: readonly [string, string];
  /** Minute of the day, UTC, and days ahead: slots that no other sequence uses. */
  slots: { minute: number; near: readonly number[]; far: readonly number[] };
  trainers: { a: SampleTrainer; b: SampleTrainer; newcomer: SampleTrainer };
  ids: [string | undefined, string | undefined];
  /** Somebody books the rival, or has. */
  hasRival: boolean;
  /** What was created for certain, by name. */
  made: Set<string>;
  deleted: Set<string>;
  /** Links that somebody was told, by name. */
  seenLinks: Map<string, Set<string>>;
  log: string[];
}

export function nameOf(number: number, rival: boolean): string {
  return `Storm ${String(number).padStart(4, '0')}${rival ? 'b' : 'a'}`;
}

export function planSequence(storm: Pick<Storm, 'trainers'>, number: number, lane: number, random: Seeded): Sequence {
  const { connected, newcomers } = storm.trainers;
  const [a, b] = [random.below(connected.length), 1 + random.below(connected.length - 1)];
  const at = (list: readonly SampleTrainer[], index: number) => list[index % list.length] as SampleTrainer;
  const day = 3 + 4 * Math.floor(lane / 40);
  return {
    number,
    random,
    names: [nameOf(number, false), nameOf(number, true)],
    slots: { minute: (lane % 40) * 30, near: [day, day + 1, day + 2, day + 3], far: [day + 32, day + 33] },
    trainers: { a: at(connected, a), b: at(connected, a + b), newcomer: at(newcomers, random.below(newcomers.length)) },
    ids: [undefined, undefined],
    hasRival: false,
    made: new Set(),
    deleted: new Set(),
    seenLinks: new Map(),
    log: [],
  };
}

interface Told {
  bookingId?: string;
  meetingLink?: string | null;
  message?: string;
  error?: { code: string; message: string };
}

/** Calls any living middleware. A lost answer is undefined. */
export async function ask(
  storm: Storm,
  sequence: Sequence,
  method: string,
  route: string,
  options: CallOptions,
): Promise<Answer<Told> | undefined> {
  const replicas = storm.replicas();
  const replica = replicas[sequence.random.below(replicas.length)];
  if (!replica) {
    await sleep(50);
    return undefined;
  }
  try {
    const answer = await replica.call<Told>(method, route, options);
    if (replica.isDead()) return undefined;
    const code = answer.body.error?.code;
    if (code === 'internal' || (answer.status >= 500 && code === undefined)) {
      storm.complaints.push(`${sequence.number}: ${method} ${route} was answered ${answer.status} ${answer.text}`);
    }
    return answer;
  } catch {
    return undefined;
  }
}

/** What a person does in Salesforce; tried again where a fault meant for the middleware hit the person. */
async function inSalesforce(
  { world: { standins } }: Storm,
  method: string,
  path: string,
  body: object | undefined,
  as: string,
): Promise<{ status: number; body: { id?: string } | undefined }> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(
        `${standins.salesforce.url}/services/data/v65.0/sobjects/Training_Booking__c${path}`,
        {
          method,
          headers: {
            Authorization: `Bearer ${standins.salesforce.sessionFor(as)}`,
            'Content-Type': 'application/json',
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
      );
      const text = await response.text();
      if (response.status < 500 || attempt > 5) {
        return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as { id?: string }) };
      }
    } catch (error) {
      if (attempt > 5) throw error;
    }
  }
}

export async function edit(storm: Storm, sequence: Sequence, id: string, change: object): Promise<number> {
  const { status, body } = await inSalesforce(storm, 'PATCH', `/${id}`, change, STAFF);
  if (status === 400) sequence.log.push(`    ${JSON.stringify(body)}`);
  return status;
}

/** No shipped set deletes bookings: an administrator of the org does. */
export async function remove(storm: Storm, id: string): Promise<number> {
  const { status } = await inSalesforce(storm, 'DELETE', `/${id}`, undefined, ADMINISTRATOR);
  if (status === 403) storm.complaints.push(`the deletion of ${id} was refused`);
  return status;
}

/** The booking of this name, as Salesforce knows it. */
export async function find(storm: Storm, name: string): Promise<string | undefined> {
  const query = `SELECT Id FROM Training_Booking__c WHERE Merchant_Name__c = '${name}'`;
  for (let attempt = 0; ; attempt++) {
    try {
      return (await storm.world.soql<{ Id: string }>(query))[0]?.Id;
    } catch (error) {
      if (attempt > 5) throw error;
    }
  }
}

export function timeOf(storm: Storm, sequence: Sequence, days: number) {
  const midnight = Math.floor(storm.world.clock.now().getTime() / 86_400_000) * 86_400_000;
  const start = new Date(midnight + days * 86_400_000 + sequence.slots.minute * 60_000);
  const end = new Date(start.getTime() + 20 * 60_000);
  return {
    inSalesforce: { Start__c: start.toISOString(), End__c: end.toISOString() },
    inRequest: {
      date: start.toISOString().slice(0, 10),
      startTime: start.toISOString().slice(11, 16),
      endTime: end.toISOString().slice(11, 16),
    },
  };
}

export async function bookByHttp(storm: Storm, sequence: Sequence, which: 0 | 1, days: number): Promise<string> {
  const name = sequence.names[which];
  const body = {
    merchantId: `M-${name.slice(6)}`,
    merchantName: name,
    trainerId: sequence.trainers.a.Id,
    ...timeOf(storm, sequence, days).inRequest,
    timeZone: 'UTC',
    bookingType: 'Training',
    idempotencyKey: `key of ${name}`,
  };
  const statuses: (number | undefined)[] = [];
  for (let attempt = 0; attempt < 4 && sequence.ids[which] === undefined; attempt++) {
    const answer = await ask(storm, sequence, 'POST', '/api/lark/book-training', { key: keys.portal, body });
    statuses.push(answer?.status);
    if (answer?.status === 201 || answer?.status === 200) {
      sequence.ids[which] = answer.body.bookingId;
      sequence.made.add(name);
      see(sequence, name, answer.body);
    }
    if (answer && answer.status < 500 && answer.body.error?.code !== 'request_in_progress') break;
  }
  sequence.ids[which] ??= await find(storm, name);
  return statuses.join(' ');
}

export async function bookInSalesforce(storm: Storm, sequence: Sequence, which: 0 | 1, days: number): Promise<number> {
  const name = sequence.names[which];
  const made = await inSalesforce(
    storm,
    'POST',
    '',
    {
      Trainer__c: sequence.trainers.a.Id,
      Merchant_Name__c: name,
      Merchant_Reference__c: `M-${name.slice(6)}`,
      ...timeOf(storm, sequence, days).inSalesforce,
      Time_Zone__c: 'UTC',
      Service_Type__c: 'Remote',
      Booking_Type__c: 'Training',
      Status__c: 'Confirmed',
    },
    STAFF,
  );
  sequence.ids[which] = made.body?.id;
  if (made.status === 201) sequence.made.add(name);
  return made.status;
}

/** What a caller was told of a link was published, unless it was said to be on its way to Salesforce. */
export function see(sequence: Sequence, name: string, { meetingLink, message }: Told): void {
  if (typeof meetingLink !== 'string' || message?.includes('being saved in Salesforce') === true) return;
  const seen = sequence.seenLinks.get(name) ?? new Set();
  sequence.seenLinks.set(name, seen.add(meetingLink));
}

const connecting = new Map<string, Promise<unknown>>();

/** A trainer connects or disconnects; one after the other, as one person does. */
export function asTrainer(storm: Storm, trainer: SampleTrainer, deed: (replica: Replica) => Promise<unknown>) {
  const work = (connecting.get(trainer.Id) ?? Promise.resolve()).then(async () => {
    const [replica] = storm.replicas();
    if (!replica) return 'nobody there';
    // In a storm it may fail; that is seen in Salesforce, like everything.
    return deed(replica).then(
      () => 'done',
      () => 'failed',
    );
  });
  connecting.set(trainer.Id, work);
  return work;
}

export const connectLark = (storm: Storm, trainer: SampleTrainer) =>
  asTrainer(storm, trainer, (replica) => connectThrough(replica, trainer.Email__c));

export function disconnectLark(storm: Storm, trainer: SampleTrainer) {
  storm.everLost.add(trainer.Email__c);
  const route = `/api/lark/trainer/oauth/disconnect?email=${encodeURIComponent(trainer.Email__c)}`;
  return asTrainer(storm, trainer, (replica) => replica.call('DELETE', route));
}

/** The trainer withdraws the app's access inside Lark; nobody tells us. */
export function revokeAtLark({ world: { standins }, everLost }: Storm, trainer: SampleTrainer): void {
  everLost.add(trainer.Email__c);
  const account = standins.lark.accounts.find(({ email }) => email === trainer.Email__c);
  if (account) standins.lark.revoke(account.openId);
}
