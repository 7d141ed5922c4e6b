import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atLark, book, bookingOf, bookingRow, timelineOf } from '../kit/bookings.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let trainer: SampleTrainer;
before(async () => {
  world = await startWorld({ environment: { MERCHANT_MAIL_ENABLED: 'true' } });
  trainer = await world.trainer(1);
  await world.connect(trainer.Email__c);
});
after(() => world.close());

async function moveToZone(zone: string): Promise<void> {
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/${trainer.Id}`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('admin@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ Time_Zone__c: zone }),
  });
  assert.equal(response.status, 204, await response.text());
}

test('the zone of a trainer changed a moment ago: the training is booked at the right time, and its first try leaves a cancelled row that costs nobody anything', async () => {
  const contactEmail = 'owner@moved-shop.example';
  const idempotencyKey = 'moved shop';
  const request = bookingOf(world, trainer, 12, { merchantName: 'Moved Shop', contactEmail, idempotencyKey });
  await book(world, bookingOf(world, trainer, 20));
  await moveToZone('Europe/Lisbon');
  const { status, body } = await book(world, request);
  assert.equal(status, 201, JSON.stringify(body));

  const rows = await world.soql<{ Id: string; Time_Zone__c: string }>(
    "SELECT Id, Time_Zone__c FROM Training_Booking__c WHERE Merchant_Name__c = 'Moved Shop'",
  );
  assert.equal(rows.length, 2);
  const leftover = rows.find(({ Id }) => Id !== body.bookingId) ?? assert.fail('nothing was taken back');
  assert.deepEqual(
    [leftover.Time_Zone__c, rows.find(({ Id }) => Id === body.bookingId)?.Time_Zone__c],
    [trainer.Time_Zone__c, 'Europe/Lisbon'],
  );
  const row = await until(async () => {
    const found = await bookingRow(world, leftover.Id);
    return found.Synced_Revision__c === found.Revision__c && found;
  }, 'the sync');
  assert.deepEqual(
    [row.Status__c, row.Sync_Status__c, row.Meeting_Link_Status__c],
    ['Cancelled', 'Synced', 'Not Needed'],
  );
  const lines = await timelineOf(world, leftover.Id);
  assert.deepEqual(
    lines.map(({ Step__c, Outcome__c }) => `${Step__c} ${Outcome__c}`),
    ['Booking cancelled'],
  );
  assert.match(lines[0]?.Message__c ?? '', /^The trainer's data changed while this was booked: it was taken back\./);

  const events = atLark(world, trainer).events.filter(({ summary }) => summary.includes('Moved Shop'));
  assert.deepEqual(
    events.map(({ eventId }) => eventId),
    [body.calendarEvents[0]?.eventId],
  );
  const again = await book(world, request);
  assert.deepEqual(
    [again.status, again.body.bookingId],
    [200, body.bookingId],
    'the key means the booking that stands',
  );
  const { body: seen } = await world.call<{ bookings: { bookingId: string }[] }>(
    'GET',
    `/api/salesforce/merchant/${String(request['merchantId'])}`,
    { key: keys.portal },
  );
  assert.deepEqual(
    seen.bookings.map(({ bookingId }) => bookingId),
    [body.bookingId],
  );

  await moveToZone(trainer.Time_Zone__c);
  world.clock.advance(61_000);
  const inItsSlot = await book(world, bookingOf(world, trainer, 12, { merchantName: 'Next Shop' }));
  assert.equal(inItsSlot.status, 201, 'its slot is free');
  // Mails are written by jobs: that none comes is only sure after a while.
  await sleep(2_500);
  const mails = world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(contactEmail));
  assert.deepEqual(
    mails.map(({ subject }) => subject.split(':')[0]),
    ['Booked'],
  );
});
