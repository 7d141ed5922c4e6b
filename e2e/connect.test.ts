import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './kit/accessible.ts';
import { phone, startStage, visit, wide, type Stage, type Visitor } from './kit/stage.ts';

let stage: Stage;
before(async () => {
  stage = await startStage();
});
after(() => stage.close());

const TAB = '/lightning/n/Trainer_Connections';
const admin = 'admin@trainer-connect.example';

interface Person {
  Name: string;
  Email__c: string;
  username: string;
}

/** Sample trainers who have a Salesforce user, each test its own. */
async function trainerUser(index: number): Promise<Person> {
  const { salesforce } = stage.standins;
  const query =
    'SELECT Name, Email__c, User__r.Username FROM Onboarding_Trainer__c WHERE Active__c = true AND User__c != null ORDER BY Email__c';
  const response = await fetch(`${salesforce.url}/services/data/v65.0/query?q=${encodeURIComponent(query)}`, {
    headers: { Authorization: `Bearer ${salesforce.sessionFor('integration@trainer-connect.example')}` },
  });
  const { records } = (await response.json()) as {
    records: { Name: string; Email__c: string; User__r: { Username: string } }[];
  };
  const row = records[index] ?? assert.fail(`no trainer ${index}`);
  return { Name: row.Name, Email__c: row.Email__c, username: row.User__r.Username };
}

/** From the card's button through the one-time page and Lark's consent, back to the tab. */
async function connect({ page }: Visitor, account: string, decision: 'allow' | 'deny' = 'allow'): Promise<void> {
  await page.getByRole('button', { name: /^(Connect|Reconnect) Lark$/ }).click();
  await page.getByRole('button', { name: 'Continue to Lark' }).click();
  await page.locator(`input[name=account][data-email="${account}"]`).check();
  await page.locator(`button[value=${decision}]`).click();
  await page.waitForURL(/Trainer_Connections/);
}

for (const [size, viewport] of [
  ['wide', wide],
  ['phone', phone],
] as const) {
  test(`a trainer connects Lark from the settings tab, sees what it means to disconnect, and disconnects (${size})`, async () => {
    const trainer = await trainerUser(size === 'wide' ? 0 : 1);
    const visitor = await visit(stage, trainer.username, { viewport });
    const { page } = visitor;
    await visitor.open(TAB);
    await page.getByText('No Lark account is connected').waitFor();
    await visitor.shot(`connect-1-not-connected-${size}`);
    await assertAccessible(page, 'not connected');

    await connect(visitor, trainer.Email__c);
    await page.getByText(/Lark will ask for your consent again on/).waitFor();
    await page.getByText(trainer.Email__c).first().waitFor();
    assert.doesNotMatch(page.url(), /c__lark_connected|code=|state=/, 'the address is clean again');
    await visitor.shot(`connect-2-connected-${size}`);
    await assertAccessible(page, 'connected');

    await page.reload();
    await page.getByText(/Lark will ask for your consent again on/).waitFor();

    await page.getByRole('main').getByRole('button', { name: 'Disconnect Lark' }).click();
    await page.getByText('Meetings that exist already stay').waitFor();
    await visitor.shot(`connect-3-disconnect-${size}`);
    await assertAccessible(page, 'disconnect');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText(/Lark will ask for your consent again on/).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Disconnect Lark' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect Lark' }).click();
    await page.getByText('No Lark account is connected').waitFor();
    await visitor.leave();
  });
}

test('a trainer who denies the access, or signs in as somebody else, reads why nothing was connected', async () => {
  const [trainer, other] = [await trainerUser(2), await trainerUser(3)];
  const visitor = await visit(stage, trainer.username);
  const { page } = visitor;
  await visitor.open(TAB);
  await connect(visitor, trainer.Email__c, 'deny');
  await page.getByText('You did not allow the access').first().waitFor();
  await visitor.shot('connect-4-denied');
  await assertAccessible(page, 'denied');
  await connect(visitor, other.Email__c);
  await page.getByText('an account that belongs to somebody else').first().waitFor();
  await page.reload();
  await page.getByText('No Lark account is connected').waitFor();
  assert.equal(await page.getByText('belongs to somebody else').count(), 0, 'told once');
  await visitor.leave();
});

