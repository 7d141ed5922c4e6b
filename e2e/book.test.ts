import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import { connectLark, phone, startStage, visit, wide, type Stage, type Visitor } from './kit/stage.ts';

let stage: Stage;
before(async () => {
  stage = await startStage();
  for (const email of ['wei.tan@example.com', 'james.okafor@example.com']) await connectLark(stage, email);
});
after(() => stage.close());

const staff = 'sam.staff@trainer-connect.example';
const BOOK = '/lightning/n/Book_Training';

/** A Wednesday some weeks ahead, as the date field takes it. */
function workday(weeks: number): string {
  const day = new Date(stage.standins.clock.now().getTime() + weeks * 7 * 86_400_000);
  day.setUTCDate(day.getUTCDate() + ((3 - day.getUTCDay() + 7) % 7));
  return day.toLocaleDateString('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric', year: 'numeric' });
}

/** A phone shows the browser's own date field, which takes ISO dates. */
async function fillDay(page: Page, day: string): Promise<void> {
  const field = page.getByLabel('Day');
  const isNative = (await field.getAttribute('type')) === 'date';
  await field.fill(isNative ? new Date(`${day} UTC`).toISOString().slice(0, 10) : day);
  await field.press('Tab');
}

async function fill({ page }: Visitor, trainer: RegExp, day: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Trainer' }).click();
  await page.getByRole('option', { name: trainer }).click();
  await page.getByRole('combobox', { name: 'Merchant' }).click();
  await page.getByRole('option', { name: /M-100/ }).first().click();
  await fillDay(page, day);
  await page.getByRole('radiogroup', { name: 'Free times' }).waitFor();
}

for (const [size, viewport, week] of [
  ['wide', wide, 2],
  ['phone', phone, 3],
] as const) {
  test(`staff book a remote training, see the link, move it on its page, and the meeting follows (${size})`, async () => {
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    await visitor.open(BOOK);
    await page.getByText('Choose a trainer and a day to see the free times.').waitFor();
    await visitor.shot(`book-1-empty-${size}`);
    await assertAccessible(page, 'empty form');
    await fill(visitor, /Wei Tan/, workday(week));
    await page.getByRole('radio', { name: /^10:00/ }).click();
    await page.getByText('A Lark video meeting is made with the account of Wei Tan').waitFor();
    await visitor.shot(`book-2-filled-${size}`);
    await assertAccessible(page, 'filled form');
    await page.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByText(/TB-\d+ is booked/).waitFor();
    await page.getByText('Link is ready', { exact: true }).waitFor();
    await visitor.shot(`book-3-done-${size}`);
    await assertAccessible(page, 'result');

    await page.getByRole('button', { name: 'Open the booking' }).click();
    await page.waitForURL(/Training_Booking__c\/a\w+\/view/);
    await page.getByText('Everybody joins by this link.').waitFor();
    const link = await page
      .getByRole('link', { name: /vc\.larksuite\.com|Join meeting/ })
      .first()
      .getAttribute('href');
    assert.match(link ?? '', /^https:/);
    await visitor.shot(`book-4-record-${size}`);
    await assertAccessible(page, 'record page');

    const id = /\/(a\w+)\/view/.exec(page.url())?.[1] ?? '';
    const { lark } = stage.standins;
    const openId = lark.accounts.find(({ email }) => email === 'wei.tan@example.com')?.openId ?? '';
    const eventOf = () =>
      lark.events(openId).find((event) => !event.deleted && JSON.stringify(event).includes(link ?? '?'));
    const before = JSON.stringify(eventOf()?.start);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const start = page.getByLabel('Start Time').first();
    await start.fill((await start.inputValue()).replace(':00', ':30'));
    await start.press('Tab');
    await visitor.shot(`book-5-edit-${size}`);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
    await until(() => JSON.stringify(eventOf()?.start) !== before, `the event of ${id} to move`);
    await visitor.leave();
  });
}

