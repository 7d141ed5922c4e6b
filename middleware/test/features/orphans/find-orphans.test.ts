import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Trainer } from '../../../src/core/trainer.ts';
import { findOrphans, sweepPage, type FindOrphansDeps } from '../../../src/features/orphans/find-orphans.ts';
import { cleanUpReports } from '../../../src/features/orphans/reports.ts';
import type { SeenEvent } from '../../../src/providers/ports/event-reader.ts';
import { SalesforceError, soql, type Row, type Soql } from '../../../src/salesforce/records.ts';
import { readRun } from '../../../src/storage/runs.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { silentLog } from '../../tokens/kit.ts';

const NOW = new Date('2026-11-21T04:00:00Z');
const DAY_MS = 24 * 3_600_000;
const idOf = (prefix: string, number: number) => `${prefix}TC${String(number).padStart(10, '0')}2AA`;
const trainerId = (number: number) => idOf('a0T', number);
const bookingId = (number: number) => idOf('a0B', number);

let database: OpenDatabase;
let now: Date;
/** How many trainers are connected; each has one event, of the booking with their number. */
let trainers: number;
let asked: { query: string[]; queryAll: string[] };
/** Bookings that make a query that asks for them fail. */
let refused: Map<string, SalesforceError>;
let notes: string[];
let runIds: string[];
let deps: FindOrphansDeps;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());

beforeEach(async () => {
  const { db } = database;
  for (const table of ['run', 'run_result', 'orphan_report'] as const) await db.deleteFrom(table).execute();
  now = NOW;
  trainers = 3;
  asked = { query: [], queryAll: [] };
  refused = new Map();
  [notes, runIds] = [[], []];
  const numbers = () => Array.from({ length: trainers }, (_, index) => index + 1);
  deps = {
    db,
    now: () => now,
    log: silentLog,
    records: {
      query: <T extends Row>({ text }: Soql) => {
        asked.query.push(text);
        const from = /Id > '(\w+)'/.exec(text)?.[1] ?? '';
        const limit = Number(/LIMIT (\d+)/.exec(text)?.[1]);
        const ids = numbers().map(trainerId);
        return Promise.resolve(
          ids
            .filter((id) => id > from)
            .slice(0, limit)
            .map((Id) => ({ Id }) as Row as T),
        );
      },
      queryAll: <T extends Row>({ text }: Soql) => {
        asked.queryAll.push(text);
        const error = [...refused].find(([id]) => text.includes(id))?.[1];
        // No such booking: each event is told of.
        return error ? Promise.reject(error) : Promise.resolve([] as T[]);
      },
    },
    trainers: {
      queryWhere: (where) => soql`SELECT Id FROM Onboarding_Trainer__c WHERE ${where}`,
      fromRow: ({ Id }) => ({ id: Id, name: `Trainer ${Number(String(Id).slice(5, 15))}`, lark: {} }) as Trainer,
    },
    tokens: { withAccessToken: (connectionId, call) => call(connectionId) },
    connections: { stateOf: (connectionId) => Promise.resolve({ subjectId: `ou of ${connectionId}` } as never) },
    lark: () => ({
      events: {
        readEvent: () => Promise.resolve('gone'),
        listMarked: (token) => Promise.resolve([eventOf(token)]),
      },
      calendar: { deleteEvent: () => Promise.resolve('deleted') },
    }),
    effectsOf: () => Promise.resolve([]),
    nextEffects: () => Promise.resolve([]),
    asTheOnlyOne: (_bookingId, work) => work(),
    noteRemoved: () => Promise.resolve(),
    bringInStep: () => Promise.resolve(),
    queue: { enqueue: (_job, data) => Promise.resolve(void runIds.push((data as { runId: string }).runId)) },
    note: (message) => Promise.resolve(void notes.push(message)),
  };
});

