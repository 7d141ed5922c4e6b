import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { forgetPastBookings } from '../../../src/features/bookings/forget-past.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';

const DAY_MS = 86_400_000;
const now = new Date('2026-11-21T00:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const idOf = (number: number) => `a0B000000${String(number).padStart(6, '0')}EAA`;

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(() => Promise.all(databases.map(({ close }) => close())));
beforeEach(async () => {
  for (const { db } of databases) {
    for (const table of tables) await db.deleteFrom(table).execute();
  }
});

const tables = ['effect', 'link_memory', 'mirror_memory', 'timeline_entry', 'merchant_mail', 'failed_booking'] as const;

async function addEffects({ db }: OpenDatabase, numbers: readonly number[], at: Date): Promise<void> {
  await db
    .insertInto('effect')
    .values(
      numbers.map((number) => ({
        ...{ booking_id: idOf(number), kind: 'event' as const, generation: 1, provider_key: `key ${number}` },
        ...{ connection_id: 'lark:a0T000000000001EAA', state: 'done' as const, created_at: at, updated_at: at },
        ...{ external_id: 'event', calendar_id: null, link: null, meeting_number: null, meeting: null },
        ...{ content_hash: null, error: null },
      })),
    )
    .execute();
}

/** Salesforce has these bookings, which end so many days from now. */
function run({ db }: OpenDatabase, ends: Record<number, number>, alsoForgotten: string[] = []): Promise<number> {
  const rows = Object.entries(ends).map(([number, days]) => ({
    Id: idOf(Number(number)),
    End__c: daysAgo(-days).toISOString(),
  }));
  const query = <T extends Row>({ text }: Soql) =>
    Promise.resolve(rows.filter(({ Id }) => !text.includes('WHERE') || text.includes(Id)) as Row[] as T[]);
  const alsoForget = (_trx: unknown, ids: readonly string[]) => Promise.resolve(void alsoForgotten.push(...ids));
  return forgetPastBookings({ db, now: () => now, log: silent, records: { query }, alsoForget });
}

async function known({ db }: OpenDatabase): Promise<string[]> {
  const rows = await db.selectFrom('effect').select('booking_id').orderBy('booking_id').execute();
  return rows.map(({ booking_id }) => booking_id);
}

test('What has not changed for 400 days is forgotten when it is over or deleted, and kept as long as it is ahead', async () => {
  const [over, ahead, justOver, deleted, recent, linkChanged] = [1, 2, 3, 4, 5, 6];
  for (const database of databases) {
    await addEffects(database, [over, ahead, justOver, deleted, linkChanged], daysAgo(401));
    await addEffects(database, [recent], daysAgo(399));
    await database.db
      .insertInto('link_memory')
      .values([
        { booking_id: idOf(over), link: 'https://meet.example/1', updated_at: daysAgo(500) },
        { booking_id: idOf(linkChanged), link: 'https://meet.example/2', updated_at: daysAgo(10) },
      ])
      .execute();
    await database.db
      .insertInto('timeline_entry')
      .values({ key: 'line', booking_id: idOf(over), row: '{}', created_at: daysAgo(450) })
      .execute();
    const record = { link: null, status: null, refusal: null, updated_at: daysAgo(401) };
    await database.db
      .insertInto('mirror_memory')
      .values([
        { record_id: 'of one that is over', booking_id: idOf(over), ...record },
        { record_id: 'of one ahead', booking_id: idOf(ahead), ...record },
        { record_id: 'of none', booking_id: null, ...record },
      ])
      .execute();
    const also: string[] = [];
    const ends = { [over]: -395, [ahead]: 330, [justOver]: -2, [recent]: -399, [linkChanged]: -400 };
    assert.equal(await run(database, ends, also), 2, database.kind);
    assert.deepEqual(await known(database), [ahead, justOver, recent, linkChanged].map(idOf), database.kind);
    assert.deepEqual(also, [over, deleted].map(idOf));
    const left = async (table: 'link_memory' | 'mirror_memory' | 'timeline_entry') =>
      (await database.db.selectFrom(table).select('booking_id').execute()).map(({ booking_id }) => booking_id);
    assert.deepEqual(await left('link_memory'), [idOf(linkChanged)]);
    assert.deepEqual(await left('mirror_memory'), [idOf(ahead)]);
    assert.deepEqual(await left('timeline_entry'), []);
  }
});

test('While Salesforce shows no booking at all nothing is forgotten', async () => {
  for (const database of databases) {
    await addEffects(database, [1], daysAgo(401));
    assert.equal(await run(database, {}), 0, database.kind);
    assert.deepEqual(await known(database), [idOf(1)]);
  }
});

test('Many go in pages, and those that stay keep none of the others', async () => {
  for (const database of databases) {
    const numbers = Array.from({ length: 450 }, (_, index) => index + 1);
    await addEffects(database, numbers, daysAgo(401));
    const ahead = Object.fromEntries(numbers.slice(0, 220).map((number) => [number, 40]));
    assert.equal(await run(database, ahead), 230, database.kind);
    assert.deepEqual(await known(database), numbers.slice(0, 220).map(idOf), database.kind);
  }
});
