import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createBrowser, openLink, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.close());

const DAY_MS = 86_400_000;
/** With the day on which a sweep leaves a fresh connection alone, shorter than Lark's refresh window of a week. */
const STEP_MS = 5 * DAY_MS;

interface Status {
  status: string;
  consentExpiresAt: string | null;
  forecast: { endsAt: string; reason: string; text: string } | null;
}
const statusOf = async ({ Email__c }: SampleTrainer) =>
  (await world.call<Status>('GET', `/api/lark/trainer/status?email=${encodeURIComponent(Email__c)}`)).body;

const reminders = () =>
  world.standins.salesforce.outbox.mails().filter(({ subject }) => subject.startsWith('Please connect Lark again'));
const remindersTo = ({ Email__c }: SampleTrainer) => reminders().filter(({ to }) => to.includes(Email__c));

/** Those who connect one after the other at the beginning end one after the other, too. */
const LATE_MS = 10 * 60_000;

/** What cron would do within the hour. */
async function keepAlive(): Promise<void> {
  await world.tick('refresh-due');
  await world.tick('flush-tokens');
}

/** Lets time pass until so many days before `end`, just over, with the sweeps that keep connections alive. */
async function liveUntil(end: Date, daysBefore: number): Promise<void> {
  const goal = end.getTime() - daysBefore * DAY_MS + LATE_MS;
  for (;;) {
    const rest = goal - world.clock.now().getTime();
    if (rest <= 0) return;
    world.clock.advance(Math.min(rest, STEP_MS));
    await keepAlive();
  }
}

/** A tick, and the mails of all since the beginning: no more, no fewer. */
async function tickAndCount(expected: [SampleTrainer, number][]): Promise<void> {
  await world.tick('announce-ends');
  const total = expected.reduce((sum, [, count]) => sum + count, 0);
  await until(() => reminders().length >= total, `${total} mails`);
  await world.tick('announce-ends');
  const counted = expected.map(([trainer]) => [trainer.Email__c, remindersTo(trainer).length]);
  assert.deepEqual(
    counted,
    expected.map(([trainer, count]) => [trainer.Email__c, count]),
  );
  assert.equal(reminders().length, total);
}

function dayIn(zone: string, instant: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'long' }).format(instant);
}

let silent: SampleTrainer;
let returning: SampleTrainer;
let leaving: SampleTrainer;
let inactive: SampleTrainer;
let later: SampleTrainer;
let end: Date;
let laterEnd: Date;

test('a year goes by: what ends when is in the status all the time, and no mail comes before its time', async () => {
  silent = await world.trainer(0);
  returning = await world.trainer(1);
  leaving = await world.trainer(2);
  inactive = await world.trainer(3);
  later = await world.trainer(4);
  for (const { Email__c } of [silent, returning, leaving, inactive]) await world.connect(Email__c);
  const first = await statusOf(silent);
  end = new Date(first.consentExpiresAt ?? assert.fail('no consent'));
  assert.deepEqual(first.forecast, {
    endsAt: end.toISOString(),
    reason: 'consent',
    text: `Lark will ask for your consent again on ${dayIn(silent.Time_Zone__c, end)}.`,
  });
  await liveUntil(end, 355);
  await world.connect(later.Email__c);
  laterEnd = new Date((await statusOf(later)).consentExpiresAt ?? assert.fail('no consent'));
  await liveUntil(end, 15);
  await tickAndCount([[silent, 0]]);
  const status = await statusOf(silent);
  assert.deepEqual([status.status, status.forecast?.endsAt], ['Connected', end.toISOString()]);
});

test('14 days ahead everybody who is connected and active gets one mail, with the day where they live and a link', async () => {
  const { salesforce } = world.standins;
  const off = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/${inactive.Id}`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('admin@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ Active__c: false }),
  });
  assert.equal(off.status, 204);
  await liveUntil(end, 14);
  await tickAndCount([
    [silent, 1],
    [returning, 1],
    [leaving, 1],
    [inactive, 0],
  ]);
  const [mail] = remindersTo(silent);
  assert.ok(mail?.body.includes(`ends on ${dayIn(silent.Time_Zone__c, end)}.`), mail?.body);
  assert.match(mail?.body ?? '', /Connect again before then, so that your trainings keep their links/);
  const [row] = await world.soql<{ Last_Reminder_At__c: string; Reminder_Count__c: number }>(
    `SELECT Last_Reminder_At__c, Reminder_Count__c FROM Onboarding_Trainer__c WHERE Id = '${silent.Id}'`,
  );
  assert.equal(row?.Reminder_Count__c, 1);
  const answer = await world.call('DELETE', `/api/lark/trainer/oauth/disconnect?email=${leaving.Email__c}`);
  assert.equal(answer.status, 200);
});

test('7 days ahead: one more, none to whom has disconnected; its link begins the connecting', async () => {
  await liveUntil(end, 7);
  await tickAndCount([
    [silent, 2],
    [returning, 2],
    [leaving, 1],
    [later, 0],
  ]);
  const link = /^http\S+ticket=\S+$/m.exec(remindersTo(returning).at(-1)?.body ?? '')?.[0] ?? assert.fail('no link');
  assert.match(await openLink(createBrowser(world.base), link), /authen\/v1\/authorize|\/authorize/);
  await world.connect(returning.Email__c);
  const { forecast } = await statusOf(returning);
  assert.ok(new Date(forecast?.endsAt ?? 0).getTime() - world.clock.now().getTime() > 364 * DAY_MS);
});

test('3 days and 1 day ahead: only who has not connected again', async () => {
  await liveUntil(end, 3);
  await tickAndCount([
    [silent, 3],
    [returning, 2],
    [leaving, 1],
    [later, 1],
  ]);
  await liveUntil(end, 1);
  await tickAndCount([
    [silent, 4],
    [returning, 2],
    [leaving, 1],
    [later, 1],
  ]);
});

test('the server was down over two stages: only the newest is told', async () => {
  await liveUntil(laterEnd, 8);
  await tickAndCount([
    [silent, 4],
    [returning, 2],
    [leaving, 1],
    [later, 1],
  ]);
  world.clock.advance(5.5 * DAY_MS);
  await keepAlive();
  await tickAndCount([
    [silent, 4],
    [returning, 2],
    [leaving, 1],
    [later, 2],
  ]);
  await liveUntil(laterEnd, 0.5);
  await tickAndCount([
    [silent, 4],
    [returning, 2],
    [leaving, 1],
    [later, 3],
  ]);
});

test('the consent is over: Lark says so, there is nothing to forecast, and connecting again starts a new year', async () => {
  await liveUntil(laterEnd, -1);
  await keepAlive();
  const over = await statusOf(later);
  assert.deepEqual([over.status, over.forecast], ['Needs Reconnect', null]);
  await world.connect(later.Email__c);
  const again = await statusOf(later);
  assert.equal(again.status, 'Connected');
  assert.ok(new Date(again.forecast?.endsAt ?? 0).getTime() - world.clock.now().getTime() > 364 * DAY_MS);
});