function eventOf(token: string): SeenEvent {
  const [start, end] = [new Date(NOW.getTime() + 2 * DAY_MS), new Date(NOW.getTime() + 3 * DAY_MS)];
  return {
    eventId: `event of ${token}`,
    calendarId: 'calendar',
    start,
    end,
    timeZone: 'UTC',
    meetingUrl: undefined,
    createdAt: new Date(NOW.getTime() - DAY_MS),
    organizerId: `ou of ${token}`,
    mark: { bookingId: bookingId(Number(token.slice(10, 20))), start, end },
  };
}

async function night() {
  await findOrphans(deps);
  const runId = runIds.at(-1) ?? assert.fail('no run');
  for (let pages = runIds.length; ; pages = runIds.length) {
    await sweepPage(deps, { runId });
    if (runIds.length === pages) break;
  }
  return (await readRun(deps, runId)) ?? assert.fail('no run');
}
const results = () => database.db.selectFrom('run_result').selectAll().orderBy('number').execute();

test('A page of trainers costs two calls of Salesforce, however many they are', async () => {
  trainers = 120;
  const run = await night();
  assert.deepEqual([run.state, run.failed], ['done', 120]);
  assert.deepEqual([asked.query.length, asked.queryAll.length], [3, 3]);
});

test('A calendar that Salesforce will not be asked about is told, and the others are looked through', async () => {
  refused.set(bookingId(2), new SalesforceError('refused', 'Salesforce refused the call: invalid ID field'));
  const run = await night();
  assert.deepEqual([run.state, run.failed], ['done', 3]);
  const told = run.errors.map(({ message }) => message).join('\n');
  assert.match(told, /The calendar of Trainer 2 could not be looked through: .*invalid ID field/);
  assert.match(told, /In the calendar of Trainer 1 an event/);
  assert.match(told, /In the calendar of Trainer 3 an event/);
  const codes = (await results()).map(({ trainer_id, code }) => [trainer_id, code]);
  assert.deepEqual(codes.toSorted(), [
    [trainerId(1), 'leftover'],
    [trainerId(2), 'calendar_unread'],
    [trainerId(3), 'leftover'],
  ]);
});

test('While Salesforce does not answer the page waits', async () => {
  refused.set(bookingId(2), new SalesforceError('unreachable', 'Salesforce does not answer.'));
  await assert.rejects(night(), /does not answer/);
  const run = await readRun(deps, runIds.at(-1) ?? '');
  assert.deepEqual([run?.state, run?.position, run?.failed], ['running', '', 0]);
  assert.equal(asked.queryAll.length, 1);
});

test('Whoever dies between the end of a run and its note leaves both to the next', async () => {
  const { note } = deps;
  deps.note = () => {
    deps.note = note;
    throw new Error('the process ends here');
  };
  await assert.rejects(night(), /the process ends here/);
  assert.equal((await night()).state, 'done');
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? '', /3 to look at/);
});

test('What the mail has no room for stands in the results of the run, and is told once', async () => {
  trainers = 60;
  const run = await night();
  assert.match(notes[0] ?? '', new RegExp(`And \\d+ more: GET /api/admin/runs/${run.id}/results`));
  assert.equal((await results()).length, 60);
  assert.equal((await night()).failed, 0);
  assert.equal(notes.length, 1);
});

test('A page that somebody else has counted meanwhile counts nothing as told', async () => {
  const { note, ...rest } = deps;
  await findOrphans(deps);
  const runId = runIds[0] ?? assert.fail('no run');
  const slow: FindOrphansDeps = {
    ...rest,
    note,
    effectsOf: async () => {
      await database.db.updateTable('run').set({ position: 'booking:' }).where('id', '=', runId).execute();
      return [];
    },
  };
  await sweepPage(slow, { runId });
  assert.deepEqual(await database.db.selectFrom('orphan_report').selectAll().execute(), []);
  assert.deepEqual(await results(), []);
});

test('What was told is forgotten when no calendar can show it any more', async () => {
  await night();
  const kept = () => database.db.selectFrom('orphan_report').selectAll().execute();
  now = new Date(NOW.getTime() + 407 * DAY_MS);
  await cleanUpReports(deps);
  assert.equal((await kept()).length, 3);
  now = new Date(now.getTime() + 1);
  await cleanUpReports(deps);
  assert.deepEqual(await kept(), []);
});
