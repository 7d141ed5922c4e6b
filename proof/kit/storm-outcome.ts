import type { JournalEntry } from '../../standins/kit/journal.ts';
import type { ObservedEvent, ObservedReservation } from '../../standins/lark/index.ts';
import type { World } from '../../middleware/test/kit/world.ts';
import type { Storm } from './storm.ts';

/** A booking as Salesforce shows it in the end. */
export interface Row {
  Id: string;
  Name: string;
  Merchant_Name__c: string;
  Status__c: string;
  Trainer__c: string;
  Start__c: string;
  End__c: string;
  Service_Type__c: string;
  Remote_Training_Meeting_Link__c: string | null;
  Meeting_Link_Status__c: string;
  Sync_Status__c: string;
  Sync_Error__c: string | null;
  Sync_Key__c: string | null;
  Revision__c: number;
  Synced_Revision__c: number | null;
}

interface EffectRow {
  Booking__c: string;
  Kind__c: 'Event' | 'Meeting' | 'Invitation';
  Status__c: string;
  Connection_ID__c: string;
  External_Event_ID__c: string | null;
}

export interface Line {
  /** Booking, revision, step, number, outcome. */
  Key__c: string;
  Booking__c: string;
  Step__c: string;
  Outcome__c: string;
  Message__c: string;
  Occurred_At__c: string;
  Old_Link__c: string | null;
  New_Link__c: string | null;
}

interface Person {
  Id: string;
  Email__c: string;
  Active__c: boolean;
  Lark_Connection_Status__c: string;
}

/** Everything that the outside knows when nothing is under way any more. */
export interface Outcome {
  now: Date;
  rows: Row[];
  effects: EffectRow[];
  lines: Line[];
  people: Person[];
  /** Live ones, with the open id of whose calendar they are on; undefined: the app's own. */
  events: { owner: string | undefined; event: ObservedEvent }[];
  reservations: ObservedReservation[];
  applied: JournalEntry[];
  openIds: ReadonlyMap<string, string>;
  crashes: readonly number[];
  everLost: ReadonlySet<string>;
}

export async function lookAround(storm: Storm, crashes: readonly number[]): Promise<Outcome> {
  const { world, everLost } = storm;
  const { lark } = world.standins;
  const rows = await world.soql<Row>(
    `SELECT Id, Name, Merchant_Name__c, Status__c, Trainer__c, Start__c, End__c, Service_Type__c,
      Remote_Training_Meeting_Link__c, Meeting_Link_Status__c, Sync_Status__c, Sync_Error__c, Sync_Key__c, Revision__c,
      Synced_Revision__c FROM Training_Booking__c ORDER BY Name`,
  );
  const people = await world.soql<Person>(
    'SELECT Id, Email__c, Active__c, Lark_Connection_Status__c FROM Onboarding_Trainer__c',
  );
  const openIds = new Map(lark.accounts.map(({ email, openId }) => [email ?? '', openId]));
  const calendars = [undefined, ...lark.accounts.map(({ openId }) => openId)];
  return {
    now: world.clock.now(),
    rows,
    effects: await ofBookings<EffectRow>(
      world,
      rows,
      'Booking__c, Kind__c, Status__c, Connection_ID__c, External_Event_ID__c FROM Booking_Calendar_Event__c',
    ),
    lines: await ofBookings<Line>(
      world,
      rows,
      'Key__c, Booking__c, Step__c, Outcome__c, Message__c, Occurred_At__c, Old_Link__c, New_Link__c FROM Booking_Timeline__c',
    ),
    people,
    events: calendars.flatMap((owner) =>
      lark
        .events(owner)
        // Whom an event invites has it on their calendar too.
        .filter(({ deleted, organizer }) => !deleted && organizer === owner)
        .map((event) => ({ owner, event })),
    ),
    reservations: lark.reservations().filter(({ live }) => live),
    applied: lark.journal.entries({ method: 'POST', path: /\/reserves\/apply$/ }),
    openIds,
    crashes,
    everLost,
  };
}

async function ofBookings<T>(world: World, rows: readonly Row[], what: string): Promise<T[]> {
  const found: T[] = [];
  for (let first = 0; first < rows.length; first += 20) {
    const ids = rows.slice(first, first + 20).map(({ Id }) => `'${Id}'`);
    found.push(...(await world.soql<T>(`SELECT ${what} WHERE Booking__c IN (${ids.join(',')})`)));
  }
  return found;
}

/** Salesforce keeps seconds; within one, later revisions are later. */
export function byTime(a: Line, b: Line): number {
  const orderOf = ({ Key__c }: Line) => {
    const [, revision, , number] = Key__c.split(':').map(Number);
    return (revision ?? 0) * 1e9 + (number ?? 0);
  };
  return a.Occurred_At__c.localeCompare(b.Occurred_At__c) || orderOf(a) - orderOf(b);
}

/** What Salesforce and Lark say in the end, for the person who looks for the fault. */
export function tell(outcome: Outcome, names: readonly string[]): string[] {
  return outcome.rows
    .filter((row) => names.includes(row.Merchant_Name__c))
    .flatMap((row) => [
      `  ${JSON.stringify(row)}`,
      ...outcome.lines
        .filter(({ Booking__c }) => Booking__c === row.Id)
        .sort(byTime)
        .map((line) => {
          const links = line.Old_Link__c || line.New_Link__c ? ` ${line.Old_Link__c} → ${line.New_Link__c}` : '';
          return `    ${line.Occurred_At__c} ${line.Step__c} ${line.Outcome__c}: ${line.Message__c}${links}`;
        }),
      ...outcome.effects
        .filter(({ Booking__c }) => Booking__c === row.Id)
        .map((effect) => `    ${Object.values({ ...effect, attributes: '', Booking__c: '' }).join(' ')}`),
      ...outcome.events
        .filter(({ event }) => event.summary.includes(row.Merchant_Name__c))
        .map(
          ({ owner, event }) =>
            `    live ${event.eventId} on ${emailOf(outcome, owner)} ${JSON.stringify(event.vchat)}`,
        ),
      ...outcome.reservations
        .filter(({ topic }) => topic.includes(row.Merchant_Name__c))
        .map(({ id, url, owner }) => `    live ${id} of ${emailOf(outcome, owner)} ${url}`),
    ]);
}

export function emailOf({ openIds }: Outcome, openId: string | undefined): string | undefined {
  return [...openIds].find(([, id]) => id === openId)?.[0];
}
