import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { toLongId } from '../../src/core/salesforce-id.ts';
import {
  atLark,
  book,
  bookingOf,
  bookingRow,
  deleteInSalesforce,
  editInSalesforce,
  timelineOf,
  type BookedAnswer,
} from '../kit/bookings.ts';
import { dayAhead, keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let mei: SampleTrainer;
let raj: SampleTrainer;
let newcomer: SampleTrainer;

before(async () => {
  world = await startWorld();
  [mei, raj, newcomer] = [await world.trainer(0), await world.trainer(1), await world.trainer(2)];
  for (const { Email__c } of [mei, raj]) await world.connect(Email__c);
});
after(() => world.close());

const patch = (id: string, body: object) =>
  world.call<BookedAnswer & { start: string; trainerId: string }>('PATCH', `/api/bookings/${id}`, {
    key: keys.portal,
    body,
  });
const cancel = (id: string) => world.call<BookedAnswer>('DELETE', `/api/bookings/${id}`, { key: keys.portal });
const link = (id: string, body: object) =>
  world.call<BookedAnswer>('POST', `/api/bookings/${id}/meeting-link`, { body });
const read = (id: string) => world.call<BookedAnswer>('GET', `/api/bookings/${id}`, { key: keys.portal });
const eventsOf = (trainer: SampleTrainer, name: string) =>
  atLark(world, trainer).events.filter(({ summary }) => summary.includes(name));
const synced = (id: string) =>
  until(async () => {
    const row = await bookingRow(world, id);
    return row.Synced_Revision__c === row.Revision__c && row.Sync_Key__c === null && row;
  }, 'the sync');

test('a training is moved, given to somebody else and cancelled by the portal, and each answer is the booking', async () => {
  const { body: made } = await book(world, bookingOf(world, mei, 5, { merchantName: 'Moving Shop' }));
  const id = made.bookingId;
  const moved = await patch(id, { date: dayAhead(world.clock, 6), startTime: '14:00' });
  assert.equal(moved.status, 200, moved.text);
  assert.deepEqual([moved.body.meetingLink, moved.body.meetingLinkStatus], [made.meetingLink, 'Ready']);
  assert.deepEqual((await read(id)).body, moved.body);
  assert.deepEqual((await patch(id, { date: dayAhead(world.clock, 6), startTime: '14:00' })).body, moved.body);
  assert.equal(eventsOf(mei, 'Moving Shop').length, 1);

  const given = await patch(id, { trainerId: raj.Id });
  assert.deepEqual([given.status, given.body.trainerId, given.body.meetingLinkStatus], [200, raj.Id, 'Ready']);
  assert.notEqual(given.body.meetingLink, made.meetingLink);
  assert.deepEqual([eventsOf(mei, 'Moving Shop').length, eventsOf(raj, 'Moving Shop').length], [0, 1]);
  const back = await patch(id, { trainerId: mei.Id });
  assert.equal(back.body.meetingLinkStatus, 'Ready');
  assert.deepEqual([eventsOf(mei, 'Moving Shop').length, eventsOf(raj, 'Moving Shop').length], [1, 0]);

  const cancelled = await cancel(id);
  assert.deepEqual([cancelled.status, cancelled.body.status, cancelled.body.meetingLink], [200, 'Cancelled', null]);
  assert.deepEqual((await cancel(id)).body, cancelled.body);
  assert.equal(eventsOf(mei, 'Moving Shop').length, 0);
  const refused = await patch(id, { startTime: '15:00' });
  assert.deepEqual([refused.status, refused.body.error?.code], [409, 'booking_cancelled']);
  const steps = (await timelineOf(world, id)).filter(({ Step__c }) => Step__c === 'Booking');
  assert.deepEqual(steps.map(({ Outcome__c }) => Outcome__c).toSorted(), [
    'cancelled',
    'changed',
    'changed',
    'changed',
    'created',
  ]);
  const row = await synced(id);
  assert.deepEqual([row.Revision__c, row.Sync_Status__c], [5, 'Synced']);
});

test('an address disappears from the event when the training becomes remote', async () => {
  const request = bookingOf(world, mei, 7, { merchantName: 'Corner Shop', storeAddress: '1 Main Street' });
  const { body } = await book(world, request);
  assert.match(JSON.stringify(eventsOf(mei, 'Corner Shop')), /1 Main Street/);
  const answer = await patch(body.bookingId, { serviceType: 'remote' });
  assert.equal(answer.body.meetingLinkStatus, 'Ready');
  assert.doesNotMatch(JSON.stringify(eventsOf(mei, 'Corner Shop')), /1 Main Street/);
});

test('trainings at any distance have a working link, also after moving over the 30-day line both ways', async () => {
  const works = async (id: string, name: string) => {
    const { meetingLink, meetingLinkStatus } = (await read(id)).body;
    assert.equal(meetingLinkStatus, 'Ready');
    const { reservations } = atLark(world, raj);
    const [event, ...others] = eventsOf(raj, name);
    assert.equal(others.length, 0);
    const vchat = event?.vchat as { vc_type: string; meeting_url: string } | undefined;
    assert.equal(vchat?.meeting_url, meetingLink);
    if (vchat?.vc_type === 'third_party')
      assert.ok(
        reservations.some(({ url }) => url === meetingLink),
        'reserved',
      );
    else assert.equal(vchat?.vc_type, 'vc');
  };
  for (const days of [1, 29, 31, 90, 365]) {
    const name = `Shop of ${days} days`;
    const { status, body } = await book(
      world,
      bookingOf(world, raj, days, { merchantName: name, startTime: '12:00', endTime: '13:00' }),
    );
    assert.equal(status, 201);
    await works(body.bookingId, name);
    for (const to of [days > 30 ? 12 : 45, days > 30 ? 50 : 14]) {
      const moved = await patch(body.bookingId, { date: dayAhead(world.clock, to) });
      assert.equal(moved.status, 200, moved.text);
      await works(body.bookingId, name);
    }
    await cancel(body.bookingId);
  }
});

test('a new link and a typed link, by staff; each with both links in the timeline', async () => {
  const { body: made } = await book(world, bookingOf(world, mei, 8, { merchantName: 'Link Shop' }));
  const id = made.bookingId;
  const renewed = await link(id, { mode: 'regenerate' });
  assert.equal(renewed.status, 200, renewed.text);
  assert.notEqual(renewed.body.meetingLink, made.meetingLink);
  const typed = await link(id, { mode: 'manual', link: 'https://zoom.example/1' });
  assert.deepEqual([typed.body.meetingLink, typed.body.meetingLinkStatus], ['https://zoom.example/1', 'Manual']);
  assert.match(JSON.stringify(eventsOf(mei, 'Link Shop')), /zoom\.example/);
  const again = await link(id, { mode: 'regenerate' });
  assert.equal(again.body.meetingLinkStatus, 'Ready');
  await editInSalesforce(world, id, { Remote_Training_Meeting_Link__c: 'https://zoom.example/2' });
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [id] } });
  await synced(id);
  await editInSalesforce(world, id, { Remote_Training_Meeting_Link__c: null });
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [id] } });
  await synced(id);
  const last = (await read(id)).body;
  assert.equal(last.meetingLinkStatus, 'Ready');
  const lines = await world.soql<{ Old_Link__c: string | null; New_Link__c: string | null }>(
    `SELECT Old_Link__c, New_Link__c FROM Booking_Timeline__c WHERE Booking__c = '${id}' AND Step__c = 'Meeting link'`,
  );
  const pairs = new Set(lines.map((line) => `${line.Old_Link__c} → ${line.New_Link__c}`));
  const chain = [null, made.meetingLink, renewed.body.meetingLink, 'https://zoom.example/1', again.body.meetingLink];
  chain.push('https://zoom.example/2', last.meetingLink);
  for (let index = 1; index < chain.length; index++) {
    assert.ok(pairs.has(`${chain[index - 1]} → ${chain[index]}`), `${index}: ${[...pairs].join('\n')}`);
  }
  assert.equal(eventsOf(mei, 'Link Shop').length, 1);
  const portal = await world.call('POST', `/api/bookings/${id}/meeting-link`, {
    key: keys.portal,
    body: { mode: 'regenerate' },
  });
  assert.equal(portal.status, 403);
});

