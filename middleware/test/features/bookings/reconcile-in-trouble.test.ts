import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, MEI, type PassKit } from './pass-kit.ts';
import { SalesforceError } from '../../../src/salesforce/records.ts';
import { unreachable } from './fake-salesforce.ts';

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

test('A trainer who is not connected leaves the training booked and is asked once to connect', async () => {
  kit.lark.disconnect(`lark:${MEI}`);
  const id = kit.addBooking();
  const { retry } = await kit.reconcile(id);
  await kit.reconcile(id);
  assert.equal(retry, undefined);
  assert.deepEqual(
    [kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c, kit.row(id).Synced_Revision__c],
    ['Pending Trainer Setup', 'Synced', 1],
  );
  assert.deepEqual(kit.invited, [MEI]);
  kit.lark.connect(`lark:${MEI}`);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
});

for (const code of ['provider_refused', 'trainer_not_found', 'salesforce_refused'] as const) {
  test(`A token that is not to be had (${code}) is written onto the booking, and a later look heals it`, async () => {
    kit.lark.disconnect(`lark:${MEI}`, code);
    const id = kit.addBooking();
    const { retry, isSaved } = await kit.reconcile(id);
    assert.deepEqual([retry, isSaved], [undefined, true]);
    assert.deepEqual(
      [kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c, kit.row(id).Sync_Error__c],
      ['Failed', 'Failed', 'The trainer has to connect Lark.'],
    );
    kit.lark.connect(`lark:${MEI}`);
    await kit.reconcile(id);
    assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Ready', 'Synced']);
  });
}

test('A fault of ours on the way to a token is not taken for trouble at the provider', async () => {
  kit.lark.disconnect(`lark:${MEI}`, 'internal');
  await assert.rejects(kit.reconcile(kit.addBooking()), { code: 'internal' });
});

test('Trouble at Lark leaves the training booked and is tried again; the last attempt says that it failed', async () => {
  kit.lark.fail('reserve', 'rate-limited', { times: 9 });
  kit.lark.fail('createEvent', 'temporary', { times: 9 });
  const id = kit.addBooking();
  const first = await kit.reconcile(id);
  assert.equal(first.retry?.retryable, true);
  assert.deepEqual(
    [kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Key__c, kit.row(id).Sync_Error__c],
    ['Pending', 'M', 'createEvent: temporary'],
  );
  const last = await kit.reconcile(id, true);
  assert.equal(last.retry, undefined);
  assert.deepEqual(
    [kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c, kit.row(id).Synced_Revision__c],
    ['Failed', 'Failed', 1],
  );
  kit.lark.heal();
  await kit.reconcile(id);
  assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Ready', 'Synced']);
  assert.equal(kit.row(id).Sync_Error__c, null);
});

test('An event that Lark refuses for good is failed, not repeated', async () => {
  kit.lark.fail('createEvent', 'refused');
  kit.settings.larkMeeting = 'calendar';
  const id = kit.addBooking();
  const { retry } = await kit.reconcile(id);
  assert.equal(retry, undefined);
  assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Failed', 'Failed']);
});

