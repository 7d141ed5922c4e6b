import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  askAvailability,
  busyReads,
  forgetAnswers,
  forgetTrainers,
  tuesdayAhead,
  type SeveralAnswer,
} from '../kit/availability.ts';
import { atLark, book, bookingOf } from '../kit/bookings.ts';
import { startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';
import { parseConfig } from '../../src/config.ts';
import { createSealer } from '../../src/tokens/seal.ts';

const DAY = 86_400_000;

let world: World;
let wei: SampleTrainer;
let second: SampleTrainer;
let unconnected: SampleTrainer;
let weeks = 1;

before(async () => {
  world = await startWorld();
  [wei, second, unconnected] = [await world.trainer(0), await world.trainer(1), await world.trainer(2)];
  for (const { Email__c } of [wei, second]) await world.connect(Email__c);
});
after(() => world.close());

const aDay = () => tuesdayAhead(world, ++weeks);
const askAll = (trainerId: readonly string[], date: string) =>
  askAvailability<SeveralAnswer>(world, { trainerId, date });

test('anyone free on Tuesday: each trainer by themselves, and for every slot who of them is free', async () => {
  const date = aDay();
  const ids = [wei, second, unconnected].map(({ Id }) => Id);
  const booked = await book(world, bookingOf(world, wei, 0, { date }));
  assert.equal(booked.status, 201, booked.text);
  const { status, body } = await askAll(ids, date);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['trainers', 'slots', 'unknown', 'notes']);
  assert.deepEqual(
    body.trainers.map(({ trainer }) => trainer.id),
    ids,
  );
  for (const one of body.trainers) {
    const alone = await askAvailability(world, { trainerId: one.trainer.id, date });
    assert.deepEqual(one, alone.body, 'the same as when asked alone');
    const together = body.slots.filter(({ trainerIds }) => trainerIds.includes(one.trainer.id));
    assert.deepEqual(
      together.map(({ start, end }) => ({ start, end })),
      one.slots,
    );
  }
  assert.deepEqual(
    body.slots.map(({ start }) => start),
    body.slots.map(({ start }) => start).toSorted(),
  );
  assert.equal(new Set(body.slots.map(({ start, end }) => `${start}/${end}`)).size, body.slots.length);
  assert.ok(body.slots.some(({ trainerIds }) => trainerIds.length > 1));
  assert.deepEqual(body.notes, [`${unconnected.Name} has no calendar connected; only bookings are known.`]);
});

test('one broken calendar makes one trainer unknown; the others are offered', async () => {
  const date = aDay();
  world.standins.lark.faults.add({ kind: 'status', status: 500, path: 'freebusy', times: 1 });
  const { body } = await askAll([wei.Id, second.Id], date);
  world.standins.lark.faults.release();
  const [entry] = body.unknown;
  assert.equal(body.unknown.length, 1);
  assert.equal(entry?.trainerIds.length, 1);
  const [broken] = entry?.trainerIds ?? [];
  const [other] = [wei.Id, second.Id].filter((id) => id !== broken);
  assert.ok(body.slots.length > 0);
  assert.ok(body.slots.every(({ trainerIds }) => trainerIds.length === 1 && trainerIds[0] === other));
});

test('an id that is given twice counts once; one among several that nobody has is 404 and named', async () => {
  const date = aDay();
  const { body } = await askAll([wei.Id, wei.Id.slice(0, 15)], date);
  assert.deepEqual(
    body.trainers.map(({ trainer }) => trainer.id),
    [wei.Id],
  );
  const missing = await askAll([wei.Id, 'a00000000000001AAA'], date);
  assert.deepEqual([missing.status, missing.body.error?.code], [404, 'trainer_not_found']);
  assert.match(missing.body.error?.message ?? '', /a00000000000001AAA/);
  assert.doesNotMatch(missing.body.error?.message ?? '', new RegExp(wei.Id));
});

test('disconnecting and connecting again is seen at once: nothing that another connection said is used', async () => {
  const date = aDay();
  await askAll([wei.Id, second.Id], date);
  const gone = await world.call('DELETE', `/api/lark/trainer/oauth/disconnect?email=${second.Email__c}`);
  assert.equal(gone.status, 200, gone.text);
  const without = await askAll([wei.Id, second.Id], date);
  assert.deepEqual(without.body.notes, [`${second.Name} has no calendar connected; only bookings are known.`]);
  const since = world.standins.lark.journal.mark();
  await world.connect(second.Email__c);
  const again = await askAll([wei.Id, second.Id], date);
  assert.deepEqual(again.body.notes, []);
  assert.equal(busyReads(world, since).length, 1, 'the new connection is asked, the old one is remembered');
});

