import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import { ADMINISTRATION } from './kit/monitor.ts';
import { phone, startStage, visit, wide, type Stage } from './kit/stage.ts';

const admin = 'admin@trainer-connect.example';
const SETUP = '/lightning/n/Connection_Setup';
let stage: Stage;
before(async () => {
  stage = await startStage({ sample: 'trainers' });
});
after(() => stage.close());

const visitSetup = async (options: Parameters<typeof visit>[2] = {}) => {
  const visitor = await visit(stage, admin, { app: ADMINISTRATION, ...options });
  await visitor.open(SETUP);
  return { ...visitor, card: (id: string) => visitor.page.locator(`[data-id="${id}"]`) };
};

for (const [size, viewport] of [
  ['wide', wide],
  ['phone', phone],
] as const) {
  test(`each provider says how it stands and what to enter; one that is off says what is missing (${size})`, async () => {
    const { page, card, ...visitor } = await visitSetup({ viewport });
    await card('lark').getByText('Ready', { exact: true }).waitFor();
    await card('lark').getByText('Trainers can connect.').waitFor();
    await card('lark').getByText(`${stage.middleware.url}/api/lark/trainer/oauth/callback`).waitFor();
    await card('lark').getByText('offline_access').waitFor();
    for (const off of ['google', 'outlook', 'calendly']) {
      await card(off).getByText('Switched off', { exact: true }).waitFor();
      assert.equal(
        await card(off)
          .getByRole('button', { name: /^Check now/ })
          .count(),
        0,
        off,
      );
    }
    await card('salesforce').getByText('integration@trainer-connect.example').waitFor();
    assert.match(await card('salesforce').locator('[data-fact="mail"]').innerText(), /^[\d,]+$/);
    assert.equal(await card('salesforce').locator('[data-template]').count(), 3);
    await visitor.shot(`setup-1-${size}`);
    await assertAccessible(page, 'set-up');
    await visitor.leave();
  });
}

test('address and permissions are copied by a button; a browser that refuses says what to do', async () => {
  const { page, card, context, ...visitor } = await visitSetup();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await card('lark')
    .getByRole('button', { name: /^Copy: Redirect address/ })
    .click();
  await card('lark').getByText('Copied').waitFor();
  assert.equal(
    await page.evaluate<string>('navigator.clipboard.readText()'),
    `${stage.middleware.url}/api/lark/trainer/oauth/callback`,
  );
  await card('lark')
    .getByRole('button', { name: /^Copy: Permissions/ })
    .press('Enter');
  await until(
    async () => (await page.evaluate<string>('navigator.clipboard.readText()')).split('\n').includes('offline_access'),
    'the permissions, one a line',
  );
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); undefined");
  await card('lark')
    .getByRole('button', { name: /^Copy: Redirect address/ })
    .click();
  await card('lark').getByText('Select the text and copy it yourself.').waitFor();
  await visitor.shot('setup-2-copied');
  await assertAccessible(page, 'copied');
  await visitor.leave();
});

test('a check waits, then ticks off each step; its time is kept', async () => {
  const { page, card, ...visitor } = await visitSetup();
  await card('lark').getByText('Not checked yet').waitFor();
  let go: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/apex/ConnectionSetupController.check', async (route) => {
    await answered;
    await route.continue();
  });
  await card('lark').getByRole('button', { name: 'Check now: Lark' }).press('Enter');
  await card('lark').getByRole('button', { name: 'Checking…: Lark' }).waitFor();
  assert.equal(await card('lark').getByRole('button', { name: 'Checking…: Lark' }).isDisabled(), true);
  await visitor.shot('setup-3-checking');
  await assertAccessible(page, 'checking');
  go();
  await card('lark')
    .getByText(/^Checked .*: everything works$/)
    .waitFor();
  const steps = card('lark').locator('[data-ok]');
  assert.ok((await steps.count()) >= 3);
  assert.equal(await card('lark').getByText('Does not work').count(), 0);
  await card('salesforce')
    .getByRole('button', { name: /^Check now/ })
    .click();
  await card('salesforce')
    .getByText(/^Checked /)
    .waitFor();
  await visitor.shot('setup-4-checked');
  await assertAccessible(page, 'checked');
  await page.reload();
  await card('lark')
    .getByText(/^Checked .*: everything works$/)
    .waitFor();
  assert.equal(await steps.count(), 0, 'only a check of now knows its steps');

  // Checks are made ten seconds apart at the least.
  visitor.expectTrouble(/500|apex/i);
  await card('lark').getByRole('button', { name: 'Check now: Lark' }).click();
  await card('lark').getByText('The check could not be made').waitFor();
  await visitor.shot('setup-5-too-soon');
  await assertAccessible(page, 'too soon');
  await visitor.leave();
});