test('An event that gets no answer is made again by the same key and exists once', async () => {
  kit.lark.fail('createEvent', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  assert.ok((await kit.reconcile(id)).retry);
  // It changes before the second try: what exists shows the first content and is updated.
  kit.salesforce.edit(id, { Notes__c: 'Later' });
  await kit.reconcile(id);
  assert.equal(kit.lark.events.size, 1);
  assert.match([...kit.lark.events.values()][0]?.description ?? '', /Later/);
  assert.equal(kit.row(id).Sync_Status__c, 'Synced');
});

for (const failure of ['unknown-outcome', 'refused'] as const) {
  test(`An event that is gone when its key is sent again (${failure}) is made anew by another key`, async () => {
    kit.settings.larkMeeting = 'calendar';
    kit.lark.fail('createEvent', failure, { after: true });
    const id = kit.addBooking();
    await kit.reconcile(id);
    kit.lark.events.clear();
    await kit.reconcile(id);
    assert.equal(kit.lark.events.size, 1);
    assert.deepEqual([kit.row(id).Meeting_Link_Status__c, kit.row(id).Sync_Status__c], ['Ready', 'Synced']);
  });
}

test('A cancelled training whose event was made and is gone leaves nothing open', async () => {
  kit.lark.fail('createEvent', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.events.clear();
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  const [event] = await database.db.selectFrom('effect').select('state').where('kind', '=', 'event').execute();
  assert.equal(event?.state, 'removed');
});

test('A cancelled training whose event is known by its id loses it by that id', async () => {
  kit.settings.larkMeeting = 'calendar';
  const { calendar } = kit.lark;
  const withLink = calendar.createEvent.bind(calendar);
  calendar.createEvent = async (...request) => ({ ...(await withLink(...request)), meetingUrl: undefined });
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['createEvent', 'deleteEvent']);
  assert.equal(kit.lark.events.size, 0);
});

test('A cancelled training whose event may exist is found by its key and removed', async () => {
  kit.lark.fail('createEvent', 'unknown-outcome', { after: true });
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
});

for (const step of [
  'reservation.intended',
  'reservation.answered',
  'reservation.recorded',
  'event.intended',
  'event.answered',
  'event.recorded',
  'write-back.before',
  'write-back.after',
]) {
  test(`A pass that dies at ${step} is completed by the next one with one event and at most one lost reservation`, async () => {
    const id = kit.addBooking();
    kit.crashAt(step);
    await assert.rejects(kit.reconcile(id), /stopped at/);
    kit.clock.advance(2 * 60_000);
    await kit.reconcile(id);
    assert.equal(kit.lark.events.size, 1);
    assert.ok(kit.lark.calls.filter((call) => call === 'reserve').length <= 1);
    assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
    assert.equal(kit.row(id).Sync_Status__c, 'Synced');
    assert.ok(kit.salesforce.outcomes().includes('Calendar event: created'));
  });
}

test('Results that Salesforce could not take are kept and written later', async () => {
  const id = kit.addBooking();
  kit.salesforce.failNext('timeline', unreachable());
  const { retry, isSaved, booking } = await kit.reconcile(id);
  assert.deepEqual([retry?.code, isSaved, booking.meetingLinkStatus], ['salesforce_unavailable', false, 'Ready']);
  assert.equal(kit.salesforce.timeline.size, 0);
  await kit.reconcile(id);
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent']);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
  assert.equal(kit.salesforce.timeline.size, 3);
  assert.equal((await database.db.selectFrom('timeline_entry').selectAll().execute()).length, 0);
});

test('A pass that comes after a newer one does not overwrite it, and still leaves its lines', async () => {
  const id = kit.addBooking();
  kit.row(id).Synced_Revision__c = 7;
  const { retry } = await kit.reconcile(id);
  assert.equal(retry, undefined);
  assert.equal(kit.row(id).Synced_Revision__c, 7);
  assert.ok(kit.salesforce.timeline.size > 0);
});

for (const [what, reference] of [
  ['the results of a booking', 'booking'],
  ['the events of a booking', 'events'],
] as const) {
  test(`A rule of the org that refuses ${what} is told; the timeline is there nevertheless`, async () => {
    const id = kit.addBooking();
    const refused = new SalesforceError('refused', 'A shop needs an address.', {
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      fields: ['Store_Address__c'],
      referenceId: reference,
    });
    kit.salesforce.failNext('timeline', refused);
    const { retry, isSaved } = await kit.reconcile(id);
    assert.deepEqual([retry?.code, isSaved], ['salesforce_refused', false]);
    assert.equal(kit.salesforce.timeline.size, 3);
    assert.equal((await database.db.selectFrom('timeline_entry').selectAll().execute()).length, 0);
    await kit.reconcile(id);
    assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
    assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent']);
  });
}

test('A lost database does not lose what exists outside: it is recalled from Salesforce', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  await kit.clear();
  kit.salesforce.edit(id, { Notes__c: 'After the loss' });
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [1, 1]);
  assert.match([...kit.lark.events.values()][0]?.description ?? '', /After the loss/);
  kit.salesforce.edit(id, { Status__c: 'Cancelled' });
  await kit.clear();
  await kit.reconcile(id);
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size], [0, 0]);
});

test('A booking that another pass works on is left to it, to come back later', async () => {
  const id = kit.addBooking();
  await database.db
    .insertInto('lease')
    .values({ name: `booking:${id}`, owner: 'other', expires_at: new Date(kit.clock.now().getTime() + 30_000) })
    .execute();
  await assert.rejects(
    kit.reconcile(id),
    (error) => error instanceof AppError && error.code === 'request_in_progress' && error.retryable,
  );
  kit.clock.advance(30_000);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Meeting_Link_Status__c, 'Ready');
});

test('An event that somebody deleted at Lark is made anew when the booking changes', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.events.clear();
  kit.salesforce.edit(id, { Notes__c: 'Again' });
  await kit.reconcile(id);
  assert.equal(kit.lark.events.size, 1);
  assert.equal(kit.row(id).Sync_Status__c, 'Synced');
});
