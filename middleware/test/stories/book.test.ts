import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  atLark,
  book,
  bookingOf,
  bookingRow,
  editInSalesforce,
  makeInSalesforce,
  timelineOf,
  type BookedAnswer,
} from '../kit/bookings.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let connected: SampleTrainer;
let second: SampleTrainer;
let unconnected: SampleTrainer;

before(async () => {
  world = await startWorld({ postgres: false });
  [connected, second, unconnected] = [await world.trainer(0), await world.trainer(1), await world.trainer(2)];
  for (const { Email__c } of [connected, second]) await world.connect(Email__c);
});
after(() => world.close());

const sync = (id: string) => world.call('POST', '/api/bookings/sync', { body: { bookingIds: [id] } });
const synced = (id: string) =>
  until(async () => {
    const row = await bookingRow(world, id);
    return row.Synced_Revision__c === row.Revision__c && row.Sync_Key__c === null && row;
  }, 'the sync');

test('a remote training with a connected trainer: meeting, event and link in one request, with four outside calls', async () => {
  await book(world, bookingOf(world, connected, 5));
  const outside = world.watchOutside();
  const { status, body } = await book(world, bookingOf(world, connected, 6, { merchantName: 'Harbour Coffee' }));
  const { entries, inSequence } = outside();
  assert.equal(status, 201);
  assert.equal(body.status, 'Confirmed');
  assert.equal(body.meetingLinkStatus, 'Ready');
  assert.equal(body.message, 'Your training is booked. The meeting link is ready.');
  assert.equal(body.calendarEvents.length, 1);
  assert.ok(entries.length <= 5, entries.map(({ method, path }) => `${method} ${path}`).join('\n'));
  assert.ok(inSequence <= 4, `${inSequence} in sequence`);

  const row = await bookingRow(world, body.bookingId);
  assert.equal(row.Remote_Training_Meeting_Link__c, body.meetingLink);
  assert.equal(row.Meeting_Link_Source__c, 'Lark Reservation');
  assert.deepEqual(
    [row.Sync_Status__c, row.Sync_Key__c, row.Revision__c, row.Synced_Revision__c],
    ['Synced', null, 1, 1],
  );

  const { events, reservations } = atLark(world, connected);
  const event = events.find(({ summary }) => summary === 'Remote Training: Harbour Coffee');
  assert.equal(event?.eventId, row.Lark_Calendar_Event_ID__c);
  assert.ok(JSON.stringify(event?.vchat).includes(body.meetingLink ?? '?'));
  assert.equal(event?.location, undefined);
  assert.ok(reservations.find(({ id }) => id === row.Lark_Reserve_ID__c)?.published);
  const steps = (await timelineOf(world, body.bookingId)).map(({ Step__c, Outcome__c }) => `${Step__c} ${Outcome__c}`);
  assert.deepEqual(steps.toSorted(), [
    'Booking created',
    'Calendar event created',
    'Meeting created',
    'Meeting link changed',
  ]);
});

test('what a merchant writes is stored as words, also where it looks like a reference of Salesforce', async () => {
  const written = {
    notes: 'Ask @{trainer.records[0].Id}, and @{nobody.there}',
    contactName: '@{trainer.records[0].Name}',
    storeAddress: '1 @{a.b} Street',
    serviceType: 'Remote',
  };
  const { status, body, text } = await book(world, bookingOf(world, connected, 27, written));
  assert.equal(status, 201, text);
  const [row] = await world.soql<Record<string, string>>(
    `SELECT Notes__c, Merchant_Contact_Name__c, Store_Address__c FROM Training_Booking__c WHERE Id = '${body.bookingId}'`,
  );
  assert.equal(row?.Notes__c, 'Ask @(trainer.records[0].Id}, and @(nobody.there}');
  assert.equal(row.Merchant_Contact_Name__c, '@(trainer.records[0].Name}');
  assert.equal(row.Store_Address__c, '1 @(a.b} Street');
  assert.equal((await bookingRow(world, body.bookingId)).Sync_Status__c, 'Synced');
});

