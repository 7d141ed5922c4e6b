import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  atLark,
  book,
  bookingOf,
  bookingRow,
  deleteInSalesforce,
  editInSalesforce,
  timelineOf,
} from '../kit/bookings.ts';
import { createLog } from '../../src/core/log.ts';
import { seedTrainers } from '../kit/seed-trainers.ts';
import { startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const HOUR = 3_600_000;
const ADMIN = 'admin@trainer-connect.example';
let world: World;
let trainers: SampleTrainer[];
const noted: string[] = [];

before(async () => {
  const destination = { write: (line: string) => void noted.push(line) };
  world = await startWorld({
    environment: { ALERT_RECIPIENTS: ADMIN },
    log: createLog({ level: 'warn', destination }),
  });
  trainers = [];
  for (const index of [0, 1, 2, 3]) {
    const trainer = await world.trainer(index);
    await world.connect(trainer.Email__c);
    trainers.push(trainer);
  }
});
after(() => world.close());

const trainerOf = (index: number) => trainers[index] ?? assert.fail(`no trainer ${index}`);
const eventsOf = (trainer: SampleTrainer, merchant: string) =>
  atLark(world, trainer).events.filter(({ summary }) => summary.includes(merchant));
const idsOf = (trainer: SampleTrainer, merchant: string) => eventsOf(trainer, merchant).map(({ eventId }) => eventId);
/** What is kept for the administrators' daily mail. */
const digests = () => noted.filter((line) => line.includes('look for leftovers'));

async function booked(trainer: SampleTrainer, days: number, merchantName: string) {
  const { status, body } = await book(world, bookingOf(world, trainer, days, { merchantName }));
  assert.equal(status, 201, JSON.stringify(body));
  const [event] = eventsOf(trainer, merchantName);
  assert.ok(event);
  assert.match(event.description, new RegExp(`\\[trainer-connect \\w+ ${body.bookingId} \\d+-\\d+\\]`));
  return { id: body.bookingId, event: event.eventId };
}

async function sync(id: string): Promise<void> {
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [id] } });
  await until(async () => (await bookingRow(world, id)).Sync_Key__c === null, 'the sync');
}

async function sweepUntilDigest(): Promise<string> {
  const before = digests().length;
  await world.tick('find-orphans');
  return until(() => digests()[before], 'the digest');
}

