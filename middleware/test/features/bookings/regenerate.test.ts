import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { changeMeetingLink } from '../../../src/features/bookings/change-meeting-link.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, type PassKit } from './pass-kit.ts';

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

const cause = { actor: 'test', requestId: 'request' };
const FAR = { Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' };

function linkOf(id: string): unknown {
  return kit.row(id).Remote_Training_Meeting_Link__c;
}

const regenerate = (id: string) =>
  changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'regenerate' }, ...cause });

test('A new meeting replaces the reservation: the event shows it, the old one is released, the timeline has both', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const before = linkOf(id);
  const answer = await regenerate(id);
  assert.notEqual(answer.meetingLink, before);
  assert.equal(answer.meetingLinkStatus, 'Ready');
  assert.equal(linkOf(id), answer.meetingLink);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 1]);
  assert.deepEqual([...kit.lark.events.values()][0]?.meeting, { kind: 'link', url: answer.meetingLink });
  assert.deepEqual(kit.linkLines().at(-1), [before, answer.meetingLink]);
  assert.equal(kit.linkLines().length, 2);
});

test('A new meeting replaces the own meeting of an event, with a new event', async () => {
  const id = kit.addBooking(FAR);
  await kit.reconcile(id);
  const before = linkOf(id);
  const { meetingLink } = await regenerate(id);
  assert.match(String(meetingLink), /own-/);
  assert.notEqual(meetingLink, before);
  assert.equal(kit.lark.events.size, 1);
});

test('A typed link is replaced by a made one, and stays until that is there', async () => {
  const id = kit.addBooking(FAR);
  await kit.reconcile(id);
  const typed = 'https://zoom.example/7';
  await changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'manual', link: typed }, ...cause });
  assert.deepEqual([linkOf(id), kit.row(id).Meeting_Link_Status__c], [typed, 'Manual']);
  kit.lark.fail('createEvent', 'temporary');
  const waiting = await regenerate(id);
  assert.deepEqual([waiting.meetingLink, waiting.meetingLinkStatus], [typed, 'Manual']);
  await kit.reconcile(id);
  assert.match(String(linkOf(id)), /own-/);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.deepEqual(kit.linkLines().at(-1), [typed, linkOf(id)]);
  assert.equal(kit.lark.events.size, 1);
});

test('Asked again before it is done, it is one wish; asked again afterwards, it is another', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.fail('reserve', 'not-sent', { times: 2 });
  kit.settings.larkMeeting = 'reservation';
  await regenerate(id);
  await regenerate(id);
  assert.equal(kit.lark.reservations.size, 1);
  await kit.reconcile(id);
  await kit.reconcile(id);
  assert.equal(kit.lark.calls.filter((call) => call === 'reserve').length, 4);
  const second = linkOf(id);
  await regenerate(id);
  assert.notEqual(linkOf(id), second);
  assert.equal(kit.lark.reservations.size, 1);
});

test('Asked again while the event does not show the new meeting yet, no second one is made', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.fail('updateEvent', 'temporary');
  await regenerate(id);
  await regenerate(id);
  assert.equal(kit.lark.calls.filter((call) => call === 'reserve').length, 2);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 1]);
});

for (const step of [
  'change.saved',
  'reservation.intended',
  'reservation.answered',
  'reservation.recorded',
  'event.update.answered',
  'reservation.remove.answered',
  'write-back.before',
  'write-back.after',
]) {
  test(`A crash at ${step} does not lose the wish, and does not repeat it`, async () => {
    const id = kit.addBooking();
    await kit.reconcile(id);
    const before = linkOf(id);
    kit.crashAt(step);
    await regenerate(id).catch((error: unknown) => assert.match(String(error), /stopped at/));
    kit.clock.advance(61_000);
    await kit.reconcile(id);
    const made = linkOf(id);
    assert.notEqual(made, before);
    kit.clock.advance(61_000);
    await kit.reconcile(id);
    assert.equal(linkOf(id), made);
    assert.equal(kit.row(id).Sync_Status__c, 'Synced');
    assert.equal(kit.lark.events.size, 1);
    assert.ok(kit.lark.reservations.size <= 1, `${kit.lark.reservations.size} reservations`);
  });
}

test('The old meeting works on while the new one cannot be made', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const before = linkOf(id);
  kit.lark.fail('reserve', 'refused');
  kit.lark.fail('createEvent', 'refused');
  const answer = await regenerate(id);
  assert.equal(answer.meetingLink, before);
  assert.equal(kit.lark.reservations.size, 1);
  assert.equal(kit.row(id).Sync_Status__c, 'Failed');
});

test('A link emptied inside Salesforce is the wish for a new one, once, also after the database was lost', async () => {
  for (const isLost of [false, true]) {
    await kit.clear();
    const id = kit.addBooking({
      Merchant_Reference__c: `M-${isLost}`,
      Start__c: `2026-11-2${isLost ? 5 : 4}T02:00:00.000Z`,
      End__c: `2026-11-2${isLost ? 5 : 4}T03:00:00.000Z`,
    });
    await kit.reconcile(id);
    const before = linkOf(id);
    if (isLost) await kit.clear();
    kit.salesforce.edit(id, {
      Remote_Training_Meeting_Link__c: null,
      Meeting_Link_Status__c: 'Pending',
      Meeting_Link_Source__c: null,
    });
    await kit.reconcile(id);
    const made = linkOf(id);
    assert.ok(made !== null && made !== before, `lost: ${isLost}`);
    await kit.reconcile(id);
    assert.equal(linkOf(id), made);
    if (!isLost) assert.deepEqual(kit.linkLines().at(-1), [before, made]);
  }
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [2, 2]);
});

test('A link typed inside Salesforce gets its line with the old and the new link', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const before = linkOf(id);
  kit.salesforce.edit(id, {
    Remote_Training_Meeting_Link__c: 'https://zoom.example/7',
    Meeting_Link_Status__c: 'Manual',
  });
  await kit.reconcile(id);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines().at(-1), [before, 'https://zoom.example/7']);
  assert.equal(kit.linkLines().length, 2);
});

test('A training without an online meeting gets none, a cancelled one neither', async () => {
  const id = kit.addBooking({ Service_Type__c: 'Onsite' });
  await kit.reconcile(id);
  await assert.rejects(regenerate(id), { code: 'meeting_not_needed' });
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await assert.rejects(regenerate(id), { code: 'booking_cancelled' });
});
