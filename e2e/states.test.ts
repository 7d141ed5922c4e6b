import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingOf, type BookedAnswer } from '../middleware/test/kit/bookings.ts';
import { callerOf, keys, type SampleTrainer, type World } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import { callSalesforce } from './kit/salesforce.ts';
import { connectLark, startStage, visit, type Stage, type Visitor } from './kit/stage.ts';

let stage: Stage;
let connected: SampleTrainer;
let unconnected: SampleTrainer;
before(async () => {
  stage = await startStage({ sample: 'trainers' });
  [connected, unconnected] = [await trainerOf('wei.tan@example.com'), await trainerOf('claire.dubois@example.com')];
  await connectLark(stage, connected.Email__c);
});
after(() => stage.close());

const staff = 'sam.staff@trainer-connect.example';

const rest = <T>(method: string, path: string, body?: object) => callSalesforce<T>(stage, method, path, body);

async function trainerOf(email: string): Promise<SampleTrainer> {
  const query = `SELECT Id, Name, Email__c, Time_Zone__c FROM Onboarding_Trainer__c WHERE Email__c = '${email}'`;
  const { records } = await rest<{ records: SampleTrainer[] }>('GET', `/query?q=${encodeURIComponent(query)}`);
  return records[0] ?? assert.fail(email);
}