test('an onsite training: an event with the address, no meeting', async () => {
  const { status, body } = await book(
    world,
    bookingOf(world, connected, 7, {
      merchantName: 'Corner Shop',
      storeAddress: '1 Main Street',
      bookingType: 'installation',
    }),
  );
  assert.equal(status, 201);
  assert.equal(body.meetingLinkStatus, 'Not Needed');
  assert.equal(body.meetingLink, null);
  const event = atLark(world, connected).events.find(({ summary }) => summary.includes('Corner Shop'));
  assert.match(JSON.stringify(event?.location), /1 Main Street/);
});

test('a trainer who is not connected: the booking stands, they get one mail, and connecting makes the meeting by itself', async () => {
  const first = await book(world, bookingOf(world, unconnected, 6));
  const another = await book(world, bookingOf(world, unconnected, 7));
  assert.equal(first.status, 201);
  assert.equal(first.body.meetingLinkStatus, 'Pending Trainer Setup');
  assert.match(first.body.message, /Meeting link pending trainer setup/);
  const mails = () => world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(unconnected.Email__c));
  await until(() => mails().length > 0, 'the mail');
  await world.connect(unconnected.Email__c);
  for (const { body } of [first, another]) {
    const row = await until(async () => {
      const found = await bookingRow(world, body.bookingId);
      return found.Meeting_Link_Status__c === 'Ready' && found;
    }, 'the link');
    assert.match(row.Remote_Training_Meeting_Link__c ?? '', /^https:/);
  }
  assert.equal(mails().length, 1, 'one mail a day, whatever the number of bookings');
});

test('a training moved in Salesforce: the event and the reservation move, the link stays', async () => {
  const { body } = await book(world, bookingOf(world, connected, 8));
  const seconds = (time: object | undefined) =>
    Number(time !== undefined && 'timestamp' in time ? time.timestamp : NaN);
  const before = atLark(world, connected).events.find(({ eventId }) => eventId === body.calendarEvents[0]?.eventId);
  const [start, end] = [seconds(before?.start), seconds(before?.end)];
  await editInSalesforce(world, body.bookingId, {
    Start__c: new Date((start + 3_600) * 1000).toISOString(),
    End__c: new Date((end + 7_200) * 1000).toISOString(),
  });
  assert.equal((await bookingRow(world, body.bookingId)).Sync_Key__c, 'P');
  assert.deepEqual((await sync(body.bookingId)).body, { accepted: 1 });
  const row = await synced(body.bookingId);
  assert.equal(row.Remote_Training_Meeting_Link__c, body.meetingLink);
  const { events } = atLark(world, connected);
  const moved = events.find(({ eventId }) => eventId === before?.eventId);
  assert.deepEqual([seconds(moved?.start), seconds(moved?.end)], [start + 3_600, end + 7_200]);
});

test('a training cancelled in Salesforce: meeting and event are gone, and the slot is free again', async () => {
  const request = bookingOf(world, connected, 9);
  const { body } = await book(world, request);
  await editInSalesforce(world, body.bookingId, { Status__c: 'Cancelled' });
  await sync(body.bookingId);
  const row = await synced(body.bookingId);
  assert.equal(row.Remote_Training_Meeting_Link__c, null);
  const { events, reservations } = atLark(world, connected);
  assert.ok(!events.some(({ eventId }) => eventId === body.calendarEvents[0]?.eventId));
  assert.ok(!reservations.some(({ url }) => url === body.meetingLink));
  const again = await book(world, { ...request, merchantId: 'M-9999' });
  assert.equal(again.status, 201);
});

