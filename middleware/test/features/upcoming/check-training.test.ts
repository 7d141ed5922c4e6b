import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { ProviderError } from '../../../src/core/provider-error.ts';
import { checkTraining, type CheckTrainingDeps } from '../../../src/features/upcoming/check-training.ts';
import type { ExpectedTraining } from '../../../src/features/upcoming/expected-training.ts';
import type { LookAtTrainingDeps } from '../../../src/features/upcoming/look-at-training.ts';
import type { TellTrainer } from '../../../src/features/upcoming/tell-trainer.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';

const NOW = new Date('2026-11-21T04:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);
const LINK = 'https://vc.example/r1';
const first = { lastAttempt: false };
const last = { lastAttempt: true };
const job = { bookingId: 'a0BTC0000000001YAA' };

let database: OpenDatabase;
let expected: ExpectedTraining | undefined;
let lark: LookAtTrainingDeps;
let written: { outcome: string; message: string; differences: number }[];
let mails: TellTrainer[];
let alerts: string[];
let passes: string[];
let hasChanged: boolean;
let deps: CheckTrainingDeps;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());

const training: ExpectedTraining = {
  ...job,
  name: 'TB-00001',
  trainerId: 'a0TTC0000000001YAA',
  trainerName: 'Mei',
  revision: 1,
  connectionId: 'lark:a0TTC0000000001YAA',
  start: hours(24),
  end: hours(25),
  timeZone: 'Asia/Singapore',
  isDue: true,
  isConflict: false,
  isInStep: true,
  syncError: undefined,
  link: LINK,
  isTyped: false,
  needsLink: true,
  calendar: { mayCreate: true, mayUpdate: true },
  event: { key: 'e1', calendarId: 'primary', eventId: 'event-1', ownMeeting: false, link: LINK },
  reservation: { key: 'r1', reserveId: 'reserve-1', link: LINK, topic: 'Training', endsAt: hours(27) },
};

beforeEach(async () => {
  await database.db.deleteFrom('upcoming_check').execute();
  expected = training;
  [written, mails, alerts, passes, hasChanged] = [[], [], [], [], false];
  lark = {
    tokens: {
      accessTokenFor: () => Promise.resolve({ value: 'token', expiresAt: hours(1), generation: 1 }),
      withAccessToken: (_connection, call) => call('token'),
    },
    events: {
      readEvent: () =>
        Promise.resolve({
          eventId: 'event-1',
          calendarId: 'primary',
          start: training.start,
          end: training.end,
          timeZone: 'Asia/Singapore',
          meetingUrl: LINK,
          createdAt: hours(-24),
          organizerId: 'ou_mei',
          mark: undefined,
        }),
      listMarked: () => Promise.resolve([]),
    },
    meetings: { extend: () => Promise.resolve() },
  };
  deps = {
    db: database.db,
    now: () => NOW,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    queue: { enqueue: (_job, data) => Promise.resolve(void mails.push(data as TellTrainer)) },
    lark: () => lark,
    inspect: () => Promise.resolve(expected),
    correct: async ({ entry: { outcome, message }, corrections, also }) => {
      if (hasChanged) return false;
      await database.db.transaction().execute(also);
      written.push({ outcome, message, differences: corrections.length });
      return true;
    },
    bringInStep: (bookingId) => Promise.resolve(void passes.push(bookingId)),
    alert: (message) => Promise.resolve(void alerts.push(message)),
  };
});

const nobodyWasTold = () => assert.deepEqual([mails, alerts], [[], []]);
const failsWith = (error: Error) => () => Promise.reject(error);
const appError = (code: 'not_connected' | 'needs_reconnect' | 'on_hold', message = 'No access.') =>
  new AppError(code, message);

test('All well: one line, nobody is told, and the same revision is not looked at again', async () => {
  await checkTraining(deps, job, first);
  await checkTraining(deps, job, first);
  assert.deepEqual(
    written.map(({ outcome }) => outcome),
    ['ok'],
  );
  nobodyWasTold();
  expected = { ...training, revision: 2 };
  await checkTraining(deps, job, first);
  assert.equal(written.length, 2);
});

