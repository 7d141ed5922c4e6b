import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import type { Trainer } from '../../../src/core/trainer.ts';
import { tellTrainer, type TellTrainer, type TellTrainerDeps } from '../../../src/features/upcoming/tell-trainer.ts';
import { SalesforceError, type Mail } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';
import { silentLog } from '../../tokens/kit.ts';

const MINUTE_MS = 60_000;
const training = { trainerId: 'a0TTC0000000001YAA', bookingName: 'TB-00001', when: 'tomorrow' };
const connect: TellTrainer = { about: 'connect', ...training };
const putBack: TellTrainer = { about: 'put-back', ...training, bookingId: 'a0BTC0000000001YAA', what: 'moved' };

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const { close } of databases) await close();
});

let now: Date;
let mails: Mail[];
let sendMail: (mail: Mail) => Promise<void>;
const pass = (minutes: number) => void (now = new Date(now.getTime() + minutes * MINUTE_MS));

function startAgain(): void {
  now = new Date('2027-03-01T06:50:00Z');
  mails = [];
  sendMail = take;
}
const take = (mail: Mail) => Promise.resolve(void mails.push(mail));

function onEach(name: string, work: (deps: TellTrainerDeps) => Promise<void>): void {
  test(name, async (context) => {
    for (const { db, kind } of databases) {
      await context.test(kind, async () => {
        await db.deleteFrom('lease').execute();
        startAgain();
        await work({
          db,
          now: () => now,
          log: silentLog,
          records: { sendMail: (mail) => sendMail(mail) },
          findTrainer: () =>
            Promise.resolve({
              id: training.trainerId,
              name: 'Mei',
              email: 'mei@example.com',
              active: true,
            } as unknown as Trainer),
          createLink: () => Promise.resolve({ url: 'https://link.example', expiresAt: now }),
        });
      });
    }
  });
}

const isBusy = (error: AppError) => error.retryable;
const unanswered = (mail: Mail) => {
  mails.push(mail);
  return Promise.reject(new SalesforceError('unknown-outcome', 'no answer'));
};

onEach(
  'a process dies before the mail is out: the next attempt sends it, and only then the day is over',
  async (deps) => {
    const { promise: death, resolve: die } = Promise.withResolvers<void>();
    sendMail = () => new Promise(() => die());
    void tellTrainer(deps, connect);
    await death;
    sendMail = take;
    await assert.rejects(tellTrainer(deps, connect), isBusy, 'nobody knows yet that it died');
    pass(1);
    await tellTrainer(deps, connect);
    assert.equal(mails.length, 1);
    await tellTrainer(deps, { ...connect, bookingName: 'TB-00002' });
    pass(19 * 60);
    await tellTrainer(deps, connect);
    assert.equal(mails.length, 1, 'one mail for all trainings of the day');
    pass(2 * 60);
    await tellTrainer(deps, connect);
    assert.equal(mails.length, 2);
  },
);

onEach('two at once: one mail, whoever is late is told to come again', async (deps) => {
  const both = await Promise.allSettled([tellTrainer(deps, connect), tellTrainer(deps, connect)]);
  assert.equal(mails.length, 1);
  for (const one of both) if (one.status === 'rejected') assert.ok(isBusy(one.reason as AppError));
});

onEach('a mail that Salesforce refuses is tried again', async (deps) => {
  sendMail = () => Promise.reject(new SalesforceError('busy', 'not now'));
  await assert.rejects(tellTrainer(deps, connect), SalesforceError);
  sendMail = take;
  await tellTrainer(deps, connect);
  assert.equal(mails.length, 1);
});

for (const message of [connect, putBack]) {
  onEach(`a mail about ${message.about} that Salesforce does not answer counts as sent`, async (deps) => {
    sendMail = unanswered;
    await tellTrainer(deps, message);
    if (message.about === 'connect') await tellTrainer(deps, message);
    assert.equal(mails.length, 1);
  });
}