test('a training made in Salesforce whose trigger was lost is found by the two-minute query', async () => {
  const id = await makeInSalesforce(world, {
    Trainer__c: second.Id,
    Start__c: new Date(world.clock.now().getTime() + 10 * 86_400_000).toISOString(),
    End__c: new Date(world.clock.now().getTime() + 10 * 86_400_000 + 3_600_000).toISOString(),
  });
  await world.tick('find-lost-triggers');
  const row = await synced(id);
  assert.equal(row.Meeting_Link_Status__c, 'Ready');
  assert.match(row.Remote_Training_Meeting_Link__c ?? '', /^https:/);
});

test('a training made in Salesforce a moment ago keeps its time: nobody else is booked or moved onto it', async () => {
  const { body: elsewhere } = await book(world, bookingOf(world, connected, 33));
  const { body: pattern } = await book(world, bookingOf(world, connected, 34));
  const [taken] = await world.soql<Record<'Start__c' | 'End__c', string>>(
    `SELECT Start__c, End__c FROM Training_Booking__c WHERE Id = '${pattern.bookingId}'`,
  );
  await world.call('DELETE', `/api/bookings/${pattern.bookingId}`, { key: keys.portal });
  const id = await makeInSalesforce(world, { Trainer__c: connected.Id, ...taken });
  const [day] = String(taken?.Start__c).split('T');

  const requests = Array.from({ length: 20 }, () => bookingOf(world, connected, 34));
  for (const answer of await Promise.all(requests.map((request) => book(world, request)))) {
    assert.deepEqual([answer.status, answer.body.error?.code], [409, 'slot_taken'], answer.text);
    assert.equal((answer.body.error?.details as { nextSlots: unknown[] }).nextSlots.length, 3);
  }
  const move = { date: day, startTime: '10:30' };
  const moved = await world.call<BookedAnswer>('PATCH', `/api/bookings/${elsewhere.bookingId}`, {
    key: keys.portal,
    body: move,
  });
  assert.deepEqual([moved.status, moved.body.error?.code], [409, 'slot_taken'], moved.text);
  const made = await world.soql(
    `SELECT Id FROM Training_Booking__c WHERE Merchant_Reference__c IN (${requests.map(({ merchantId }) => `'${String(merchantId)}'`).join(', ')})`,
  );
  assert.deepEqual(made, []);
  await world.tick('find-lost-triggers');
  assert.equal((await synced(id)).Sync_Status__c, 'Synced');
});

test('a training whose answer was lost is found where it is, when nobody waits for it any more', async () => {
  const request = bookingOf(world, connected, 35);
  await book(world, bookingOf(world, connected, 36));
  const { faults } = world.standins.salesforce;
  faults.add({ kind: 'effect-then-drop', path: '/composite$' });
  const { id } = faults.add({ kind: 'status', status: 503, path: '/composite$', times: 0 });
  const lost = await book(world, request);
  faults.release(id);
  assert.equal(lost.status, 503, lost.text);
  world.clock.advance(2 * 60_000);
  const other = await book(world, bookingOf(world, connected, 35, { date: request['date'], startTime: '10:30' }));
  assert.deepEqual([other.status, other.body.error?.code], [409, 'slot_taken'], other.text);
  await world.tick('find-lost-triggers');
  const again = await book(world, request);
  assert.equal(again.status, 200, again.text);
  assert.equal((await synced(again.body.bookingId)).Sync_Status__c, 'Synced');
});

test('a training still marked as waiting for a trainer who is connected by now is found at night', async () => {
  const { body } = await book(world, bookingOf(world, connected, 15));
  const waiting = { Meeting_Link_Status__c: 'Pending Trainer Setup' };
  await editInSalesforce(world, body.bookingId, waiting, 'integration@trainer-connect.example');
  const before = await bookingRow(world, body.bookingId);
  assert.deepEqual([before.Meeting_Link_Status__c, before.Sync_Status__c], ['Pending Trainer Setup', 'Synced']);
  await world.tick('find-unfinished');
  await until(
    async () => (await bookingRow(world, body.bookingId)).Meeting_Link_Status__c === 'Ready',
    'the link to be ready again',
  );
});