const notDue: [string, () => void][] = [
  ['does not exist any more', () => (expected = undefined)],
  ['is cancelled', () => (expected = { ...training, isDue: false })],
  ['has begun', () => (expected = { ...training, start: hours(-0.1) })],
  ['is looked at while Lark is switched off', () => (deps.lark = () => undefined)],
];
for (const [what, change] of notDue) {
  test(`A training that ${what}: nothing`, async () => {
    change();
    await checkTraining(deps, job, last);
    assert.deepEqual([written, passes], [[], []]);
    nobodyWasTold();
  });
}

test('A moved event: put back, and the trainer is told of it', async () => {
  const seen = await lark.events.readEvent('', { calendarId: '', eventId: '' });
  assert.notEqual(seen, 'gone');
  lark.events.readEvent = () =>
    Promise.resolve({ ...(seen as object), start: hours(30), end: hours(31) } as typeof seen);
  await checkTraining(deps, job, first);
  assert.deepEqual(
    written.map(({ outcome, differences }) => [outcome, differences]),
    [['repaired', 1]],
  );
  assert.deepEqual(
    mails.map((mail) => (mail.about === 'put-back' ? mail.what : mail.about)),
    ['moved'],
  );
  assert.deepEqual(alerts, []);
});

test('A reservation that is gone is found without reading it', async () => {
  lark.meetings.extend = failsWith(new ProviderError('lark', 'not-found', 'Gone.'));
  await checkTraining(deps, job, first);
  assert.match(written[0]?.message ?? '', /reserved meeting does not exist any more/);
  nobodyWasTold();
});

for (const code of ['not_connected', 'needs_reconnect'] as const) {
  test(`A trainer who is ${code}: they and the administrators are told, at the first attempt and once`, async () => {
    lark.tokens.accessTokenFor = failsWith(appError(code));
    await checkTraining(deps, job, first);
    await checkTraining(deps, job, first);
    assert.deepEqual(
      written.map(({ outcome }) => outcome),
      ['failed'],
    );
    assert.deepEqual(
      mails.map(({ about }) => about),
      ['connect'],
    );
    assert.equal(alerts.length, 1);
    assert.doesNotMatch(alerts[0] ?? '', /TB-00001/, 'one text for all trainings of the trainer');
  });
}

test('A missing permission is mended by connecting again', async () => {
  lark.events.readEvent = failsWith(new ProviderError('lark', 'scope-missing', 'A scope is missing.'));
  await checkTraining(deps, job, first);
  assert.deepEqual(
    mails.map(({ about }) => about),
    ['connect'],
  );
});

test('An account on hold waits for the administrators: no mail to the trainer', async () => {
  lark.tokens.accessTokenFor = failsWith(appError('on_hold'));
  await checkTraining(deps, job, first);
  assert.deepEqual(mails, []);
  assert.match(alerts[0] ?? '', /TB-00001/);
});

test('An onsite training of a trainer without Lark is nobody’s trouble', async () => {
  expected = { ...training, needsLink: false, event: undefined, reservation: undefined, link: undefined };
  lark.tokens.accessTokenFor = failsWith(appError('not_connected'));
  await checkTraining(deps, job, first);
  assert.deepEqual(
    written.map(({ outcome }) => outcome),
    ['skipped'],
  );
  nobodyWasTold();
});

test('Trouble that may pass is tried again; at the last attempt the administrators are told', async () => {
  const { events } = lark;
  lark.events = {
    ...events,
    readEvent: failsWith(new ProviderError('lark', 'temporary', 'Lark is unavailable at the moment.')),
  };
  await assert.rejects(checkTraining(deps, job, first), (error: AppError) => error.retryable);
  assert.equal(written.length, 0);
  nobodyWasTold();
  await checkTraining(deps, job, last);
  assert.deepEqual(
    written.map(({ outcome }) => outcome),
    ['failed'],
  );
  assert.match(written[0]?.message ?? '', /could not be looked at: Lark is unavailable/);
  assert.deepEqual(mails, []);
  // The next hour, and other trouble: told already.
  lark.events = { ...events, readEvent: failsWith(new ProviderError('lark', 'rate-limited', 'Slower, please.')) };
  await checkTraining(deps, job, last);
  assert.equal(alerts.length, 1);
  // Later all is well again: the training is looked at, because nobody could before.
  lark.events = events;
  await checkTraining(deps, job, first);
  await checkTraining(deps, job, first);
  assert.deepEqual(
    written.map(({ outcome }) => outcome),
    ['failed', 'failed', 'ok'],
  );
});

