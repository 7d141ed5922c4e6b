import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { bookingOf } from '../../middleware/test/kit/bookings.ts';
import { callerOf, keys, type SampleTrainer, type World } from '../../middleware/test/kit/world.ts';
import { callSalesforce, changeRow, insertRows } from './salesforce.ts';
import { connectLark, visit, type Stage, type Visitor } from './stage.ts';

export const MONITOR = '/lightning/n/Connection_Monitor';
export const ADMINISTRATION = 'Trainer_Connect_Administration';
const DAY_MS = 86_400_000;

async function trainerOf(stage: Pick<Stage, 'standins'>, email: string): Promise<SampleTrainer> {
  const query = `SELECT Id, Name, Email__c, Time_Zone__c FROM Onboarding_Trainer__c WHERE Email__c = '${email}'`;
  const { records } = await callSalesforce<{ records: SampleTrainer[] }>(
    stage,
    'GET',
    `/query?q=${encodeURIComponent(query)}`,
  );
  return records[0] ?? assert.fail(email);
}

function accountOf({ standins }: Pick<Stage, 'standins'>, email: string): string {
  return standins.lark.accounts.find((account) => account.email === email)?.openId ?? assert.fail(email);
}

/** Connects somebody whose access Lark then ends. */
async function loseAccess(stage: Stage, trainer: SampleTrainer): Promise<void> {
  await connectLark(stage, trainer.Email__c);
  stage.standins.lark.revoke(accountOf(stage, trainer.Email__c));
  const renewed = await callerOf(() => stage.middleware.url)(
    'POST',
    `/api/admin/connections/lark:${trainer.Id}/refresh`,
  );
  assert.equal(renewed.status, 200, renewed.text);
}

/** Somebody signs in with an account that cannot be matched. */
async function getHeld(stage: Stage, trainer: SampleTrainer): Promise<void> {
  stage.standins.lark.changeAccount(accountOf(stage, trainer.Email__c), { inContactRange: false });
  await connectLark(stage, trainer.Email__c, 'robin@elsewhere.example');
}

/** A connection from before this middleware, whose consent ends in so many days. */
async function endIn(stage: Stage, trainer: SampleTrainer, days: number): Promise<void> {
  const at = (offset: number) => new Date(stage.standins.clock.now().getTime() + offset * DAY_MS).toISOString();
  await changeRow(stage, 'Onboarding_Trainer__c', trainer.Id, {
    Lark_Connection_Status__c: 'Connected',
    Lark_Connected__c: true,
    Lark_Account_Email__c: trainer.Email__c,
    Lark_Connected_At__c: at(days - 365),
    Lark_Last_Token_Refresh__c: at(-0.1),
    Lark_Refresh_Expires_At__c: at(6.9),
    Lark_Consent_Expires_At__c: at(days),
  });
}

/** Ninety days of Lark, slowly getting better, with a Sunday on which nothing was wanted. */
export async function countNinetyDays(stage: Stage): Promise<void> {
  const today = Math.floor(stage.standins.clock.now().getTime() / DAY_MS) * DAY_MS;
  const rows = Array.from({ length: 90 }, (_, index) => {
    const day = new Date(today - (89 - index) * DAY_MS).toISOString().slice(0, 10);
    const isSunday = new Date(day).getUTCDay() === 0;
    const failed = index % 30 === 12 ? 3 : 0;
    return {
      Key__c: `${day}:lark`,
      Day__c: day,
      Provider__c: 'lark',
      Trainers__c: 40,
      Connected__c: Math.min(38, 30 + Math.floor(index / 9)),
      Exchanges_OK__c: 80 - failed,
      Exchanges_Failed__c: failed,
      Meetings_Wanted__c: isSunday ? 0 : 20,
      Meetings_Made__c: isSunday ? 0 : index % 7 === 3 ? 17 : 20,
      Bookings__c: isSunday ? 0 : 20,
      Errors__c: failed + (index % 7 === 3 ? 3 : 0),
    };
  });
  await insertRows(stage, 'Trainer_Connect_Metric__c', rows);
}

/** A booking whose meeting and events Lark refuses for good. */
export async function failABooking(stage: Stage, trainer: SampleTrainer, day: number): Promise<string> {
  const { lark, clock } = stage.standins;
  const faults = ['/reserves/apply$', '/events$'].map((path) =>
    lark.faults.add({
      kind: 'status',
      status: 400,
      path,
      times: 0,
      body: { code: 190002, msg: 'invalid parameters in request' },
    }),
  );
  const answer = await callerOf(() => stage.middleware.url)<{ bookingId: string }>('POST', '/api/lark/book-training', {
    key: keys.portal,
    body: bookingOf({ clock } as World, trainer, day),
  });
  assert.equal(answer.status, 201, answer.text);
  for (const { id } of faults) lark.faults.release(id);
  return answer.body.bookingId;
}

export const rowOf = (page: Page, name: string): Locator => page.locator('tr[data-row]').filter({ hasText: name });

/** Takes an action of a row's menu. */
export async function act(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** A tile by its name; it holds the number. */
export const tile = (page: Page, name: string): Locator =>
  page.getByRole('group', { name: 'Filter by state' }).getByRole('button', { name: new RegExp(`^[\\d,]+ ${name} `) });

export async function countOn(page: Page, name: string): Promise<number> {
  return Number((await tile(page, name).locator('[data-count]').innerText()).replaceAll(',', ''));
}

/** Connected · lost at Lark · held · ends in three days · never connected. */
export interface People {
  wei: SampleTrainer;
  li: SampleTrainer;
  claire: SampleTrainer;
  noah: SampleTrainer;
  ana: SampleTrainer;
}

/** One trainer in each state; the other six of the sample never connected. */
export async function preparePeople(stage: Stage): Promise<People> {
  const of = (name: string) => trainerOf(stage, `${name}@example.com`);
  const people = {
    wei: await of('wei.tan'),
    li: await of('li.na'),
    claire: await of('claire.dubois'),
    noah: await of('noah.fischer'),
    ana: await of('ana.silva'),
  };
  await connectLark(stage, people.wei.Email__c);
  await loseAccess(stage, people.li);
  await getHeld(stage, people.claire);
  await endIn(stage, people.noah, 3);
  await stage.tick('flush-tokens');
  return people;
}

/** An administrator in front of the monitor. */
export async function visitMonitor(stage: Stage, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const visitor = await visit(stage, 'admin@trainer-connect.example', { app: ADMINISTRATION, ...options });
  await visitor.open(MONITOR);
  return visitor;
}