test('a step that fails says what to do, and the state of the provider follows', async () => {
  const { lark, clock } = stage.standins;
  clock.advance(60_000);
  const fault = lark.faults.add({ kind: 'status', status: 500, path: '/calendar/', times: 0 });
  const { page, card, ...visitor } = await visitSetup();
  await card('lark').getByRole('button', { name: 'Check now: Lark' }).click();
  await card('lark')
    .getByText(/^Checked .*: not everything works$/)
    .waitFor();
  await card('lark').locator('[data-ok="false"] [data-how-to]').first().waitFor();
  await card('lark').getByText('Does not work', { exact: true }).first().waitFor();
  await visitor.shot('setup-6-failing');
  await assertAccessible(page, 'failing');
  lark.faults.release(fault.id);
  clock.advance(60_000);
  await card('lark').getByRole('button', { name: 'Check now: Lark' }).click();
  await card('lark').getByText('Ready', { exact: true }).waitFor();
  await visitor.leave();
});

test('Salesforce turns the middleware away: the check says where and what to do, the providers are still shown', async () => {
  const { salesforce, clock } = stage.standins;
  clock.advance(60 * 60_000);
  const { page, card, ...visitor } = await visitSetup();
  await card('salesforce').waitFor();
  // What Lightning itself asks goes on working.
  const fault = salesforce.faults.add({ kind: 'status', status: 503, path: '/(limits|userinfo|describe)', times: 0 });
  try {
    await card('salesforce')
      .getByRole('button', { name: /^Check now/ })
      .click();
    await card('salesforce')
      .getByText(/^Checked .*: not everything works$/)
      .waitFor();
    await card('salesforce').locator('[data-ok="false"] [data-how-to]').first().waitFor();
    await card('salesforce').getByText('Does not work', { exact: true }).first().waitFor();
    await card('lark').getByText('Ready', { exact: true }).waitFor();
    await visitor.shot('setup-7-salesforce-away');
    await assertAccessible(page, 'salesforce away');
  } finally {
    salesforce.faults.release(fault.id);
  }
  await visitor.leave();
});

test('the middleware does not answer: the page says so and comes back', async () => {
  const { salesforce } = stage.standins;
  salesforce.configureNamedCredential('Trainer_Connect', { ...stage.middleware, url: 'http://127.0.0.1:9' });
  const { page, card, ...visitor } = await visitSetup();
  visitor.expectTrouble(/500|apex/i);
  await page.getByText('The set-up could not be loaded').waitFor();
  await page.getByText(/The booking service does not answer/).waitFor();
  await visitor.shot('setup-8-away');
  await assertAccessible(page, 'away');
  salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await card('lark').waitFor();
  await visitor.leave();
});

test('staff and trainers do not get in; the page speaks French and Chinese', async () => {
  for (const username of ['sam.staff@trainer-connect.example', 'wei.tan@trainer-connect.example']) {
    const visitor = await visit(stage, username);
    await visitor.open(SETUP);
    await visitor.page.getByText('You do not have access to this page').waitFor();
    await visitor.leave();
  }
  for (const language of ['fr', 'zh_CN']) {
    const { page, card, ...visitor } = await visitSetup({ language });
    await card('lark').waitFor();
    assert.equal(await page.getByText('Trainers can connect.').count(), 0, language);
    await visitor.shot(`setup-9-${language}`);
    await visitor.leave();
  }
});