test('20 trainers over a week: one query for the trainers, one for the bookings, and all calendars at the same time', async () => {
  const ids = await twentyConnectedTrainers();
  const from = aDay();
  const to = new Date(Date.parse(from) + 6 * DAY).toISOString().slice(0, 10);
  const week = { trainerId: ids, from, to };
  // The database gets to know their tokens.
  await askAvailability(world, week);
  forgetAnswers(world);
  forgetTrainers(world);
  const outside = world.watchOutside();
  const since = world.standins.lark.journal.mark();
  const { lark, salesforce } = world.standins;
  const heldReads = lark.faults.add({ kind: 'withhold', path: 'freebusy', times: 0 });
  const heldBookings = salesforce.faults.add({ kind: 'withhold', path: '/query$', skip: 1, times: 1 });
  const asked = askAvailability<SeveralAnswer>(world, week);
  // Nothing is answered before all of it is asked: one after the other would never get there.
  await until(() => busyReads(world, since).length === 20, 'asking all calendars at once');
  assert.ok(busyReads(world, since).every(({ endedAt }) => endedAt === undefined));
  await until(() => heldBookings.used === 1, 'asking for the bookings meanwhile');
  lark.faults.release(heldReads.id);
  salesforce.faults.release(heldBookings.id);
  const { status, body } = await asked;
  assert.equal(status, 200);
  assert.equal(body.trainers.filter(({ slots }) => slots.length > 0).length, 20);
  assert.deepEqual([body.unknown, body.notes], [[], []]);

  const { entries, inSequence } = outside();
  const calls = entries.map(({ method, path, query }) => `${method} ${path} ${JSON.stringify(query)}`);
  assert.equal(entries.filter(({ standin }) => standin === 'salesforce').length, 2, calls.join('\n'));
  assert.equal(entries.length, 22, calls.join('\n'));
  assert.equal(inSequence, 2, 'the trainers, then bookings and calendars together');
});

test('when the tokens of all have ended, a calendar is waited for twice: the renewal and the question', async () => {
  const trainers = await Promise.all([3, 4, 5, 6].map((index) => world.trainer(index)));
  for (const { Email__c } of trainers) await world.connect(Email__c);
  const ids = trainers.map(({ Id }) => Id);
  const date = tuesdayAhead(world, ++weeks);
  await askAll(ids, date);
  world.clock.advance(2 * 3_600_000);
  const { lark } = world.standins;
  const mark = lark.journal.mark();
  const renewals = () => lark.journal.entries({ since: mark, path: /oauth\/token$/ });
  const heldTokens = lark.faults.add({ kind: 'withhold', path: 'oauth/token', times: 0 });
  const heldReads = lark.faults.add({ kind: 'withhold', path: 'freebusy', times: 0 });
  const asked = askAll(ids, date);
  await until(() => renewals().length === ids.length, 'renewing all tokens at once');
  lark.faults.release(heldTokens.id);
  await until(() => busyReads(world, mark).length === ids.length, 'asking all calendars at once');
  lark.faults.release(heldReads.id);
  const { body } = await asked;
  assert.ok(
    body.trainers.every(({ slots }) => slots.length > 0),
    JSON.stringify(body.unknown),
  );
  assert.equal(lark.journal.entries({ since: mark }).length, 2 * ids.length);
});

/**
 * 20 more trainers as a lost database finds them: their records in Salesforce hold a sealed token. There are not as many
 * people at Lark, so all of them use Wei's.
 */
async function twentyConnectedTrainers(): Promise<string[]> {
  const config = parseConfig(world.environment);
  const sealer = createSealer({
    orgId: config.salesforce.orgId,
    ...config.encryption,
  });
  const [row] = await world.soql<Record<string, string>>(
    `SELECT Lark_Access_Token__c, Lark_Refresh_Token__c, Lark_Token_Expires_At__c FROM Onboarding_Trainer__c WHERE Id = '${wei.Id}'`,
  );
  const open = (field: 'access' | 'refresh', sealed: string) =>
    sealer.open({ connectionId: `lark:${wei.Id}`, field }, sealed);
  const access = open('access', row?.['Lark_Access_Token__c'] ?? '');
  const refresh = open('refresh', row?.['Lark_Refresh_Token__c'] ?? '');
  const send = async (method: string, path: string, body: object) => {
    const { salesforce } = world.standins;
    const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${salesforce.sessionFor('integration@trainer-connect.example')}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, text);
    return text === '' ? undefined : (JSON.parse(text) as { id: string });
  };
  return Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const trainer = {
        Name: `Trainer ${index}`,
        Email__c: `trainer.${index}@many.example`,
        Active__c: true,
        Time_Zone__c: ['Asia/Singapore', 'Europe/Paris', 'America/New_York'][index % 3],
      };
      const made = await send('POST', '', trainer);
      const id = made?.id ?? assert.fail('no id');
      const sealed = (field: 'access' | 'refresh', value: string) =>
        sealer.seal({ connectionId: `lark:${id}`, field }, value);
      const tokens = {
        Lark_User_ID__c: atLark(world, wei).openId,
        Lark_Access_Token__c: sealed('access', access),
        Lark_Refresh_Token__c: sealed('refresh', refresh),
        Lark_Token_Expires_At__c: row?.['Lark_Token_Expires_At__c'],
        Lark_Connected__c: true,
        Lark_Connection_Status__c: 'Connected',
        Lark_Token_Generation__c: 1,
      };
      await send('PATCH', `/${id}`, tokens);
      return id;
    }),
  );
}