test('by keyboard alone: trainer, merchant, day, time, and the training is booked', async () => {
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(BOOK);
  await page.getByRole('combobox', { name: 'Trainer' }).focus();
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press('Enter');
  await page.getByRole('option', { name: /James Okafor/ }).waitFor();
  await page.keyboard.type('James');
  await press('Enter');
  await press('Tab', 'Enter', 'ArrowDown', 'Enter', 'Tab');
  await page.keyboard.type(workday(4));
  await press('Tab');
  await page.getByRole('radiogroup', { name: 'Free times' }).waitFor();
  await page.getByRole('radio').first().focus();
  await press('ArrowRight', 'Space');
  await page.getByRole('button', { name: 'Book', exact: true }).focus();
  await press('Enter');
  await page.getByText(/TB-\d+ is booked/).waitFor();
  await visitor.leave();
});

test('an onsite training asks for the address; a trainer who is not connected is said to be asked', async () => {
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(BOOK);
  await fill(visitor, /Noah Fischer/, workday(2));
  await page.getByText('has not connected Lark and is invited to').waitFor();
  await visitor.shot('book-6-not-connected');
  await page.getByText('Onsite', { exact: true }).click();
  await page.getByText('the trainer comes to the store').waitFor();
  await page
    .getByRole('radio', { name: /\d\d:\d\d|AM|PM/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.getByText('Complete this field.').waitFor();
  await visitor.shot('book-7-address-missing');
  await assertAccessible(page, 'address missing');
  await page.getByLabel('Store address').fill('1 Main Street');
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.getByText(/TB-\d+ is booked/).waitFor();
  await page.getByText('No video meeting', { exact: true }).waitFor();
  await visitor.leave();
});

test('somebody else was faster: the reason is shown in place and the times are read again', async () => {
  const [one, two] = [await visit(stage, staff), await visit(stage, 'helene.staff@trainer-connect.example')];
  two.expectTrouble(/500|apex/i);
  for (const visitor of [one, two]) {
    await visitor.open(BOOK);
    await fill(visitor, /James Okafor/, workday(5));
  }
  const label =
    (
      await one.page
        .getByRole('radio', { name: /\d\d:\d\d|AM|PM/ })
        .first()
        .innerText()
    ).split('\n')[0] ?? '';
  for (const { page } of [one, two]) await page.getByRole('radio', { name: label }).first().click();
  // The same merchant and time would be the same booking.
  await two.page.getByRole('combobox', { name: 'Merchant' }).click();
  await two.page.getByRole('option', { name: /M-100/ }).nth(1).click();
  await one.page.getByRole('button', { name: 'Book', exact: true }).click();
  await one.page.getByText(/TB-\d+ is booked/).waitFor();
  await two.page.getByRole('button', { name: 'Book', exact: true }).click();
  await two.page.getByText('The training was not booked').waitFor();
  await two.shot('book-8-taken');
  await assertAccessible(two.page, 'taken');
  await one.leave();
  await two.leave();
});

test('a calendar that cannot be read offers no time and says why', async () => {
  const { lark } = stage.standins;
  const fault = lark.faults.add({ kind: 'status', status: 500, path: 'freebusy', times: 0 });
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(BOOK);
  await page.getByRole('combobox', { name: 'Trainer' }).click();
  await page.getByRole('option', { name: /Wei Tan/ }).click();
  await fillDay(page, workday(6));
  await page
    .getByText(/Not known whether free/)
    .first()
    .waitFor();
  await visitor.shot('book-9-unknown');
  await assertAccessible(page, 'unknown time');
  lark.faults.release(fault.id);
  await visitor.leave();
});

test('bookings in a list, with their state; a trainer sees only their own', async () => {
  const visitor = await visit(stage, staff);
  await visitor.open('/lightning/o/Training_Booking__c/list');
  await visitor.page
    .getByRole('link', { name: /TB-\d+/ })
    .first()
    .waitFor();
  await visitor.shot('list-1-staff');
  await assertAccessible(visitor.page, 'list');
  const all = await visitor.page.getByRole('link', { name: /TB-\d+/ }).count();
  await visitor.leave();
  const trainer = await visit(stage, 'wei.tan@trainer-connect.example');
  await trainer.open('/lightning/o/Training_Booking__c/list');
  await trainer.page
    .getByRole('link', { name: /TB-\d+/ })
    .first()
    .waitFor();
  assert.ok((await trainer.page.getByRole('link', { name: /TB-\d+/ }).count()) < all);
  await trainer.leave();
});
