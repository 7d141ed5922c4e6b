import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until, type SampleTrainer } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import {
  ADMINISTRATION,
  countOn,
  failABooking,
  MONITOR,
  preparePeople,
  rowOf,
  tile,
  visitMonitor,
} from './kit/monitor.ts';
import { changeRow, insertRows } from './kit/salesforce.ts';
import { phone, startStage, visit, type Stage } from './kit/stage.ts';
let stage: Stage;
let wei: SampleTrainer;
let li: SampleTrainer;
let ana: SampleTrainer;
before(async () => {
  stage = await startStage({ sample: 'trainers' });
  ({ wei, li, ana } = await preparePeople(stage));
});
after(() => stage.close());

/** By somebody else, before anybody looks at the page. */
async function remind({ Id }: SampleTrainer): Promise<void> {
  const { body } = await stage.call<{ runId: string }>('POST', '/api/admin/reminders', { body: { trainerIds: [Id] } });
  await until(async () => {
    const run = await stage.call<{ finishedAt: string | null }>('GET', `/api/admin/runs/${body.runId}`);
    return run.body.finishedAt !== null;
  }, 'the reminder');
}

test('remind all: how many, the confirmation, progress that goes on while nobody looks, and a result for each, failed first', async () => {
  await changeRow(stage, 'Onboarding_Trainer__c', ana.Id, { Email__c: null });
  await remind(li);
  const visitor = await visitMonitor(stage);
  const { page } = visitor;
  const button = page.getByRole('button', { name: 'Remind all not connected' });
  const open = (await countOn(page, 'Not connected')) + (await countOn(page, 'Reconnect needed'));
  await button.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`${open} trainers are without a working connection.`).waitFor();
  await visitor.shot('monitor-9-remind-all');
  await assertAccessible(page, 'remind all');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await button.and(page.locator(':focus')).waitFor();

  const mail = stage.standins.salesforce.faults.add({ kind: 'withhold', path: 'emailSimple', times: 1 });
  await button.press('Enter');
  await dialog.getByRole('button', { name: 'Send the reminders' }).press('Enter');
  await page.getByRole('progressbar').waitFor();
  await visitor.shot('monitor-10-running');
  await assertAccessible(page, 'running');
  await visitor.open('/lightning/n/Connection_Setup');
  await page.getByText('Connection set-up').first().waitFor();
  stage.standins.salesforce.faults.release(mail.id);
  await visitor.open(MONITOR);
  await page.getByText('Done, but not for everybody.').waitFor();
  const failed = page.locator('[data-result="failed"]');
  await failed.getByText(`${ana.Name} has no e-mail address.`).waitFor();
  await visitor.shot('monitor-11-results');
  await assertAccessible(page, 'results');
  await page.getByText(/^Left out \(\d+\)$/).click();
  await page.locator('[data-result="skipped"]').getByText('Was reminded today already.').first().waitFor();
  await page.reload();
  await failed.first().waitFor();
  await page.getByRole('button', { name: 'I have read it' }).click();
  await failed.first().waitFor({ state: 'detached' });
  await page.reload();
  await rowOf(page, wei.Name).waitFor();
  assert.equal(await page.getByText('Reminding trainers').count(), 0, 'read once, gone for good');
  await changeRow(stage, 'Onboarding_Trainer__c', ana.Id, { Email__c: ana.Email__c });
  await visitor.leave();
});

test('renew all: a run of which a part fails, on a phone', async () => {
  const visitor = await visitMonitor(stage, { viewport: phone });
  const { page } = visitor;
  await page.getByRole('button', { name: 'Renew all now' }).click();
  await page
    .getByRole('dialog')
    .getByText(/connected trainers is renewed now/)
    .waitFor();
  await visitor.shot('monitor-12-renew-all-phone');
  await page.getByRole('dialog').getByRole('button', { name: 'Renew all' }).click();
  await page.getByText(/^Finished /).waitFor();
  await page.locator('[data-result]').first().waitFor();
  await visitor.shot('monitor-13-renewed-phone');
  await assertAccessible(page, 'renewed');
  await page.getByRole('button', { name: 'I have read it' }).click();
  await visitor.leave();
});

test('a run of which nobody knows whether it was started says why in the modal', async () => {
  const visitor = await visitMonitor(stage);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const { salesforce } = stage.standins;
  await rowOf(page, wei.Name).waitFor();
  await page.getByRole('button', { name: 'Renew all now' }).click();
  salesforce.configureNamedCredential('Trainer_Connect', { ...stage.middleware, url: 'http://127.0.0.1:9' });
  try {
    await page.getByRole('dialog').getByRole('button', { name: 'Renew all' }).click();
    await page.getByRole('dialog').getByText('It is not known whether this was done').waitFor();
    await visitor.shot('monitor-14-not-started');
    await assertAccessible(page, 'not started');
  } finally {
    salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
  }
  await visitor.leave();
});

