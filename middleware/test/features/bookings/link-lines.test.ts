import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { changeMeetingLink } from '../../../src/features/bookings/change-meeting-link.ts';
import { SalesforceError } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, type PassKit } from './pass-kit.ts';

// What the timeline tells of a booking's link, found by the random sequences and made small.

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

const LATER = { Start__c: '2026-11-26T02:00:00.000Z', End__c: '2026-11-26T03:00:00.000Z' };

test('A pass whose results Salesforce refuses tells of no link that nobody saw, but of the one a person typed', async () => {
  const id = kit.addBooking();
  // Another pass of a newer revision was faster.
  kit.row(id).Synced_Revision__c = 7;
  await kit.reconcile(id);
  assert.equal(kit.linkOf(id) ?? null, null);
  assert.deepEqual(kit.linkLines(), [], 'it was never shown');

  Object.assign(kit.row(id), { Revision__c: 6 });
  const typed = 'https://zoom.example/1';
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: typed, Meeting_Link_Status__c: 'Manual' });
  kit.row(id).Synced_Revision__c = 8;
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [[null, typed]]);
});

test('A pass that another one has overtaken leaves no lines about the booking behind', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const link = kit.linkOf(id);
  await kit.reconcile(kit.addBooking({ ...LATER, Service_Type__c: 'Onsite', Store_Address__c: '1 Quay' }));
  kit.salesforce.edit(id, LATER);
  const { step } = kit.deps;
  kit.deps.step = async (name) => {
    if (name !== 'reservation.remove.answered') return step(name);
    kit.deps.step = step;
    // The slot is taken. Giving up its own is so slow that the lease ends; meanwhile the training is cancelled.
    kit.clock.advance(61_000);
    kit.salesforce.edit(id, { Status__c: 'Cancelled' });
    await kit.reconcile(id);
  };
  await assert.rejects(kit.reconcile(id), { code: 'request_in_progress' });
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, link],
    [link, null],
  ]);
});

test('A link that a person empties right after the pass that made it had died is told with what was shown', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const first = kit.linkOf(id);
  kit.crashAt('write-back.after');
  const wish = { bookingId: id, body: { mode: 'regenerate' }, actor: 'test', requestId: 'request' } as const;
  await changeMeetingLink(kit.deps, wish);
  const second = kit.linkOf(id);
  assert.notEqual(second, first);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, first],
    [first, second],
    [second, null],
    [second, kit.linkOf(id)],
  ]);
});

test('Two links typed one after the other are both told, also when nothing had seen the first one', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  const [first, second] = ['https://zoom.example/1', 'https://zoom.example/2'];
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: first, Meeting_Link_Status__c: 'Manual' });
  const cause = { actor: 'test', requestId: 'request' };
  await changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'manual', link: second }, ...cause });
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, first],
    [first, second],
  ]);
});

test('A link that a person types while a pass is in trouble stays theirs', async () => {
  const id = kit.addBooking();
  const typed = 'https://zoom.example/1';
  kit.lark.fail('createEvent', 'temporary');
  const { step } = kit.deps;
  kit.deps.step = (name) => {
    if (name === 'write-back.before') {
      kit.deps.step = step;
      kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: typed, Meeting_Link_Status__c: 'Manual' });
    }
    return step(name);
  };
  await kit.reconcile(id);
  assert.deepEqual([kit.linkOf(id), kit.row(id).Meeting_Link_Status__c], [typed, 'Manual']);
  await kit.reconcile(id);
  assert.deepEqual([kit.linkOf(id), kit.row(id).Meeting_Link_Status__c], [typed, 'Manual']);
  assert.deepEqual(kit.linkLines(), [[null, typed]]);
});

test('A typed link is told once, also when the pass that saw it first is overtaken', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  const typed = 'https://zoom.example/1';
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: typed, Meeting_Link_Status__c: 'Manual' });
  const { step } = kit.deps;
  kit.deps.step = (name) => {
    if (name === 'write-back.before') {
      kit.deps.step = step;
      kit.salesforce.edit(id, { Status__c: 'Cancelled' });
    }
    return step(name);
  };
  await kit.reconcile(id);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, typed],
  ]);
});

test('A link that Salesforce never took is not told when a person types another one', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  const cause = { actor: 'test', requestId: 'request' };
  kit.salesforce.failNext('booking', new SalesforceError('unreachable', 'down'));
  await changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'regenerate' }, ...cause });
  assert.equal(kit.linkOf(id), made, 'the new one did not arrive');
  const typed = 'https://zoom.example/1';
  await changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'manual', link: typed }, ...cause });
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, typed],
  ]);
});

test('What happens to the link next, in the same revision, does not overwrite the line of what happened before', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  // A job that reads the same revision finds the slot lost to somebody else.
  await database.db.deleteFrom('slot_hold').execute();
  await kit.reconcile(kit.addBooking({ Service_Type__c: 'Onsite', Store_Address__c: '1 Quay' }));
  await kit.reconcile(id);
  assert.equal(kit.row(id).Sync_Status__c, 'Conflict');
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, null],
  ]);
});

test('A link is told once as emptied, although both the pass that made it and the one that saw it gone had died', async () => {
  const id = kit.addBooking();
  kit.crashAt('write-back.after');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  const first = kit.linkOf(id);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.clock.advance(61_000);
  kit.crashAt('reservation.answered');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, first],
    [first, null],
    [first, kit.linkOf(id)],
  ]);
});

test('A typed link that a caller was shown is told, although it is gone before any pass saw it', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  const typed = 'https://zoom.example/1';
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: typed, Meeting_Link_Status__c: 'Manual' });
  const same = { bookingId: id, body: { mode: 'manual', link: typed }, actor: 'test', requestId: 'request' } as const;
  const { meetingLink } = await changeMeetingLink(kit.deps, same);
  assert.equal(meetingLink, typed);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, typed],
    [typed, null],
    [typed, kit.linkOf(id)],
  ]);
});

test('A link made after a person emptied the one before is told once, although the pass that showed it had died', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const first = kit.linkOf(id);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.crashAt('write-back.after');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  const second = kit.linkOf(id);
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.equal(kit.linkOf(id), second);
  assert.deepEqual(kit.linkLines(), [
    [null, first],
    [first, null],
    [first, second],
  ]);
});

test('A link that a caller types is told although the pass after it died and a person empties it before the next one', async () => {
  const id = kit.addBooking();
  const typed = 'https://zoom.example/1';
  kit.crashAt('change.saved');
  const wish = { bookingId: id, body: { mode: 'manual', link: typed }, actor: 'test', requestId: 'request' } as const;
  await changeMeetingLink(kit.deps, wish).catch(() => undefined);
  assert.equal(kit.linkOf(id), typed);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, typed],
    [typed, null],
    [typed, kit.linkOf(id)],
  ]);
});
