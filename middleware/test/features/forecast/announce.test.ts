import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { noStep } from '../../../src/core/runtime.ts';
import type { Trainer } from '../../../src/core/trainer.ts';
import { announceEnd, type AnnounceEnd, type AnnounceEndDeps } from '../../../src/features/forecast/announce-end.ts';
import { announceEnds } from '../../../src/features/forecast/announce-ends.ts';
import { cleanUpAnnouncements } from '../../../src/features/forecast/announcements.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { SalesforceError, type Mail } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';

const DAY_MS = 86_400_000;
let now = new Date('2027-02-10T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const { close } of databases) await close();
});

const id = (number: number) => `lark:a0100000000000${number}AAA`;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface NewEnd {
  consent?: Date;
  failure?: string;
  refreshed?: Date;
  window?: Date;
  state?: 'connected' | 'needs-reconnect' | 'disconnected';
}

async function addHead(db: Database, connectionId: string, end: NewEnd): Promise<void> {
  const columns = {
    state: end.state ?? ('connected' as const),
    consent_expires_at: end.consent ?? null,
    refresh_expires_at: end.window ?? inDays(7),
    refreshed_at: end.refreshed ?? now,
    attempt_failure: end.failure ?? null,
  };
  await db
    .insertInto('token_head')
    .values({
      ...columns,
      connection_id: connectionId,
      epoch: 1,
      generation: 1,
      version: 1,
      saved_generation: 1,
      scopes: '',
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('connection_id').doUpdateSet(columns))
    .execute();
}

interface Stage {
  db: Database;
  deps: AnnounceEndDeps;
  mails: Mail[];
  /** One tick: what it enqueues is done at once. @returns whom it enqueued */
  tick: (pageSize?: number) => Promise<string[]>;
}

function stageOn(db: Database, change: Partial<AnnounceEndDeps> = {}, waiting: string[] = []): Stage {
  const mails: Mail[] = [];
  const deps: AnnounceEndDeps = {
    db,
    now: () => now,
    log: silent,
    step: noStep,
    writeLetter: (_template, _values, builtIn) => Promise.resolve(builtIn),
    publicUrl: 'https://connect.example',
    records: {
      sendMail: (mail) => Promise.resolve(void mails.push(mail)),
      update: (_object, rows) => Promise.resolve(rows.map(() => ({ id: undefined, success: true, errors: [] }))),
    },
    findTrainer: (reference) => {
      const trainerId = 'trainerId' in reference ? reference.trainerId : '';
      const trainer = { id: trainerId, name: trainerId, email: `${trainerId}@example.com`, active: true };
      return Promise.resolve({ ...trainer, timeZone: 'UTC', reminderCount: 0 } as Trainer);
    },
    createInvite: () => Promise.resolve({ url: 'https://connect.example/link', expiresAt: inDays(7) }),
    ...change,
  };
  return {
    db,
    deps,
    mails,
    tick: async (pageSize) => {
      const enqueued: string[] = [];
      const queue = {
        waitingKeys: () => Promise.resolve(new Set(waiting)),
        enqueueMany: async (_job: unknown, items: readonly { data: unknown }[]) => {
          for (const { data } of items) {
            enqueued.push((data as AnnounceEnd).connectionId);
            await announceEnd(deps, data as AnnounceEnd);
          }
        },
      } as unknown as Queue;
      await announceEnds({ db, now: () => now, queue }, pageSize);
      return enqueued;
    },
  };
}

beforeEach(async () => {
  now = new Date('2027-02-10T12:00:00Z');
  for (const { db } of databases) {
    await db.deleteFrom('token_head').execute();
    await db.deleteFrom('announcement').execute();
    await db.deleteFrom('outage').execute();
    await db.deleteFrom('lease').execute();
  }
});

function onEach(name: string, work: (db: Database) => Promise<void>): void {
  test(name, async (context) => {
    for (const { db, kind } of databases) await context.test(kind, () => work(db));
  });
}

onEach('a tick goes through all pages and tells everybody whose end is near, once', async (db) => {
  for (let number = 1; number <= 7; number++) await addHead(db, id(number), { consent: inDays(13) });
  await addHead(db, id(8), { consent: inDays(15) });
  await addHead(db, id(9), { consent: inDays(13), state: 'needs-reconnect' });
  await addHead(db, 'calendly:organisation', { consent: inDays(13) });
  const { tick } = stageOn(db);
  assert.deepEqual(
    await tick(2),
    [1, 2, 3, 4, 5, 6, 7].map((number) => id(number)),
  );
  assert.deepEqual(await tick(2), []);
});

onEach('stages that were missed: only the newest is told; a new end is told anew; past ends are not', async (db) => {
  await addHead(db, id(1), { consent: inDays(2) });
  const { tick, mails } = stageOn(db);
  await tick();
  assert.equal(mails.length, 1);
  const told = await db.selectFrom('announcement').select('days_ahead').execute();
  assert.deepEqual(told, [{ days_ahead: 3 }]);
  await addHead(db, id(1), { consent: inDays(12) });
  await tick();
  assert.equal(mails.length, 2);
  await addHead(db, id(1), { consent: inDays(-1) });
  assert.deepEqual(await tick(), []);
});

onEach('an end that comes back from Salesforce in whole seconds is not told again', async (db) => {
  now = new Date('2027-02-10T12:00:00.400Z');
  await addHead(db, id(1), { consent: inDays(13) });
  const { tick } = stageOn(db);
  assert.deepEqual(await tick(), [id(1)]);
  await addHead(db, id(1), { consent: new Date(inDays(13).getTime() - 400) });
  assert.deepEqual(await tick(), []);
});

onEach('a window that is not renewed is told, unless that is our fault or the whole provider fails', async (db) => {
  const failing = { failure: 'unrecognized', refreshed: inDays(-3), window: inDays(4), consent: inDays(200) };
  await addHead(db, id(1), failing);
  await addHead(db, id(2), { ...failing, failure: 'configuration' });
  await addHead(db, id(3), { ...failing, refreshed: inDays(-1) });
  await addHead(db, id(4), { ...failing, failure: 'configuration', consent: inDays(3) });
  const { tick, mails } = stageOn(db);
  await db.insertInto('outage').values({ provider: 'lark', opened_at: now }).execute();
  assert.deepEqual(await tick(), [id(4)], 'a consent ends in an outage too');
  await db.deleteFrom('outage').execute();
  assert.deepEqual(await tick(), [id(1)]);
  assert.match(mails.at(-1)?.body ?? '', /cannot be renewed at the moment and ends on 14 February 2027/);
});

onEach('Salesforce does not take the mail: it counts as not told, and the next attempt tells it', async (db) => {
  await addHead(db, id(1), { consent: inDays(13) });
  let down = true;
  const { deps, mails } = stageOn(db);
  const records: AnnounceEndDeps['records'] = {
    ...deps.records,
    sendMail: (mail) =>
      down ? Promise.reject(new SalesforceError('unreachable', 'down')) : deps.records.sendMail(mail),
  };
  const job = { connectionId: id(1) };
  await assert.rejects(announceEnd({ ...deps, records }, job), SalesforceError);
  down = false;
  await announceEnd({ ...deps, records }, job);
  await announceEnd({ ...deps, records }, job);
  assert.equal(mails.length, 1);
});

onEach(
  'Salesforce does not say whether it has sent the mail: it is sent again with the next hour, not at once',
  async (db) => {
    await addHead(db, id(1), { consent: inDays(13) });
    const { deps, mails } = stageOn(db);
    const sendMail: AnnounceEndDeps['records']['sendMail'] = async (mail) => {
      await deps.records.sendMail(mail);
      throw new SalesforceError('unknown-outcome', 'no answer');
    };
    const job = { connectionId: id(1) };
    // The job does not fail, so that its queue does not repeat it.
    await announceEnd({ ...deps, records: { ...deps.records, sendMail } }, job);
    assert.equal(mails.length, 1);
    await announceEnd(deps, job);
    await announceEnd(deps, job);
    assert.equal(mails.length, 2);
  },
);

onEach(
  'two workers with the same job send one mail; a reminder that cannot be noted does not repeat it',
  async (db) => {
    await addHead(db, id(1), { consent: inDays(13) });
    const records: Partial<AnnounceEndDeps['records']> = {
      update: () => Promise.reject(new SalesforceError('busy', 'locked')),
    };
    const { deps, mails } = stageOn(db);
    const both = { ...deps, records: { ...deps.records, ...records } };
    await Promise.all([1, 2].map(() => announceEnd(both, { connectionId: id(1) })));
    await announceEnd(both, { connectionId: id(1) });
    assert.equal(mails.length, 1);
  },
);

onEach('reconnected, disconnected, told or inactive between tick and job: no mail', async (db) => {
  const { deps, mails } = stageOn(db);
  const job = { connectionId: id(1) };
  await addHead(db, id(1), { consent: inDays(365) });
  await announceEnd(deps, job);
  await addHead(db, id(1), { consent: inDays(13), state: 'disconnected' });
  await announceEnd(deps, job);
  await announceEnd(deps, { connectionId: id(2) });
  await addHead(db, id(1), { consent: inDays(13) });
  const inactive: AnnounceEndDeps['findTrainer'] = async (reference) => ({
    ...(await deps.findTrainer(reference)),
    active: false,
  });
  await announceEnd({ ...deps, findTrainer: inactive }, job);
  const off = () => Promise.reject(new AppError('provider_off', 'off'));
  await announceEnd({ ...deps, createInvite: off }, job);
  assert.equal(mails.length, 0);
  await announceEnd(deps, job);
  assert.equal(mails.length, 1, 'and with all in order there is one');
});

onEach('a mail that is being tried again already is not enqueued a second time', async (db) => {
  await addHead(db, id(1), { consent: inDays(13) });
  await addHead(db, id(2), { consent: inDays(13) });
  assert.deepEqual(await stageOn(db, {}, [id(1)]).tick(), [id(2)]);
});

onEach('what was told is forgotten a day after the end', async (db) => {
  await addHead(db, id(1), { consent: inDays(1) });
  await stageOn(db).tick();
  const kept = async () => (await db.selectFrom('announcement').selectAll().execute()).length;
  now = inDays(2);
  await cleanUpAnnouncements({ db, now: () => now });
  assert.equal(await kept(), 1);
  now = inDays(0.1);
  await cleanUpAnnouncements({ db, now: () => now });
  assert.equal(await kept(), 0);
});
