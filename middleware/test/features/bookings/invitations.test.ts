import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, MEI, RAJ, type PassKit } from './pass-kit.ts';

let database: OpenDatabase;
let kit: PassKit;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  kit = createPassKit(database.db);
  await kit.clear();
  kit.lark.people.set('Mei@example.com', 'ou_mei');
  kit.lark.disconnect(`lark:${MEI}`);
});

const invited = () => [...kit.lark.invited.values()];

test('A trainer who is not connected is invited; when they connect, their own event takes its place', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  assert.deepEqual(
    [kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c],
    ['Pending Trainer Setup', 'Synced'],
  );
  assert.deepEqual(
    invited().map(({ subjectId, meeting }) => [subjectId, meeting.kind]),
    [['ou_mei', 'none']],
  );
  assert.match(invited()[0]?.description ?? '', /Meeting link pending trainer setup/);
  const [shown] = [...kit.salesforce.events.values()];
  assert.deepEqual([shown?.Kind__c, shown?.Status__c, shown?.Synced_Revision__c], ['Invitation', 'Active', 1]);
  kit.lark.connect(`lark:${MEI}`);
  await kit.reconcile(id);
  assert.deepEqual([invited().length, kit.lark.events.size], [0, 1]);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
});

test('The invitation follows the training, and goes with it', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Start__c: '2026-11-25T02:00:00.000Z', End__c: '2026-11-25T03:00:00.000Z' });
  await kit.reconcile(id);
  assert.deepEqual(
    invited().map(({ start }) => start.toISOString()),
    ['2026-11-25T02:00:00.000Z'],
  );
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  assert.deepEqual(invited(), []);
});

test('Given to a connected trainer, the invitation of the first is withdrawn', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  await kit.reconcile(id);
  assert.deepEqual([invited().length, kit.lark.events.size], [0, 1]);
});

test('Given to a trainer who is not connected, the event of the first goes and the second is invited', async () => {
  kit.lark.connect(`lark:${MEI}`);
  kit.lark.disconnect(`lark:${RAJ}`);
  kit.lark.people.set('Raj@example.com', 'ou_raj');
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
  assert.deepEqual(
    invited().map(({ subjectId }) => subjectId),
    ['ou_raj'],
  );
});

test('An invitation without an answer is sent again by the same key, and the training is none the worse', async () => {
  kit.lark.fail('invite', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  const { retry } = await kit.reconcile(id);
  assert.equal(retry?.code, 'provider_unavailable');
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Pending Trainer Setup');
  await kit.reconcile(id);
  assert.equal(invited().length, 1);
});

test('A cancelled training whose invitation got no answer leaves none behind', async () => {
  kit.lark.fail('invite', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  assert.deepEqual(invited(), []);
});

test('An invitation whose event is gone again is made anew by another key', async () => {
  kit.lark.fail('invite', 'refused', { after: true });
  const id = kit.addBooking();
  await kit.reconcile(id);
  // The adapter takes away an event to which nobody could be invited.
  kit.lark.invited.clear();
  await kit.reconcile(id);
  assert.deepEqual(
    invited().map(({ subjectId }) => subjectId),
    ['ou_mei'],
  );
});

test('An invitation that meets its own end with every key ends the pass, not the booking', async () => {
  kit.lark.fail('invite', 'not-found', { times: 9 });
  const id = kit.addBooking();
  await kit.reconcile(id);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Pending Trainer Setup');
  assert.equal(kit.lark.calls.filter((call) => call === 'invite').length, 3);
});

test('While the bot of the app is off an invitation is tried again, and made when it is on', async () => {
  kit.lark.fail('invite', 'configuration');
  const id = kit.addBooking();
  const { retry } = await kit.reconcile(id);
  assert.deepEqual([retry?.retryable, invited().length], [true, 0]);
  await kit.reconcile(id);
  assert.equal(invited().length, 1);
});

test('Who is not in the company, or cannot be invited, is not; the training waits for them all the same', async () => {
  kit.lark.people.clear();
  const id = kit.addBooking();
  const { retry } = await kit.reconcile(id);
  assert.deepEqual([retry, invited().length], [undefined, 0]);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Pending Trainer Setup');
});

test('After the database was lost, the invitation is known from Salesforce', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  await kit.clear();
  kit.lark.connect(`lark:${MEI}`);
  await kit.reconcile(id);
  assert.deepEqual([invited().length, kit.lark.events.size], [0, 1]);
});