test('at night: what is certainly ours and wrong is removed, what a person may have meant is told once, the rest stays', async () => {
  const { lark } = world.standins;
  const [mei, raj, ana, ben] = [trainerOf(0), trainerOf(1), trainerOf(2), trainerOf(3)];

  const twice = await booked(mei, 6, 'Twice Shop');
  lark.copyEvent(twice.event);
  const followUp = await booked(mei, 7, 'Follow-up Shop');
  const later = new Date(Math.ceil(world.clock.now().getTime() / HOUR) * HOUR + 20 * 24 * HOUR);
  const own = lark.copyEvent(followUp.event, { start: later, end: new Date(later.getTime() + HOUR) });
  await editInSalesforce(world, followUp.id, { Status__c: 'Cancelled' });
  await sync(followUp.id);
  assert.deepEqual(idsOf(mei, 'Follow-up Shop'), [own], "the booking's own event went with it");
  const dentist = lark.addEvent(atLark(world, mei).openId, {
    start: later,
    end: new Date(later.getTime() + HOUR),
    summary: 'Dentist',
  });

  const stuck = await booked(raj, 6, 'Stuck Shop');
  const refused = { status: 403, body: { code: 193002, msg: 'no permission' } };
  const fault = lark.faults.add({ kind: 'status', method: 'DELETE', path: '/events/', times: 0, ...refused });
  await editInSalesforce(world, stuck.id, { Status__c: 'Cancelled' });
  await sync(stuck.id);
  lark.faults.release(fault.id);
  assert.deepEqual(idsOf(raj, 'Stuck Shop'), [stuck.event], 'given up: Lark refused for good');

  const binned = await booked(ana, 6, 'Binned Shop');
  const leftOver = lark.copyEvent(binned.event);
  await deleteInSalesforce(world, binned.id);
  await world.tick('find-deleted');
  await until(() => idsOf(ana, 'Binned Shop').length === 1, 'the removal');
  assert.deepEqual(idsOf(ana, 'Binned Shop'), [leftOver]);

  const handedOver = await booked(ben, 6, 'Handed Shop');
  const unknown = lark.copyEvent(handedOver.event);
  await editInSalesforce(world, handedOver.id, { Trainer__c: ana.Id });
  await sync(handedOver.id);
  assert.equal(idsOf(ben, 'Handed Shop').length, 1);

  world.clock.advance(2 * HOUR);
  const digest = await sweepUntilDigest();
  assert.match(digest, /3 calendar events removed, \d+ bookings? brought in step, 2 to look at/);
  assert.match(digest, new RegExp(`${mei.Name}.*a person has moved it`));
  assert.match(digest, new RegExp(`${ben.Name}.*belongs to another trainer`));

  assert.deepEqual(idsOf(mei, 'Twice Shop'), [twice.event], 'the copy is gone, the event of the booking is there');
  assert.deepEqual(idsOf(mei, 'Follow-up Shop'), [own]);
  assert.deepEqual(idsOf(mei, 'Dentist'), [dentist]);
  assert.deepEqual(idsOf(raj, 'Stuck Shop'), []);
  assert.deepEqual(idsOf(ana, 'Binned Shop'), []);
  assert.deepEqual(idsOf(ben, 'Handed Shop'), [unknown], 'nothing shows that it was made for them');
  assert.equal(idsOf(ana, 'Handed Shop').length, 1);

  const checks = async (id: string) =>
    (await timelineOf(world, id)).filter(({ Step__c }) => Step__c === 'Check').map(({ Message__c }) => Message__c);
  assert.match((await checks(twice.id)).join(), /removed: it is a second event for the same booking/);
  assert.match((await checks(stuck.id)).join(), /removed: its booking was cancelled/);
  const status = () =>
    world.soql<{ Status__c: string }>(
      `SELECT Status__c FROM Booking_Calendar_Event__c WHERE External_Event_ID__c = '${stuck.event}'`,
    );
  await until(async () => (await status())[0]?.Status__c === 'Removed', "the event's row in Salesforce");

  await world.tick('send-digest');
  const [mail, another] = world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(ADMIN));
  assert.equal(another, undefined, 'one mail, not one for each matter');
  assert.match(
    mail?.body ?? '',
    /Noted since the last mail\n- The nightly look for leftovers is done: 3 calendar events/,
  );

  // Again, with something else to find: the person's copy is not told of a second time.
  const more = await booked(raj, 8, 'More Shop');
  lark.copyEvent(more.event);
  world.clock.advance(2 * HOUR);
  assert.match(await sweepUntilDigest(), /1 calendar event removed, \d+ bookings? brought in step, 0 to look at/);
  assert.deepEqual(idsOf(raj, 'More Shop'), [more.event]);
  assert.deepEqual(idsOf(mei, 'Follow-up Shop'), [own]);
});

test('two records of one person: what the calendar holds for the other one stays, and nobody is told', async () => {
  const { lark } = world.standins;
  const current = await world.trainer(4);
  await world.connect(current.Email__c);
  await seedTrainers(world, [{ name: 'Before', email: current.Email__c }]);
  const valid = await booked(current, 6, 'Shared Shop');
  lark.copyEvent(valid.event);

  world.clock.advance(2 * HOUR);
  assert.match(await sweepUntilDigest(), /1 calendar event removed, \d+ bookings? brought in step, 0 to look at/);
  assert.deepEqual(idsOf(current, 'Shared Shop'), [valid.event]);
  assert.equal((await bookingRow(world, valid.id)).Sync_Status__c, 'Synced');
});