test('A long outage is told once for all trainings, and again when it comes back after a look', async () => {
  const { events } = lark;
  const away = { ...events, readEvent: failsWith(new ProviderError('lark', 'temporary', 'Lark is unavailable.')) };
  const ids = ['a0BTC0000000001YAA', 'a0BTC0000000002YAA', 'a0BTC0000000003YAA'];
  let now = NOW;
  const lookAt = async (bookingId: string) => {
    expected = { ...training, bookingId, name: bookingId };
    await checkTraining({ ...deps, now: () => now }, { bookingId }, last);
  };
  lark.events = away;
  for (let hour = 0; hour < 8; hour++, now = hours(hour)) for (const id of ids) await lookAt(id);
  assert.equal(alerts.length, 1);
  assert.doesNotMatch(alerts[0] ?? '', /a0BTC|Mei/, 'one text for all trainings');
  // One can be looked at again, the others cannot: nothing new.
  lark.events = events;
  await lookAt(ids[0] ?? '');
  lark.events = away;
  await lookAt(ids[1] ?? '');
  assert.equal(alerts.length, 1);
  lark.events = events;
  for (const id of ids) await lookAt(id);
  lark.events = away;
  await lookAt('a0BTC0000000004YAA');
  assert.equal(alerts.length, 2);
  assert.equal(alerts[1], alerts[0]);
  // That one is cancelled, so that nobody looks at it any more.
  now = hours(12);
  await lookAt('a0BTC0000000005YAA');
  assert.equal(alerts.length, 3);
});

const cutShort: [what: string, change: () => void][] = [
  ['the pass', () => (deps.bringInStep = failsWith(new Error('the queue is away')))],
  ['the alert', () => (deps.alert = failsWith(new Error('the queue is away')))],
];
for (const [what, change] of cutShort) {
  test(`${what} that must follow cannot be enqueued: nothing is written, the repetition does it all`, async () => {
    expected =
      what === 'the pass' ? { ...training, link: 'https://vc.example/old' } : { ...training, isConflict: true };
    const { bringInStep, alert } = deps;
    change();
    await assert.rejects(checkTraining(deps, job, first), /the queue is away/);
    assert.deepEqual(written, []);
    Object.assign(deps, { bringInStep, alert });
    await checkTraining(deps, job, first);
    assert.equal(written.length, 1);
    assert.equal(passes.length + alerts.length, 1);
  });
}

test('A booking that is not in step gets its pass first', async () => {
  expected = { ...training, isInStep: false, syncError: 'Lark does not accept this event.' };
  await assert.rejects(checkTraining(deps, job, first), (error: AppError) => error.retryable);
  assert.deepEqual([passes, written], [[job.bookingId], []]);
  await checkTraining(deps, job, last);
  assert.match(alerts[0] ?? '', /cannot be brought in step: Lark does not accept this event/);
});

test('A booking without its event gets a pass; where the trainer wants no events there is nothing to miss', async () => {
  expected = { ...training, event: undefined };
  await assert.rejects(checkTraining(deps, job, first));
  assert.deepEqual(passes, [job.bookingId]);
  expected = { ...training, event: undefined, calendar: { mayCreate: false, mayUpdate: false } };
  await checkTraining(deps, job, first);
  assert.deepEqual(
    written.map(({ outcome }) => outcome),
    ['ok'],
  );
});

test('A conflict is told to the administrators', async () => {
  expected = { ...training, isConflict: true, isInStep: false };
  await checkTraining(deps, job, first);
  assert.match(alerts[0] ?? '', /another booking has its time/);
});

test('What changed while it was looked at is looked at again', async () => {
  hasChanged = true;
  await assert.rejects(checkTraining(deps, job, last), (error: AppError) => error.retryable);
  nobodyWasTold();
  hasChanged = false;
  await checkTraining(deps, job, first);
  assert.equal(written.length, 1);
});

test('An old link in Salesforce: a pass writes the right one', async () => {
  expected = { ...training, link: 'https://vc.example/old' };
  await checkTraining(deps, job, first);
  assert.deepEqual(passes, [job.bookingId]);
  assert.deepEqual(
    written.map(({ outcome, differences }) => [outcome, differences]),
    [['repaired', 0]],
  );
});
