import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, MEI, RAJ, type PassKit } from './pass-kit.ts';

let database: OpenDatabase;
let kit: PassKit;
const HOUR = 3_600_000;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  kit = createPassKit(database.db);
  await kit.clear();
});

test('A confirmed remote training gets a reservation, an event with its link, and is in step', async () => {
  const id = kit.addBooking();
  const { retry, isSaved } = await kit.reconcile(id);
  assert.deepEqual([retry, isSaved], [undefined, true]);
  const row = kit.row(id);
  assert.equal(row.Meeting_Link_Status__c, 'Ready');
  assert.equal(row.Meeting_Link_Source__c, 'Lark Reservation');
  assert.equal(row.Remote_Training_Meeting_Link__c, 'https://vc.example/r1');
  assert.deepEqual([row.Sync_Status__c, row.Synced_Revision__c, row.Sync_Key__c], ['Synced', 1, null]);
  const [event] = [...kit.lark.events.values()];
  assert.equal(event?.title, 'Remote Training: Coffee Corner');
  assert.deepEqual(event?.meeting, { kind: 'link', url: 'https://vc.example/r1' });
  assert.match(event?.description ?? '', /Join: https:\/\/vc\.example\/r1/);
  assert.equal(event?.timeZone, 'Asia/Singapore');
  const [reservation] = [...kit.lark.reservations.values()];
  assert.equal(reservation?.endsAt.toISOString(), '2026-11-24T05:00:00.000Z');
  assert.deepEqual(kit.salesforce.outcomes(), ['Calendar event: created', 'Meeting link: changed', 'Meeting: created']);
  assert.deepEqual(
    [...kit.salesforce.events.values()]
      .map((shown) => [shown.Kind__c, shown.Status__c, shown.Synced_Revision__c])
      .sort(),
    [
      ['Event', 'Active', 1],
      ['Meeting', 'Active', undefined],
    ],
  );
});

test('A pass over a booking in step calls nobody but to read it', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const outside = kit.lark.calls.length;
  kit.salesforce.calls.length = 0;
  await kit.reconcile(id);
  assert.equal(kit.lark.calls.length, outside);
  assert.deepEqual(
    kit.salesforce.calls.map(({ name }) => name),
    ['bookings+events'],
  );
});

test('A moved training keeps its link: reservation and event are changed in place', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Start__c: '2026-11-25T02:00:00.000Z', End__c: '2026-11-25T03:00:00.000Z' });
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent', 'extend', 'updateEvent']);
  assert.equal(kit.row(id).Remote_Training_Meeting_Link__c, 'https://vc.example/r1');
  assert.equal(kit.row(id).Synced_Revision__c, 2);
  assert.equal([...kit.lark.events.values()][0]?.start.toISOString(), '2026-11-25T02:00:00.000Z');
  assert.equal([...kit.lark.reservations.values()][0]?.endsAt.toISOString(), '2026-11-25T05:00:00.000Z');
  const [hold] = await database.db.selectFrom('slot_hold').selectAll().execute();
  assert.equal(hold?.starts_at.toISOString(), '2026-11-25T02:00:00.000Z');
  assert.deepEqual(kit.woken, [MEI]);
});

test('Changed notes change the event only', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Notes__c: 'Bring the new till' });
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent', 'updateEvent']);
  assert.match([...kit.lark.events.values()][0]?.description ?? '', /Bring the new till/);
});

test('A cancelled training loses meeting, event and slot, and gets new ones when it comes back', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const [firstKey] = [...kit.lark.events.values()].map(({ key }) => key);
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
  assert.deepEqual(
    [kit.row(id).Remote_Training_Meeting_Link__c, kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c],
    [null, 'Not Needed', 'Synced'],
  );
  assert.equal((await database.db.selectFrom('slot_hold').selectAll().execute()).length, 0);
  assert.deepEqual(kit.woken, [MEI]);
  kit.salesforce.edit(id, { Status__c: 'Confirmed' });
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.notEqual([...kit.lark.events.values()][0]?.key, firstKey);
});