test('a trainer sees nobody else; staff without a trainer record read what to do; an administrator chooses a trainer', async () => {
  const trainer = await trainerUser(4);
  const alone = await visit(stage, trainer.username);
  await alone.open(TAB);
  await alone.page.getByText('No Lark account is connected').waitFor();
  assert.equal(await alone.page.getByRole('combobox', { name: 'Trainer' }).count(), 0);
  const text = await alone.page.locator('body').innerText();
  const stranger = await trainerUser(5);
  assert.ok(!text.includes(stranger.Name) && !text.includes(stranger.Email__c));
  await alone.leave();

  const visitor = await visit(stage, admin);
  await visitor.open(TAB);
  await visitor.page.getByRole('combobox', { name: 'Trainer' }).click();
  await visitor.page.getByRole('option', { name: stranger.Name }).click();
  await visitor.page.getByText(`Sign in to Lark as ${stranger.Name}`).waitFor();
  await visitor.shot('connect-5-admin');
  await assertAccessible(visitor.page, 'administrator');
  await visitor.leave();
});

test('Lark ends the access: the card asks to reconnect, with the reason', async () => {
  const trainer = await trainerUser(6);
  const visitor = await visit(stage, trainer.username);
  const { page } = visitor;
  await visitor.open(TAB);
  await connect(visitor, trainer.Email__c);
  await page.getByText(/Lark will ask for your consent again on/).waitFor();
  const { lark, clock } = stage.standins;
  lark.revoke(lark.accounts.find(({ email }) => email === trainer.Email__c)?.openId ?? '');
  clock.advance(3 * 3_600_000);
  const booking = await visit(stage, admin);
  await booking.open('/lightning/n/Book_Training');
  await booking.page.getByRole('combobox', { name: 'Trainer' }).click();
  await booking.page.getByRole('option', { name: new RegExp(trainer.Name) }).click();
  await booking.page.getByLabel('Day').fill(nextWorkday(clock.now()));
  await booking.page.keyboard.press('Tab');
  await booking.page
    .getByText(/Not known whether free|No free time|Times in/)
    .first()
    .waitFor();
  await booking.leave();
  await page.reload();
  await page.getByText('Reconnect needed').waitFor();
  await visitor.shot('connect-6-reconnect');
  await assertAccessible(page, 'reconnect');
  await visitor.leave();
});

test('the middleware does not answer: the tab says so and offers to try again', async () => {
  const trainer = await trainerUser(7);
  const visitor = await visit(stage, trainer.username);
  visitor.expectTrouble(/./);
  stage.standins.salesforce.configureNamedCredential('Trainer_Connect', {
    url: 'http://127.0.0.1:9',
    apiKey: 'nobody',
  });
  await visitor.open(TAB);
  await visitor.page.getByText('The connections could not be loaded').waitFor();
  await visitor.shot('connect-7-error');
  await assertAccessible(visitor.page, 'error');
  stage.standins.salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
  await visitor.page.getByRole('button', { name: 'Try again' }).click();
  await visitor.page.getByText('No Lark account is connected').waitFor();
  await visitor.leave();
});

test('the tab speaks French and Chinese', async () => {
  const trainer = await trainerUser(7);
  for (const language of ['fr', 'zh_CN']) {
    const visitor = await visit(stage, trainer.username, { language });
    await visitor.open(TAB);
    await visitor.page.getByRole('button', { name: /Lark/ }).first().waitFor();
    assert.equal(await visitor.page.getByText('No Lark account is connected').count(), 0, language);
    await visitor.shot(`connect-8-${language}`);
    await visitor.leave();
  }
});

function nextWorkday(now: Date): string {
  let day = new Date(now.getTime() + 2 * 86_400_000);
  while (day.getUTCDay() < 2 || day.getUTCDay() > 4) day = new Date(day.getTime() + 86_400_000);
  return day.toLocaleDateString('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric', year: 'numeric' });
}
