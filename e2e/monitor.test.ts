import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until, type SampleTrainer } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import {
  act,
  ADMINISTRATION,
  countNinetyDays,
  countOn,
  MONITOR,
  preparePeople,
  rowOf,
  tile,
  visitMonitor,
} from './kit/monitor.ts';
import { connectLark, phone, startStage, visit, wide, type Stage } from './kit/stage.ts';
let stage: Stage;
let wei: SampleTrainer;
let li: SampleTrainer;
let claire: SampleTrainer;
let noah: SampleTrainer;
let ana: SampleTrainer;
before(async () => {
  stage = await startStage({ sample: 'trainers' });
  ({ wei, li, claire, noah, ana } = await preparePeople(stage));
});
after(() => stage.close());

test('nothing was counted and nothing failed yet: the page says so', async () => {
  const visitor = await visitMonitor(stage);
  const { page } = visitor;
  await page.getByText('Nothing was counted yet.').waitFor();
  await page.getByText('Nothing has failed for good.').waitFor();
  await visitor.leave();
});

for (const [size, viewport] of [
  ['wide', wide],
  ['phone', phone],
] as const) {
  test(`everybody at a glance, in words; tiles, search and order find who needs somebody (${size})`, async () => {
    if (size === 'wide') await countNinetyDays(stage);
    const visitor = await visitMonitor(stage, { viewport });
    const { page } = visitor;
    await rowOf(page, wei.Name).getByText('Works and is renewed by itself.').waitFor();
    await rowOf(page, li.Name).getByText('The trainer has to connect again; remind them.').waitFor();
    await rowOf(page, claire.Name).getByText('Somebody signed in as robin@elsewhere.example').waitFor();
    await rowOf(page, noah.Name).getByText('has to agree again within 3 days').waitFor();
    await rowOf(page, ana.Name).getByText('Never connected.').waitFor();
    await page.locator('[data-rate="connection"] polyline').first().waitFor();
    await visitor.shot(`monitor-1-all-${size}`);
    await assertAccessible(page, 'all');

    assert.deepEqual(
      await Promise.all(
        ['All trainers', 'Connected', 'Ending soon', 'Reconnect needed', 'On hold', 'Not connected'].map((name) =>
          countOn(page, name),
        ),
      ),
      [11, 2, 1, 1, 1, 7],
    );
    await tile(page, 'Ending soon').click();
    await until(async () => (await page.locator('tr[data-row]').count()) === 1, 'one that ends soon');
    await rowOf(page, noah.Name).waitFor();
    await tile(page, 'Ending soon').click();
    await until(async () => (await page.locator('tr[data-row]').count()) === 11, 'all again');
    await page.getByRole('button', { name: 'Trainer', exact: true }).click();
    await until(
      async () => !(await page.locator('tr[data-row]').first().innerText()).startsWith(ana.Name),
      'the other way round',
    );
    await page.getByLabel('Search trainers').fill('nobody at all');
    await page.getByText('No trainer matches.').waitFor();
    await visitor.shot(`monitor-2-nobody-${size}`);
    await assertAccessible(page, 'nobody');
    await page.getByRole('button', { name: 'Show all trainers' }).click();
    await rowOf(page, wei.Name).waitFor();
    assert.equal(await page.getByLabel('Search trainers').inputValue(), '');
    await visitor.leave();
  });
}

test('charts: another period, and each as a table', async () => {
  const visitor = await visitMonitor(stage);
  const { page } = visitor;
  const chart = page.locator('[data-rate="connection"]');
  await chart.getByRole('img', { name: /^Connection rate from .* to .*: between / }).waitFor();
  await chart.getByText('Target at least 90%: reached').waitFor();
  await page.locator('[data-rate="error"]').getByText('Target below 5%').waitFor();
  const before = await chart.getByRole('img').getAttribute('aria-label');
  await page.getByText('90 days', { exact: true }).click();
  await until(async () => (await chart.getByRole('img').getAttribute('aria-label')) !== before, 'ninety days');
  await visitor.shot('monitor-3-charts');
  await page.getByText('7 days', { exact: true }).click();
  const meetings = page.locator('[data-rate="meeting"]');
  await meetings.getByRole('button', { name: 'Show as a table: Meetings made' }).click();
  assert.equal(await meetings.locator('tbody tr').count(), 7);
  await meetings.getByText('Nothing to count').waitFor();
  await visitor.shot('monitor-4-table');
  await assertAccessible(page, 'chart as a table');
  await meetings.getByRole('button', { name: 'Show as a line: Meetings made' }).click();
  await meetings.locator('polyline').first().waitFor();
  await visitor.leave();
});

