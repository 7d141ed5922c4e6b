import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { changeMeetingLink } from '../../../src/features/bookings/change-meeting-link.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, MEI, RAJ, type PassKit } from './pass-kit.ts';

// Each of these was found by the random sequences of stories/booking-sequences.test.ts and made small.

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
const BEFORE = { Start__c: '2026-11-24T02:00:00.000Z', End__c: '2026-11-24T03:00:00.000Z' };

for (const [call, lost] of [
  ['updateEvent', 'a lost answer'],
  ['extend', 'a lost answer'],
  ['updateEvent', 'a crash'],
  ['extend', 'a crash'],
] as const) {
  test(`${call} whose effect met ${lost} is written again, also when the training is moved back to where it was`, async () => {
    const id = kit.addBooking();
    await kit.reconcile(id);
    kit.salesforce.edit(id, LATER);
    if (lost === 'a crash') {
      kit.crashAt(call === 'extend' ? 'reservation.extend.answered' : 'event.update.answered');
      await assert.rejects(kit.reconcile(id), /stopped at/);
    } else {
      kit.lark.fail(call, 'unknown-outcome', { after: true });
      await kit.reconcile(id);
    }
    kit.salesforce.edit(id, BEFORE);
    kit.clock.advance(61_000);
    await kit.reconcile(id);
    const [event] = [...kit.lark.events.values()];
    const [reservation] = [...kit.lark.reservations.values()];
    assert.equal(event?.start.toISOString(), BEFORE.Start__c);
    assert.equal(reservation?.endsAt.toISOString(), '2026-11-24T05:00:00.000Z');
  });
}

for (const lost of ['a lost answer', 'a crash'] as const) {
  test(`An event whose removal met ${lost} is made anew when the trainer gets the training back`, async () => {
    const id = kit.addBooking({ Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' });
    await kit.reconcile(id);
    kit.salesforce.edit(id, { Trainer__c: RAJ });
    if (lost === 'a crash') {
      kit.crashAt('event.remove.answered');
      await assert.rejects(kit.reconcile(id), /stopped at/);
    } else {
      kit.lark.fail('deleteEvent', 'unknown-outcome', { after: true });
      await kit.reconcile(id);
    }
    kit.salesforce.edit(id, { Trainer__c: MEI });
    kit.clock.advance(61_000);
    await kit.reconcile(id);
    const events = [...kit.lark.events];
    assert.deepEqual(
      events.map(([, { owner }]) => owner),
      [`lark:${MEI}`],
    );
    assert.equal(kit.linkOf(id), `https://vc.example/own-${events[0]?.[0]}`);
  });
}

test('A typed link that a new one replaces at once is told too', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  const typed = 'https://zoom.example/7';
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: typed, Meeting_Link_Status__c: 'Manual' });
  const cause = { actor: 'test', requestId: 'request' };
  await changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'regenerate' }, ...cause });
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, typed],
    [typed, kit.linkOf(id)],
  ]);
});

test('A link that is missing is told once, not with every later change', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const link = kit.linkOf(id);
  kit.lark.disconnect(`lark:${MEI}`);
  kit.salesforce.edit(id, { Status__c: 'Requested' });
  await kit.reconcile(id);
  kit.salesforce.edit(id, LATER);
  await kit.reconcile(id);
  kit.salesforce.edit(id, BEFORE);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, link],
    [link, null],
  ]);
});

test('A link that a person emptied is told even if the pass that saw it first came to nothing', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const link = kit.linkOf(id);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.crashAt('reservation.intended');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  kit.salesforce.edit(id, { Status__c: 'Requested' });
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, link],
    [link, null],
  ]);
});

test('A new link stays although the event cannot show it yet: the emptied one does not come back', async () => {
  const id = kit.addBooking({ Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' });
  await kit.reconcile(id);
  const own = kit.linkOf(id);
  kit.salesforce.edit(id, BEFORE);
  await kit.reconcile(id);
  assert.equal(kit.linkOf(id), own);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.lark.fail('updateEvent', 'temporary');
  await kit.reconcile(id);
  const renewed = kit.linkOf(id);
  assert.notEqual(renewed, own);
  kit.lark.disconnect(`lark:${MEI}`, 'needs_reconnect');
  await kit.reconcile(id);
  assert.equal(kit.linkOf(id), renewed);
});

test('An invitation that could not be made keeps the booking open in Salesforce until it is', async () => {
  kit.lark.people.set('Mei@example.com', 'ou_mei');
  kit.lark.disconnect(`lark:${MEI}`);
  kit.lark.fail('lookUp', 'temporary');
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { Meeting_Link_Status__c, Sync_Status__c, Synced_Revision__c } = kit.row(id);
  assert.deepEqual(
    [Meeting_Link_Status__c, Sync_Status__c, Synced_Revision__c ?? null],
    ['Pending Trainer Setup', 'Pending', null],
  );
  await kit.reconcile(id);
  assert.deepEqual([kit.row(id).Sync_Status__c, kit.row(id).Synced_Revision__c], ['Synced', 1]);
  assert.equal(kit.lark.invited.size, 1);
});

test('A crash after Salesforce had a link: the next change of it names it', async () => {
  const id = kit.addBooking();
  kit.crashAt('write-back.after');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  const made = kit.linkOf(id);
  const typed = 'https://zoom.example/7';
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: typed, Meeting_Link_Status__c: 'Manual' });
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, typed],
  ]);
});