test('100 parallel bookings of one slot: one 201, 99 times 409 with the next three free times; a move there: 409', async () => {
  const { body: elsewhere } = await book(world, bookingOf(world, mei, 13, { startTime: '09:00', endTime: '10:00' }));
  const answers = await Promise.all(Array.from({ length: 100 }, () => book(world, bookingOf(world, mei, 13))));
  const taken = answers.filter(({ status }) => status === 409);
  assert.deepEqual([answers.filter(({ status }) => status === 201).length, taken.length], [1, 99]);
  for (const { body } of taken) {
    assert.equal(body.error?.code, 'slot_taken');
    assert.equal((body.error?.details as { nextSlots: unknown[] }).nextSlots.length, 3);
  }
  const move = await patch(elsewhere.bookingId, { startTime: '10:30' });
  assert.deepEqual([move.status, move.body.error?.code], [409, 'slot_taken']);
  assert.equal((move.body.error?.details as { nextSlots: unknown[] }).nextSlots.length, 3);
});

test('a trainer who is not connected is invited from the app’s calendar until they connect', async () => {
  const { body } = await book(world, bookingOf(world, newcomer, 9, { merchantName: 'New Shop' }));
  assert.equal(body.meetingLinkStatus, 'Pending Trainer Setup');
  assert.equal(body.message, 'Your training is booked. Meeting link pending trainer setup.');
  const invitation = () =>
    world.soql<{ Status__c: string; External_Event_ID__c: string }>(
      `SELECT Status__c, External_Event_ID__c FROM Booking_Calendar_Event__c WHERE Booking__c = '${body.bookingId}' AND Kind__c = 'Invitation'`,
    );
  assert.deepEqual(
    (await invitation()).map(({ Status__c }) => Status__c),
    ['Active'],
  );
  const calls = world.standins.lark.journal.entries({ since: 0 }).filter(({ path }) => /\/attendees$/.test(path));
  assert.deepEqual(
    calls.map(({ status }) => status),
    [200],
  );
  await world.connect(newcomer.Email__c);
  await until(async () => (await bookingRow(world, body.bookingId)).Meeting_Link_Status__c === 'Ready', 'the link');
  assert.deepEqual(
    (await invitation()).map(({ Status__c }) => Status__c),
    ['Removed'],
  );
  assert.equal(eventsOf(newcomer, 'New Shop').length, 1);
});