test('An event and a reservation that are gone already, when the training is cancelled, are done', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.events.clear();
  kit.lark.reservations.clear();
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  const { retry } = await kit.reconcile(id);
  assert.equal(retry, undefined);
  assert.equal(kit.row(id).Sync_Status__c, 'Synced');
});

test('A remote training that becomes onsite loses its meeting, shows the address, and back again', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Service_Type__c: 'Onsite', Store_Address__c: '1 High Street' });
  await kit.reconcile(id);
  const [event] = [...kit.lark.events.values()];
  assert.deepEqual(
    [event?.meeting.kind, event?.location, event?.title],
    ['none', '1 High Street', 'Onsite Training: Coffee Corner'],
  );
  assert.equal(kit.lark.reservations.size, 0);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Not Needed');
  kit.salesforce.edit(id, { Service_Type__c: 'Remote' });
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.equal([...kit.lark.events.values()][0]?.location, undefined);
  assert.equal(kit.lark.events.size, 1);
});

test('A link typed by a person is kept and shown instead of a meeting', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const typed = { Remote_Training_Meeting_Link__c: 'https://zoom.example/7', Meeting_Link_Status__c: 'Manual' };
  kit.salesforce.edit(id, typed);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Remote_Training_Meeting_Link__c, 'https://zoom.example/7');
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Manual');
  assert.deepEqual([...kit.lark.events.values()][0]?.meeting, { kind: 'link', url: 'https://zoom.example/7' });
  assert.equal(kit.lark.reservations.size, 0);
});

test('A reservation that gets no answer is never repeated; the event makes the meeting in the same pass', async () => {
  kit.lark.fail('reserve', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  await kit.reconcile(id);
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent']);
  assert.equal(kit.row(id).Meeting_Link_Source__c, 'Lark Calendar');
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.ok(kit.salesforce.outcomes().includes('Meeting: uncertain'));
});

test('A training beyond the horizon of reservations has the meeting of its event, and keeps it later', async () => {
  const id = kit.addBooking({ Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' });
  await kit.reconcile(id);
  const link = kit.row(id).Remote_Training_Meeting_Link__c;
  assert.equal(kit.row(id).Meeting_Link_Source__c, 'Lark Calendar');
  kit.clock.set('2027-01-10T00:00:00Z');
  kit.salesforce.edit(id, { Notes__c: 'Nearly there' });
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['createEvent', 'updateEvent']);
  assert.equal(kit.row(id).Remote_Training_Meeting_Link__c, link);
});

test('A training moved beyond the horizon works on with a new event of its own meeting', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' });
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 0]);
  assert.equal(kit.row(id).Meeting_Link_Source__c, 'Lark Calendar');
  const link = [...kit.salesforce.timeline.values()].find((line) => line.Old_Link__c !== null);
  assert.deepEqual([line(link?.Old_Link__c), line(link?.New_Link__c)], ['reservation', 'own']);
});

function line(link: unknown): string {
  return String(link).includes('own-') ? 'own' : 'reservation';
}

test('A reassigned training moves from one trainer to the other', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  await kit.reconcile(id);
  assert.deepEqual(
    [...kit.lark.events.values()].map(({ owner }) => owner),
    [`lark:${RAJ}`],
  );
  assert.deepEqual(
    [...kit.lark.reservations.values()].map(({ owner }) => owner),
    [`lark:${RAJ}`],
  );
  kit.salesforce.edit(id, { Trainer__c: MEI });
  await kit.reconcile(id);
  assert.deepEqual(
    [...kit.lark.events.values()].map(({ owner }) => owner),
    [`lark:${MEI}`],
  );
});

// Disconnected is for good: nobody has a token of that account any more. A consent that has ended comes back, see below.
test('What a former trainer who disconnected can no longer remove is shown as abandoned', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.disconnect(`lark:${MEI}`, 'not_connected');
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.ok(kit.salesforce.outcomes().includes('Calendar event: abandoned'));
  const shown = [...kit.salesforce.events.values()].map(({ Status__c }) => Status__c).sort();
  assert.deepEqual(shown, ['Abandoned', 'Abandoned', 'Active', 'Active']);
});