test('a training cancelled while its trainer has to connect again loses its event when they have', async () => {
  const { body } = await book(world, bookingOf(world, second, 16));
  const isThere = () => atLark(world, second).events.some(({ eventId }) => eventId === body.calendarEvents[0]?.eventId);
  world.standins.lark.revoke(atLark(world, second).openId);
  await editInSalesforce(world, body.bookingId, { Status__c: 'Cancelled' });
  await sync(body.bookingId);
  const row = await synced(body.bookingId);
  assert.equal(row.Sync_Status__c, 'Failed');
  assert.match(row.Sync_Error__c ?? '', /Still to be removed by its owner/);
  assert.equal(isThere(), true);
  await world.connect(second.Email__c);
  await until(() => !isThere(), 'the removal');
  await until(async () => (await bookingRow(world, body.bookingId)).Sync_Status__c === 'Synced', 'the sync');
});

test('40 parallel bookings of one slot by different merchants give one 201 and 39 times 409', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => book(world, bookingOf(world, second, 11))));
  const statuses = answers.map(({ status }) => status).toSorted();
  assert.deepEqual(
    [statuses.filter((status) => status === 201).length, statuses.filter((status) => status === 409).length],
    [1, 39],
  );
  const refused = answers.find(({ status }) => status === 409);
  assert.equal(refused?.body.error?.code, 'slot_taken');
  const rows = await world.soql(
    `SELECT Id FROM Training_Booking__c WHERE Trainer__c = '${second.Id}' AND Status__c = 'Confirmed' AND Merchant_Reference__c != null`,
  );
  assert.equal(rows.length, 1);
});

test('the same key 20 times in parallel gives one booking; with another body it is 422', async () => {
  const body = { ...bookingOf(world, second, 12), idempotencyKey: 'portal-4711' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => book(world, body)));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [...Array<number>(19).fill(200), 201]);
  assert.equal(new Set(answers.map(({ body: { bookingId } }) => bookingId)).size, 1);
  assert.equal(new Set(answers.map(({ body: { meetingLink } }) => meetingLink)).size, 1);
  const other = await book(world, { ...body, startTime: '14:00', endTime: '15:00' });
  assert.deepEqual([other.status, other.body.error?.code], [422, 'idempotency_key_reused']);
  const byHeader = await book(
    world,
    { ...body, idempotencyKey: undefined },
    { headers: { 'Idempotency-Key': 'portal-4711' } },
  );
  assert.deepEqual([byHeader.status, byHeader.body.bookingId], [200, answers[0]?.body.bookingId]);
});

test('without a key, an equal merchant, trainer and time is the same booking', async () => {
  const body = bookingOf(world, second, 13);
  const answers = await Promise.all(Array.from({ length: 5 }, () => book(world, body)));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 200, 200, 201]);
  assert.equal(new Set(answers.map((answer) => answer.body.bookingId)).size, 1);
  assert.equal((await book(world, body)).status, 200);
});

test('a booking of 45 days ahead has a working link although a reservation reaches 30 days', async () => {
  const { body } = await book(world, bookingOf(world, connected, 45));
  assert.equal(body.meetingLinkStatus, 'Ready');
  assert.equal((await bookingRow(world, body.bookingId)).Meeting_Link_Source__c, 'Lark Calendar');
});

test('60 parallel uses of an expired token make one exchange', async () => {
  world.standins.lark.expireAccessTokens(atLark(world, connected).openId);
  world.clock.advance(2 * 3_600_000);
  const mark = world.standins.lark.journal.mark();
  const route = `/api/lark/availability?trainerId=${connected.Id}&date=${new Date(world.clock.now().getTime() + 3 * 86_400_000).toISOString().slice(0, 10)}`;
  const answers = await Promise.all(Array.from({ length: 60 }, () => world.call('GET', route, { key: keys.portal })));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(world.standins.lark.journal.entries({ since: mark, path: /oauth\/token$/ }).length, 1);
});