test('what failed for good is listed with what to do; tried again one by one and all together, and one that cannot be', async () => {
  const bookings = [
    await failABooking(stage, wei, 5),
    await failABooking(stage, wei, 6),
    await failABooking(stage, wei, 7),
  ];
  const visitor = await visitMonitor(stage);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const letters = page.locator('[data-letter]');
  await until(async () => (await letters.count()) === 3, 'three letters');
  await letters.first().getByText('Open the booking: its timeline says what failed.').waitFor();
  await visitor.shot('monitor-15-letters');
  await assertAccessible(page, 'letters');
  await letters
    .first()
    .getByRole('button', { name: /^Try again/ })
    .click();
  await page.getByText('1 tried again.').waitFor();
  await until(async () => (await letters.count()) === 2, 'two letters');

  // Somebody else was faster with one of them.
  const [gone] = bookings;
  await stage.call('POST', `/api/admin/dead-letters/${gone}/retry`);
  await page.getByRole('button', { name: 'Try all 2 again' }).click();
  await page.getByText('1 tried again, 1 could not be tried:').waitFor();
  await page.getByText('It may have been tried again already.').waitFor();
  await visitor.shot('monitor-16-letters-tried');
  await assertAccessible(page, 'letters tried');
  await page.getByText('Nothing has failed for good.').waitFor();
  await visitor.leave();
});

test('ten thousand trainers: one page is asked for and drawn, whatever there are; paging and search stay as quick', async (context) => {
  const many = Array.from({ length: 10_000 }, (_, index) => {
    const number = String(index + 1).padStart(5, '0');
    return {
      Name: `Trainer ${number}`,
      Email__c: `trainer.${number}@example.com`,
      Active__c: true,
      Lark_Connection_Status__c: index % 10 === 0 ? 'Needs Reconnect' : 'Connected',
      Lark_Connected__c: index % 10 !== 0,
    };
  });
  await insertRows(stage, 'Onboarding_Trainer__c', many);
  const { journal } = stage.standins.salesforce;
  const visitor = await visit(stage, 'admin@trainer-connect.example', { app: ADMINISTRATION });
  const { page } = visitor;
  const mark = journal.mark();
  const calls: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/apex/')) calls.push(request.url().replace(/.*\/apex\//, ''));
  });
  const began = performance.now();
  await visitor.open(MONITOR);
  await page.locator('tr[data-row]').first().waitFor();
  const usableAfter = Math.round(performance.now() - began);
  context.diagnostic(`usable after ${usableAfter} ms`);
  await page.getByText('1 to 50', { exact: true }).waitFor();
  assert.equal(await countOn(page, 'All trainers'), 10_011);
  assert.equal(await page.locator('tr[data-row]').count(), 50);
  assert.deepEqual(calls.toSorted(), [
    'ConnectionMonitorController.getConnections',
    'ConnectionMonitorController.getDeadLetters',
    'ConnectionMonitorController.getMetrics',
  ]);
  const lists = journal.entries({ since: mark, path: /\/composite$/ });
  assert.equal(lists.length, 1, 'one call of the middleware');

  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('51 to 100', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('101 to 150', { exact: true }).waitFor();
  await visitor.shot('monitor-20-many');
  const third = await page.locator('tr[data-row]').first().innerText();
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.getByText('51 to 100', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('101 to 150', { exact: true }).waitFor();
  assert.equal(await page.locator('tr[data-row]').first().innerText(), third, 'there and back');
  assert.equal(await page.locator('tr[data-row]').count(), 50, 'memory does not grow with pages');

  await page.getByLabel('Search trainers').pressSequentially('trainer 0777', { delay: 20 });
  await until(async () => (await page.locator('tr[data-row]').count()) === 10, 'ten that match');
  assert.ok(journal.entries({ since: mark, path: /\/composite$/ }).length <= 7, 'typing is one question');
  await page.getByLabel('Search trainers').fill('');
  await page.getByRole('combobox', { name: 'Rows a page' }).click();
  await page.getByRole('option', { name: '200' }).click();
  await page.getByText('1 to 200', { exact: true }).waitFor();
  assert.equal(await page.locator('tr[data-row]').count(), 200);
  await tile(page, 'Reconnect needed').click();
  await until(async () => (await page.locator('tr[data-row]').first().innerText()).includes('00001'), 'the filter');
  await visitor.leave();
});