let day = 4;
async function bookFor(trainer: SampleTrainer): Promise<BookedAnswer> {
  const body = bookingOf({ clock: stage.standins.clock } as World, trainer, ++day);
  const answer = await callerOf(() => stage.middleware.url)<BookedAnswer>('POST', '/api/lark/book-training', {
    key: keys.portal,
    body,
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

const pageOf = ({ bookingId }: BookedAnswer) => `/lightning/r/Training_Booking__c/${bookingId}/view`;

test('a booking whose trainer has not connected says whom it waits for', async () => {
  const visitor = await visit(stage, staff);
  await visitor.open(pageOf(await bookFor(unconnected)));
  await visitor.page.getByText('Waiting for the trainer', { exact: true }).waitFor();
  await visitor.shot('state-1-waiting');
  await assertAccessible(visitor.page, 'waiting for the trainer');
  await visitor.leave();
});

test('a link that is being made appears by itself', async () => {
  const { lark } = stage.standins;
  lark.faults.add({ kind: 'status', status: 503, path: 'reserves/apply$', times: 0 });
  lark.faults.add({ kind: 'status', status: 503, path: '/events$', times: 0 });
  const booked = await bookFor(connected);
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(pageOf(booked));
  await page.getByText('Link is being made', { exact: true }).waitFor();
  await visitor.shot('state-2-pending');
  await assertAccessible(page, 'pending');
  lark.faults.release();
  await page.getByText('Link is ready', { exact: true }).waitFor({ timeout: 40_000 });
  await visitor.leave();
});

test('a link that a person typed is shown as such; a booking on a taken time names the other', async () => {
  const booked = await bookFor(connected);
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  const link = 'https://meet.example.com/typed-by-hand';
  await rest('PATCH', `/sobjects/Training_Booking__c/${booked.bookingId}`, { Remote_Training_Meeting_Link__c: link });
  await visitor.open(pageOf(booked));
  await page.getByText('Link entered by hand', { exact: true }).waitFor();
  await visitor.shot('state-3-manual');
  await assertAccessible(page, 'manual link');

  const other = await bookFor(connected);
  const times = await rest<object>('GET', `/sobjects/Training_Booking__c/${other.bookingId}?fields=Start__c,End__c`);
  const { Start__c, End__c } = times as { Start__c: string; End__c: string };
  await rest('PATCH', `/sobjects/Training_Booking__c/${booked.bookingId}`, { Start__c, End__c });
  await page.reload();
  await page
    .getByText('The trainer has another booking at this time')
    .or(page.getByText('A change is on its way to meeting and calendar.'))
    .first()
    .waitFor();
  await page.getByText('The trainer has another booking at this time').first().waitFor({ timeout: 40_000 });
  await page.getByText(other.bookingName).first().waitFor();
  await visitor.shot('state-4-conflict');
  await assertAccessible(page, 'conflict');
  await visitor.leave();
});

test('an account that waits for an administrator shows on the card, with what happens next', async () => {
  const { lark } = stage.standins;
  lark.changeAccount(lark.accounts.find(({ email }) => email === unconnected.Email__c)?.openId ?? '', {
    inContactRange: false,
  });
  await connectLark(stage, unconnected.Email__c, 'robin@elsewhere.example');
  const visitor = await visit(stage, 'claire.dubois@trainer-connect.example');
  await visitor.open('/lightning/n/Trainer_Connections');
  await visitor.page.getByText('On hold', { exact: true }).waitFor();
  await visitor.page.getByText('robin@elsewhere.example').first().waitFor();
  await visitor.page.getByText('ask an administrator of Trainer Connect to allow this account').waitFor();
  await visitor.shot('state-5-on-hold');
  await assertAccessible(visitor.page, 'on hold');
  await visitor.leave();
});

/** Sets the browser's clock to so many days before the consent of a trainer ends. */
async function setClock(daysAhead: number, visitor: Visitor, trainer: SampleTrainer): Promise<void> {
  const { body } = await callerOf(() => stage.middleware.url)<{ forecast: { endsAt: string } }>(
    'GET',
    `/api/lark/trainer/status?email=${trainer.Email__c}`,
  );
  await visitor.page.clock.setFixedTime(new Date(new Date(body.forecast.endsAt).getTime() - daysAhead * 86_400_000));
}

const TAB = '/lightning/n/Trainer_Connections';

test('an access that ends soon: the card warns in words and offers to connect again', async () => {
  const visitor = await visit(stage, 'wei.tan@trainer-connect.example');
  const { page } = visitor;
  await setClock(15, visitor, connected);
  await visitor.open(TAB);
  await page.getByText(/Lark will ask for your consent again on/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Connect again' }).count(), 0, 'not yet');
  await setClock(13, visitor, connected);
  await page.reload();
  await page.getByText('Connected, ends soon').waitFor();
  await page.getByText('Connect again before then, so that trainings keep their links.').waitFor();
  await visitor.shot('state-9-ends-soon');
  await assertAccessible(page, 'ends soon');
  await page.getByRole('button', { name: 'Connect again' }).click();
  await page.getByRole('button', { name: 'Continue to Lark' }).waitFor();
  await visitor.leave();
});

test('disconnecting says beforehand what happens; afterwards the focus is on the button that connects', async () => {
  const visitor = await visit(stage, 'wei.tan@trainer-connect.example');
  const { page } = visitor;
  await visitor.open(TAB);
  await page.getByRole('main').getByRole('button', { name: 'Disconnect Lark' }).press('Enter');
  for (const text of [
    'Future trainings get no meeting link until the account is connected again.',
    'Meetings that exist already stay',
    'The settings are kept.',
    "Another account needs an administrator's permission.",
  ]) {
    await page.getByText(text).waitFor();
  }
  await visitor.shot('state-10-disconnect');
  await assertAccessible(page, 'disconnect dialog');
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect Lark' }).press('Enter');
  await page.getByText('No Lark account is connected').waitFor();
  await page.locator('button:focus', { hasText: 'Connect Lark' }).waitFor();
  await visitor.shot('state-11-focus-after-disconnect');
  await visitor.leave();
  await connectLark(stage, connected.Email__c);
});

test('an access that was revoked at Lark: why, and the button that mends it', async () => {
  const trainer = await trainerOf('li.na@example.com');
  await connectLark(stage, trainer.Email__c);
  const { lark } = stage.standins;
  lark.revoke(lark.accounts.find(({ email }) => email === trainer.Email__c)?.openId ?? '');
  await callerOf(() => stage.middleware.url)('POST', `/api/admin/connections/lark:${trainer.Id}/refresh`);
  const visitor = await visit(stage, 'li.na@trainer-connect.example');
  await visitor.open(TAB);
  await visitor.page.getByText('Reconnect needed').waitFor();
  await visitor.page.getByText(/^Reason: /).waitFor();
  await visitor.shot('state-12-needs-reconnect');
  await assertAccessible(visitor.page, 'needs reconnect');
  await visitor.page.getByRole('button', { name: 'Reconnect Lark' }).click();
  await visitor.page.getByRole('button', { name: 'Continue to Lark' }).waitFor();
  await visitor.leave();
});

test('switching the user by the menu; a list without bookings; a page without access; a record that is not there', async () => {
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  visitor.expectTrouble(/40[34]/);
  await visitor.open('/lightning/o/Training_Booking__c/list');
  await page.getByTitle(/View profile/).click();
  await page.getByRole('button', { name: /James Okafor/ }).click();
  await page.getByTitle('View profile: James Okafor').waitFor();
  await visitor.open('/lightning/o/Training_Booking__c/list');
  await page
    .getByText(/No |nothing/i)
    .first()
    .waitFor();
  await visitor.shot('state-6-empty-list');
  await assertAccessible(page, 'empty list');
  await visitor.open('/lightning/n/Book_Training');
  await page.getByText('You do not have access to this page').waitFor();
  await visitor.shot('state-7-no-access');
  await assertAccessible(page, 'no access');
  await visitor.open(pageOf(await bookFor(connected)));
  await page.locator('h1, h2').first().waitFor();
  await visitor.shot('state-8-foreign-record');
  assert.equal(await page.getByText('Merchant Name').count(), 0, 'a trainer does not see the booking of another');
  await visitor.leave();
});