test('What a former trainer can remove after connecting again waits for it, and is then removed', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.disconnect(`lark:${MEI}`, 'needs_reconnect');
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  const { retry } = await kit.reconcile(id);
  assert.equal(retry, undefined);
  assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Ready', 'Failed']);
  assert.match(String(kit.row(id).Sync_Error__c), /Still to be removed/);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [2, 2]);
  const left = [...kit.salesforce.events.values()].filter((row) => row.Connection_ID__c === `lark:${MEI}`);
  assert.deepEqual(
    left.map(({ Status__c, Error__c }) => [Status__c, Error__c]),
    [
      ['Active', 'The trainer has to connect Lark.'],
      ['Active', 'The trainer has to connect Lark.'],
    ],
  );
  assert.deepEqual(kit.invited, []);
  kit.lark.connect(`lark:${MEI}`);
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 1]);
  assert.deepEqual([kit.row(id).Sync_Status__c, kit.row(id).Sync_Error__c], ['Synced', null]);
});

for (const code of ['needs_reconnect', 'on_hold', 'provider_refused'] as const) {
  test(`A training cancelled while its trainer's access is ${code} loses its meeting and event when it is back`, async () => {
    const id = kit.addBooking();
    await kit.reconcile(id);
    kit.lark.disconnect(`lark:${MEI}`, code);
    kit.salesforce.edit(id, { Status__c: 'Cancelled' });
    await kit.reconcile(id);
    await kit.reconcile(id);
    assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 1]);
    assert.deepEqual([kit.row(id).Sync_Status__c, kit.row(id).Meeting_Link_Status__c], ['Failed', 'Not Needed']);
    kit.lark.connect(`lark:${MEI}`);
    await kit.reconcile(id);
    assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
    assert.equal(kit.row(id).Sync_Status__c, 'Synced');
  });
}

test('What could not be removed before the training was over is abandoned: nobody waits for it any more', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.disconnect(`lark:${MEI}`, 'needs_reconnect');
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  kit.clock.advance(10 * 24 * HOUR);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Sync_Status__c, 'Synced');
  assert.ok(kit.salesforce.outcomes().includes('Calendar event: abandoned'));
});

test('A training made in Salesforce on a taken slot is a conflict without effects until the slot is free', async () => {
  const first = kit.addBooking();
  await kit.reconcile(first);
  const second = kit.addBooking({ Merchant_Reference__c: 'M-2', Start__c: '2026-11-24T02:30:00.000Z' });
  await kit.reconcile(second);
  assert.equal(kit.row(second).Sync_Status__c, 'Conflict');
  assert.match(String(kit.row(second).Sync_Error__c), /TB-00001/);
  assert.equal(kit.lark.events.size, 1);
  kit.salesforce.edit(first, { Status__c: 'Cancelled' });
  // Whoever waits is woken although this pass dies on its way, and the one after finds nothing to free.
  kit.crashAt('event.remove.answered');
  await assert.rejects(kit.reconcile(first), /stopped at/);
  kit.clock.advance(61_000);
  await kit.reconcile(first);
  assert.deepEqual(kit.woken, [MEI]);
  await kit.reconcile(second);
  assert.deepEqual([kit.row(second).Sync_Status__c, kit.row(second).Sync_Error__c], ['Synced', null]);
  assert.equal(kit.row(second).Meeting_Link_Status__c, 'Ready');
});

test('A requested training holds its slot and gets nothing else', async () => {
  const id = kit.addBooking({ Status__c: 'Requested' });
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, []);
  assert.equal((await database.db.selectFrom('slot_hold').selectAll().execute()).length, 1);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Pending');
});

test('A training that is over keeps what it has', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.clock.advance(10 * 24 * HOUR);
  kit.salesforce.edit(id, { Status__c: 'Completed' });
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent']);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.equal(kit.row(id).Synced_Revision__c, 2);
});

test('Switched off, Lark is not called; switched on again, the link comes by itself', async () => {
  kit.settings.mockLarkBooking = true;
  const id = kit.addBooking();
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, []);
  assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Pending', 'Pending']);
  assert.ok(kit.salesforce.outcomes().includes('Meeting: skipped'));
  kit.settings.mockLarkBooking = false;
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
});