test('link and status are copied onto the merchant’s record; a refusal is told once and fails nothing', async () => {
  const { salesforce } = world.standins;
  // Trainers are records that the integration user may write: here they stand for merchants. An address is no link.
  const setting = { Object__c: 'Onboarding_Trainer__c', Link_Field__c: 'Email__c' };
  salesforce.enterCustomMetadata('Trainer_Connect_Mirror__mdt', 'Merchant', setting);
  const merchantId = newcomer.Id;
  world.clock.advance(61_000);
  const { status, body } = await book(world, bookingOf(world, raj, 10, { merchantId, merchantName: 'Mirror Shop' }));
  assert.deepEqual([status, body.meetingLinkStatus], [201, 'Ready']);
  await patch(body.bookingId, { notes: 'again' });
  const told = async () => (await timelineOf(world, body.bookingId)).filter(({ Step__c }) => Step__c === 'Mirror');
  await until(async () => (await told()).length === 1, 'the refusal');
  salesforce.enterCustomMetadata('Trainer_Connect_Mirror__mdt', 'Merchant', {
    ...setting,
    Link_Field__c: 'Lark_Connection_Error__c',
  });
  world.clock.advance(61_000);
  const again = await patch(body.bookingId, { notes: 'once more' });
  assert.ok(again.body.meetingLink);
  await until(async () => {
    const [record] = await world.soql<{ Lark_Connection_Error__c: string }>(
      `SELECT Lark_Connection_Error__c FROM Onboarding_Trainer__c WHERE Id = '${newcomer.Id}'`,
    );
    return record?.Lark_Connection_Error__c === again.body.meetingLink;
  }, 'the link on the record');
  assert.equal((await told()).length, 1);
});

