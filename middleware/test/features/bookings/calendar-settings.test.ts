import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, MEI, type PassKit } from './pass-kit.ts';

let database: OpenDatabase;
let kit: PassKit;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  kit = createPassKit(database.db);
  await kit.clear();
});

function settings(change: object): void {
  const row = { Sync_Enabled__c: true, Auto_Create__c: true, Auto_Update__c: true, Include_Client_Details__c: true };
  Object.assign(kit.salesforce.trainers.get(MEI) ?? {}, {
    Trainer_Connections__r: { records: [{ ...row, ...change }] },
  });
}

const event = () => [...kit.lark.events.values()][0];
const MOVED = { Start__c: '2026-11-25T02:00:00.000Z', End__c: '2026-11-25T03:00:00.000Z' };
const FAR = { Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' };

test('Templates fill in what they name', async () => {
  settings({
    Title_Template__c: '{{bookingType}} · {{merchantName}} ({{trainerName}})',
    Description_Template__c: 'Join {{meetingLink}}. {{notes}}{{unknown}}',
  });
  const id = kit.addBooking({ Notes__c: 'Bring the till' });
  await kit.reconcile(id);
  assert.equal(event()?.title, 'Training · Coffee Corner (Mei)');
  assert.equal(event()?.description, 'Join https://vc.example/r1. Bring the till');
});

test('Without client details neither merchant, contact nor notes are shown', async () => {
  settings({ Include_Client_Details__c: false, Title_Template__c: '{{merchantName}}' });
  const id = kit.addBooking({ Notes__c: 'Secret', Merchant_Contact_Name__c: 'Ann' });
  await kit.reconcile(id);
  assert.equal(event()?.title, 'Remote Training');
  assert.doesNotMatch(JSON.stringify(event()), /Coffee Corner|Secret|Ann/);
  assert.deepEqual(
    [...kit.lark.reservations.values()].map(({ topic }) => topic),
    ['Remote Training'],
  );
});

test('With the calendar off the link is made all the same, by a reservation alone', async () => {
  settings({ Sync_Enabled__c: false });
  kit.settings.larkMeeting = 'calendar';
  const id = kit.addBooking();
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 1]);
  assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Ready', 'Synced']);
});

test('With the calendar off a far training waits for its month, and says so', async () => {
  settings({ Sync_Enabled__c: false });
  const id = kit.addBooking(FAR);
  await kit.reconcile(id);
  assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Pending', 'Pending']);
  assert.match(String(kit.row(id).Sync_Error__c), /wants no calendar events/);
  kit.clock.set('2027-01-05T00:00:00Z');
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
});

test('With the calendar off a reservation without an outcome is a failure that a person can mend', async () => {
  settings({ Auto_Create__c: false });
  kit.lark.fail('reserve', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  await kit.reconcile(id);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Failed');
  assert.equal(kit.lark.reservations.size, 1);
});

test('Without auto update an event stays as it was made, also when the training is cancelled', async () => {
  settings({ Auto_Update__c: false });
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, MOVED);
  await kit.reconcile(id);
  assert.equal(event()?.start.toISOString(), '2026-11-24T02:00:00.000Z');
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 0]);
  assert.equal(kit.row(id).Sync_Status__c, 'Synced');
});

test('A deleted training loses its effects by the tokens of their owners, and is forgotten', async () => {
  for (const isLost of [false, true]) {
    const id = kit.addBooking();
    await kit.reconcile(id);
    if (isLost) await kit.clear();
    kit.salesforce.deleteBooking(id);
    await kit.reconcile(id).catch(() => undefined);
    assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0], `database lost: ${isLost}`);
    for (const table of ['effect', 'timeline_entry', 'link_memory', 'slot_hold'] as const) {
      assert.deepEqual(await database.db.selectFrom(table).selectAll().execute(), [], table);
    }
  }
});

test('What cannot be removed of a deleted training yet is kept for the next time', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.disconnect(`lark:${MEI}`, 'needs_reconnect');
  kit.salesforce.deleteBooking(id);
  await kit.reconcile(id).catch(() => undefined);
  assert.equal((await database.db.selectFrom('effect').selectAll().execute()).length, 2);
  kit.lark.connect(`lark:${MEI}`);
  kit.lark.fail('deleteEvent', 'temporary');
  await assert.rejects(kit.reconcile(id), { code: 'provider_unavailable' });
  await kit.reconcile(id).catch(() => undefined);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
});

test('Where Salesforce shows no booking at all nothing is removed: a permission may be lost', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const row = kit.row(id);
  kit.salesforce.bookings.clear();
  await assert.rejects(kit.reconcile(id), { code: 'salesforce_unavailable', retryable: true });
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 1]);
  assert.equal((await database.db.selectFrom('effect').selectAll().execute()).length, 2);
  kit.salesforce.bookings.set(id, row);
  assert.equal((await kit.reconcile(id)).booking.id, id);
  // It is gone from the recycle bin as well, but others are shown.
  kit.salesforce.bookings.clear();
  kit.addBooking();
  await kit.reconcile(id).catch(() => undefined);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
});