test('A crash after we emptied a link is not taken for a person who did', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  kit.salesforce.edit(id, { Status__c: 'Requested' });
  kit.crashAt('write-back.after');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  kit.salesforce.edit(id, LATER);
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, null],
  ]);
});

test('An event that cannot follow for want of access is an error also where a new link was asked for', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' });
  kit.lark.disconnect(`lark:${MEI}`);
  await kit.reconcile(id);
  kit.salesforce.edit(id, { Service_Type__c: 'Onsite', Store_Address__c: '1 High Street' });
  await kit.reconcile(id);
  assert.equal(kit.row(id).Sync_Status__c, 'Failed');
});

test('A link that comes back after it was missing is told', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  kit.lark.disconnect(`lark:${RAJ}`);
  kit.lark.fail('deleteEvent', 'temporary');
  await kit.reconcile(id);
  assert.equal(kit.linkOf(id), null);
  kit.salesforce.edit(id, { Trainer__c: MEI });
  await kit.reconcile(id);
  assert.equal(kit.linkOf(id), made);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, null],
    [null, made],
  ]);
});

test('A missing link is told once, also when Salesforce was away at first', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const made = kit.linkOf(id);
  kit.salesforce.edit(id, { Status__c: 'Requested' });
  kit.crashAt('write-back.before');
  await assert.rejects(kit.reconcile(id), /stopped at/);
  kit.salesforce.edit(id, LATER);
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.deepEqual(kit.linkLines(), [
    [null, made],
    [made, null],
  ]);
});

for (const lost of ['a lost answer', 'a crash', 'a refusal'] as const) {
  test(`An event whose own meeting was taken away, with ${lost}, has one again when the training is online again`, async () => {
    const id = kit.addBooking({ Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' });
    await kit.reconcile(id);
    const first = kit.linkOf(id);
    kit.salesforce.edit(id, { Service_Type__c: 'Onsite', Store_Address__c: '1 Quay' });
    if (lost === 'a crash') {
      kit.crashAt('event.update.answered');
      await assert.rejects(kit.reconcile(id), /stopped at/);
    } else {
      const isLost = lost === 'a lost answer';
      kit.lark.fail('updateEvent', isLost ? 'unknown-outcome' : 'rate-limited', { after: isLost });
      await kit.reconcile(id);
    }
    kit.salesforce.edit(id, { Service_Type__c: 'Remote', Store_Address__c: null });
    kit.clock.advance(61_000);
    await kit.reconcile(id);
    const events = [...kit.lark.events];
    assert.deepEqual(
      events.map(([, { meeting }]) => meeting.kind),
      ['own'],
    );
    assert.equal(kit.linkOf(id), `https://vc.example/own-${events[0]?.[0]}`);
    if (lost === 'a refusal') assert.equal(kit.linkOf(id), first, 'nothing had happened to it');
  });
}

for (const [call, step, when] of [
  ['release', 'reservation.remove.answered', {}],
  [
    'deleteEvent',
    'event.remove.answered',
    { Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' },
  ],
] as const) {
  for (const lost of ['a lost answer', 'a crash'] as const) {
    test(`A meeting whose ${call} met ${lost} is not shown when the training is reopened before anybody could look`, async () => {
      const id = kit.addBooking(when);
      await kit.reconcile(id);
      kit.salesforce.edit(id, { Status__c: 'Cancelled' });
      if (lost === 'a crash') {
        kit.crashAt(step);
        await assert.rejects(kit.reconcile(id), /stopped at/);
      } else {
        kit.lark.fail(call, 'unknown-outcome', { after: true });
        await kit.reconcile(id);
      }
      kit.lark.disconnect(`lark:${MEI}`);
      kit.salesforce.edit(id, { Status__c: 'Confirmed' });
      kit.clock.advance(61_000);
      await kit.reconcile(id);
      assert.equal(kit.linkOf(id), null);
      kit.lark.connect(`lark:${MEI}`);
      await kit.reconcile(id);
      const events = [...kit.lark.events.keys()].map((event) => `https://vc.example/own-${event}`);
      const reservations = [...kit.lark.reservations.keys()].map((reservation) => `https://vc.example/${reservation}`);
      assert.equal(kit.lark.events.size, 1);
      assert.deepEqual(call === 'release' ? reservations : events, [kit.linkOf(id)]);
    });
  }
}

for (const lost of ['before', 'after'] as const) {
  test(`A trainer whose event is lost ${lost} its removal, and then their access, is invited when the training is reopened`, async () => {
    kit.lark.people.set('Mei@example.com', 'ou_mei');
    const id = kit.addBooking();
    await kit.reconcile(id);
    kit.salesforce.edit(id, { Status__c: 'Cancelled' });
    kit.lark.fail('deleteEvent', 'unknown-outcome', { after: lost === 'after' });
    await kit.reconcile(id);
    kit.lark.disconnect(`lark:${MEI}`);
    kit.salesforce.edit(id, { Status__c: 'Confirmed' });
    kit.clock.advance(61_000);
    await kit.reconcile(id);
    assert.equal(kit.lark.invited.size, 1);
    const before = kit.lark.calls.length;
    kit.lark.connect(`lark:${MEI}`);
    await kit.reconcile(id);
    // Nobody promises for how long a key is remembered; the id stays.
    assert.equal(kit.lark.calls.slice(before).includes('createEvent'), lost === 'after');
    assert.deepEqual([kit.lark.invited.size, kit.lark.events.size, kit.row(id).Sync_Status__c], [0, 1, 'Synced']);
    assert.match(kit.linkOf(id) ?? '', /^https:\/\/vc\.example\/r\d+$/);
  });
}