test('a training that an administrator deleted in Salesforce loses its meeting, its event and its slot at night', async () => {
  const request = bookingOf(world, mei, 15, { merchantName: 'Deleted Shop' });
  const { body } = await book(world, request);
  const outside = () => [
    ...eventsOf(mei, 'Deleted Shop').map(({ eventId }) => eventId),
    ...atLark(world, mei).reservations.flatMap(({ url }) => (url === body.meetingLink ? [url] : [])),
  ];
  await deleteInSalesforce(world, body.bookingId);
  assert.deepEqual(outside(), [body.calendarEvents[0]?.eventId, body.meetingLink]);
  await world.tick('find-deleted');
  await until(() => outside().length === 0, 'the removal');
  assert.equal((await read(body.bookingId)).status, 404);
  const other = await book(world, { ...request, merchantId: 'M-9998', merchantName: 'Next Shop' });
  assert.equal(other.status, 201, other.text);
});

test('the settings row of a trainer decides what their calendar shows', async () => {
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Trainer_Connection__c`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('integration@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      Key__c: `lark:${mei.Id}`,
      Trainer__c: mei.Id,
      Provider__c: 'lark',
      Title_Template__c: '{{bookingType}} for {{merchantName}}',
    }),
  });
  assert.equal(response.status, 201, await response.text());
  world.clock.advance(61_000);
  await book(world, bookingOf(world, mei, 16));
  const outside = world.watchOutside();
  const { body } = await book(world, bookingOf(world, mei, 17, { merchantName: 'Settings Shop' }));
  assert.equal(body.meetingLinkStatus, 'Ready');
  assert.ok(
    outside().entries.length <= 4,
    outside()
      .entries.map(({ method, path }) => `${method} ${path}`)
      .join('\n'),
  );
  assert.deepEqual(
    eventsOf(mei, 'Settings Shop').map(({ summary }) => summary),
    ['Training for Settings Shop'],
  );
});

test('one merchant cannot read, change or cancel the training of another: with the merchant in the request it is not found', async () => {
  const request = bookingOf(world, raj, 20, { merchantId: '001000000000ABC' });
  const { body: made } = await book(world, request);
  const as = (method: string, merchantId: string, body?: object) =>
    world.call<BookedAnswer>(method, `/api/bookings/${made.bookingId}?merchantId=${encodeURIComponent(merchantId)}`, {
      key: keys.portal,
      ...(body === undefined ? {} : { body }),
    });
  const verbs: [string, object?][] = [['GET'], ['PATCH', { startTime: '12:00', endTime: '13:00' }], ['DELETE']];
  for (const other of ['M-of-somebody-else', '001000000000abc', 'undefined']) {
    for (const [method, body] of verbs) {
      const { status, body: answer, text } = await as(method, other, body);
      assert.deepEqual([status, answer.error?.code], [404, 'booking_not_found'], `${method} ${other}: ${text}`);
      assert.doesNotMatch(text, /001000000000ABC|https:/);
    }
  }
  for (const [method, body] of verbs) assert.equal((await as(method, '', body)).status, 400, `${method} for nobody`);
  const misspelt = await world.call('GET', `/api/bookings/${made.bookingId}?merchantID=M-1`, { key: keys.portal });
  assert.equal(misspelt.status, 400, misspelt.text);
  assert.deepEqual((await read(made.bookingId)).body, made);

  const long = toLongId('001000000000ABC') ?? assert.fail();
  assert.equal((await as('GET', long)).status, 200);
  assert.equal((await as('PATCH', '001000000000ABC', { startTime: '12:00', endTime: '13:00' })).status, 200);
  assert.equal((await as('DELETE', long)).body.status, 'Cancelled');
});