test('what can be done with one: renew, remind, allow, disconnect and open; rows and totals follow by themselves', async () => {
  const visitor = await visitMonitor(stage);
  const { page } = visitor;
  const { salesforce } = stage.standins;
  await act(page, wei.Name, 'Renew now');
  await page.getByText(`The access of ${wei.Name} is renewed`).waitFor();
  await page
    .getByRole('button', { name: `Actions for ${wei.Name}` })
    .and(page.locator(':focus'))
    .waitFor();

  await act(page, li.Name, 'Remind');
  await page.getByText(`${li.Name} was sent a reminder`).waitFor();
  await rowOf(page, li.Name)
    .getByText(/^Reminded on /)
    .waitFor();
  assert.equal(salesforce.outbox.mails().filter(({ to }) => to.includes(li.Email__c)).length, 1);
  await act(page, li.Name, 'Remind');
  await page.getByText(`${li.Name} was not reminded`).waitFor();
  await page.getByText('Was reminded today already.').waitFor();
  await visitor.shot('monitor-5-not-reminded');

  await page.getByRole('button', { name: `Actions for ${claire.Name}` }).click();
  await page.getByRole('menuitem', { name: 'Allow this account once' }).waitFor();
  await visitor.shot('monitor-6-menu');
  await page.getByRole('menuitem', { name: 'Allow this account once' }).click();
  await page.getByText(`robin@elsewhere.example may be connected once for ${claire.Name}`).waitFor();
  await page.getByText(/has to connect with it again before \w+ \d+, \d{4}/).waitFor();
  await rowOf(page, claire.Name).getByText('No account waits for you any more').waitFor();
  await page.getByRole('button', { name: `Actions for ${wei.Name}` }).click();
  assert.equal(await page.getByRole('menuitem', { name: 'Allow this account once' }).count(), 0, 'only who is held');
  await page.keyboard.press('Escape');

  const connected = await countOn(page, 'Connected');
  await act(page, wei.Name, 'Disconnect');
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`The access to the account ${wei.Email__c} is given up.`).waitFor();
  await visitor.shot('monitor-7-disconnect');
  await assertAccessible(page, 'disconnect');
  await dialog.getByRole('button', { name: 'Leave as it is' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await countOn(page, 'Connected'), connected);
  await act(page, wei.Name, 'Disconnect');
  await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
  await page.getByText(`${wei.Name} is disconnected`).waitFor();
  await rowOf(page, wei.Name).getByText('Not connected', { exact: true }).waitFor();
  await until(async () => (await countOn(page, 'Connected')) === connected - 1, 'the total');

  await act(page, ana.Name, 'Open record');
  await page.waitForURL(new RegExp(`Onboarding_Trainer__c/${ana.Id}`));
  await connectLark(stage, wei.Email__c);
  await visitor.leave();
});

test('an action that fails says so in place, with what to do; trying again works', async () => {
  const visitor = await visitMonitor(stage);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const { salesforce } = stage.standins;
  await rowOf(page, wei.Name).waitFor();
  salesforce.configureNamedCredential('Trainer_Connect', { ...stage.middleware, url: 'http://127.0.0.1:9' });
  try {
    await act(page, wei.Name, 'Renew now');
    await page.getByText(`This did not work for ${wei.Name}`).waitFor();
    await page.getByText(/The booking service does not answer/).waitFor();
    await visitor.shot('monitor-8-action-failed');
    await assertAccessible(page, 'action failed');
  } finally {
    salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
  }
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText(`The access of ${wei.Name} is renewed`).waitFor();
  assert.equal(await page.getByText(`This did not work for ${wei.Name}`).count(), 0);
  await visitor.leave();
});

test('the middleware, and Salesforce behind it, do not answer: each part says so, and comes back', async () => {
  const visitor = await visit(stage, 'admin@trainer-connect.example', { app: ADMINISTRATION });
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const { salesforce } = stage.standins;
  salesforce.configureNamedCredential('Trainer_Connect', { ...stage.middleware, url: 'http://127.0.0.1:9' });
  await visitor.open(MONITOR);
  await page.getByText('The connections could not be loaded').waitFor();
  await page.getByText('What failed could not be loaded').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Renew all now' }).isDisabled(), true);
  await visitor.shot('monitor-17-away');
  await assertAccessible(page, 'away');
  salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await rowOf(page, wei.Name).waitFor();

  const fault = salesforce.faults.add({ kind: 'status', status: 503, path: '/composite$', times: 0, body: [] });
  await page.reload();
  await page.getByText('The connections could not be loaded').waitFor();
  assert.equal(await page.getByText(/\b503\b|SERVER_UNAVAILABLE/).count(), 0, 'no bare code');
  await visitor.shot('monitor-18-salesforce-away');
  salesforce.faults.release(fault.id);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await rowOf(page, wei.Name).waitFor();
  await visitor.leave();
});

test('staff and trainers do not get in', async () => {
  for (const username of ['sam.staff@trainer-connect.example', 'wei.tan@trainer-connect.example']) {
    const visitor = await visit(stage, username);
    await visitor.open(MONITOR);
    await visitor.page.getByText('You do not have access to this page').waitFor();
    assert.equal(await visitor.page.locator('tr[data-row]').count(), 0);
    await visitor.leave();
  }
});

test('by keyboard alone: a filter, an order, and an action from a menu', async () => {
  const visitor = await visitMonitor(stage);
  const { page } = visitor;
  await tile(page, 'Reconnect needed').focus();
  await page.keyboard.press('Space');
  await until(async () => (await page.locator('tr[data-row]').count()) === 1, 'one that needs it');
  assert.equal(await tile(page, 'Reconnect needed').getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: 'Ends', exact: true }).press('Enter');
  await page.locator('th[aria-sort="ascending"]', { hasText: 'Ends' }).waitFor();
  await page.getByRole('button', { name: `Actions for ${li.Name}` }).press('Enter');
  await page.getByRole('menuitem', { name: 'Remind' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText(`The access of ${li.Name} was not renewed`).waitFor();
  await visitor.leave();
});

test('the page speaks French and Chinese', async () => {
  for (const language of ['fr', 'zh_CN']) {
    const visitor = await visitMonitor(stage, { language });
    await rowOf(visitor.page, wei.Name).waitFor();
    assert.equal(await visitor.page.getByText('Works and is renewed by itself.').count(), 0, language);
    await visitor.shot(`monitor-19-${language}`);
    await visitor.leave();
  }
});
