import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import { lookBoth } from './kit/look-both.ts';
import { choose, goToDay, slotsOf } from './kit/week.ts';
import { connectLark, phone, startStage, visit, wide, type Stage, type Visitor } from './kit/stage.ts';

let stage: Stage;
before(async () => {
  stage = await startStage();
  for (const email of ['wei.tan@example.com', 'james.okafor@example.com']) await connectLark(stage, email);
});
after(() => stage.close());

const staff = 'sam.staff@trainer-connect.example';
const BOOK = '/lightning/n/Book_Training';

/** A Wednesday some weeks ahead, YYYY-MM-DD. */
function workday(weeks: number): string {
  const day = new Date(stage.standins.clock.now().getTime() + weeks * 7 * 86_400_000);
  day.setUTCDate(day.getUTCDate() + ((3 - day.getUTCDay() + 7) % 7));
  return day.toISOString().slice(0, 10);
}

async function fill({ page }: Visitor, trainer: RegExp, day: string): Promise<void> {
  await choose(page, 'Trainer', trainer);
  await page.getByRole('combobox', { name: 'Merchant' }).click();
  await page.getByRole('option', { name: /M-100/ }).first().click();
  await goToDay(page, day);
  await slotsOf(page, day).first().waitFor();
}

for (const [size, viewport, week] of [
  ['wide', wide, 2],
  ['phone', phone, 3],
] as const) {
  test(`staff book a remote training, see the link, move it on its page, and the meeting follows (${size})`, async () => {
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    await visitor.open(BOOK);
    await page.getByText('Choose a trainer to see the free times.').waitFor();
    await visitor.shot(`book-1-empty-${size}`);
    await assertAccessible(page, 'empty form');
    await fill(visitor, /Wei Tan/, workday(week));
    await page.getByText('Times in Singapore Standard Time (Asia/Singapore)').waitFor();
    await slotsOf(page, workday(week), /^10:00/).click();
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

test('by keyboard alone: trainer, merchant, a time two days on, and the training is booked', async () => {
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
  await press('Tab', 'Enter', 'ArrowDown', 'Enter');
  await goToDay(page, workday(4));
  await slotsOf(page, workday(4)).first().focus();
  await press('ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowRight', 'Space');
  assert.equal(await page.locator('button[aria-pressed="true"]').count(), 1);
  const friday = new Date(Date.parse(workday(4)) + 86_400_000).toISOString().slice(0, 10);
  assert.equal(await slotsOf(page, friday).nth(1).getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: 'Book', exact: true }).focus();
  await press('Enter');
  await page.getByText(/TB-\d+ is booked/).waitFor();
  await page.getByRole('button', { name: 'Book another' }).focus();
  await press('Enter');
  // The person goes on where the new form begins.
  await page.getByRole('combobox', { name: 'Trainer' }).and(page.locator(':focus')).waitFor();
  await visitor.leave();
});

test('a link that is still being made appears on the answer by itself, beside when, with whom and for whom', async () => {
  const { lark } = stage.standins;
  lark.faults.add({ kind: 'status', status: 503, path: 'reserves/apply$', times: 0 });
  lark.faults.add({ kind: 'status', status: 503, path: '/events$', times: 0 });
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(BOOK);
  await fill(visitor, /James Okafor/, workday(6));
  await slotsOf(page, workday(6)).first().click();
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.getByText('Link is being made', { exact: true }).waitFor();
  await page
    .locator('[data-id="summary"]')
    .getByText(/ with James Okafor, for /)
    .waitFor();
  await lookBoth(visitor, 'book-pending');
  lark.faults.release();
  await page.getByText('Link is ready', { exact: true }).waitFor({ timeout: 40_000 });
  await page.getByRole('link', { name: 'Join meeting' }).waitFor();
  await visitor.shot('book-pending-ready');
  await visitor.leave();
});

for (const [size, viewport, week] of [
  ['wide', wide, 7],
  ['phone', phone, 8],
] as const) {
  test(`anyone who is free: a time first, then who gives it (${size})`, async () => {
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    await visitor.open(BOOK);
    await fill(visitor, /Anyone/, workday(week));
    await page.getByText('Times in your own zone').waitFor();
    await slotsOf(page, workday(week), /^5:00\sPM/).click();
    await page.getByText('Who gives the training').waitFor();
    await page.getByRole('radio', { name: /James Okafor/ }).waitFor();
    await page
      .locator('[data-id="giver"]')
      .getByText(/^James Okafor · /)
      .click();
    await page.getByText('A Lark video meeting is made with the account of James Okafor').waitFor();
    await visitor.shot(`book-anyone-${size}`);
    await assertAccessible(page, 'anyone');
    await page.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByText(/TB-\d+ is booked/).waitFor();
    await page.getByRole('button', { name: 'Open the booking' }).click();
    await page
      .getByText(/with James Okafor/)
      .first()
      .waitFor();
    await visitor.leave();
  });
}

test('an onsite training asks for the address; a trainer who is not connected is said to be asked', async () => {
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(BOOK);
  await fill(visitor, /Noah Fischer/, workday(2));
  await page.getByText('has not connected Lark and is invited to').waitFor();
  await visitor.shot('book-6-not-connected');
  await page.getByText('Onsite', { exact: true }).click();
  await page.getByText('the trainer comes to the store').waitFor();
  await slotsOf(page, workday(2)).first().click();
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

test('somebody else was faster: it says so, offers the next free times, and one of them is booked', async () => {
  const [one, two] = [await visit(stage, staff), await visit(stage, 'helene.staff@trainer-connect.example')];
  two.expectTrouble(/500|apex/i);
  for (const visitor of [one, two]) {
    await visitor.open(BOOK);
    await fill(visitor, /James Okafor/, workday(5));
    await slotsOf(visitor.page, workday(5)).first().click();
  }
  // The same merchant and time would be the same booking.
  await two.page.getByRole('combobox', { name: 'Merchant' }).click();
  await two.page.getByRole('option', { name: /M-100/ }).nth(1).click();
  await one.page.getByRole('button', { name: 'Book', exact: true }).click();
  await one.page.getByText(/TB-\d+ is booked/).waitFor();
  await two.page.getByRole('button', { name: 'Book', exact: true }).click();
  await two.page.getByText('The training was not booked').waitFor();
  await two.page.getByText('The trainer is not free at this time any more. Choose another time.').waitFor();
  const next = two.page.getByRole('group', { name: 'The next free times' }).getByRole('button');
  assert.equal(await next.count(), 3);
  await lookBoth(two, 'book-8-taken');
  await next.first().click();
  await two.page.getByText(/^Chosen: /).waitFor();
  await two.page.getByRole('button', { name: 'Book', exact: true }).click();
  await two.page.getByText(/TB-\d+ is booked/).waitFor();
  await one.leave();
  await two.leave();
});

for (const [size, viewport, week] of [
  ['wide', wide, 9],
  ['phone', phone, 11],
] as const) {
  test(`a calendar that cannot be read offers no time, hatches it and says why (${size})`, async () => {
    const { lark } = stage.standins;
    const fault = lark.faults.add({ kind: 'status', status: 500, path: 'freebusy', times: 0 });
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    try {
      await visitor.open(BOOK);
      await choose(page, 'Trainer', /Wei Tan/);
      // What was read a moment ago is still known: each goes to a week of its own.
      await goToDay(page, workday(week));
      await page.getByText('It is not known whether the hatched time is free').waitFor();
      await page
        .getByText(/The Lark calendar could not be read/)
        .first()
        .waitFor();
      assert.equal(await page.locator('button[data-start]').count(), 0, 'unknown time is never offered');
      assert.ok((await page.locator('[data-unknown]').count()) >= 7);
      await visitor.shot(`book-9-unknown-${size}`);
      await assertAccessible(page, 'unknown time');
    } finally {
      lark.faults.release(fault.id);
    }
    await until(async () => {
      await page
        .getByRole('button', { name: 'Try again' })
        .click({ timeout: 1_000 })
        .catch(() => undefined);
      return (await page.locator('button[data-start]').count()) > 0;
    }, 'the free times to be back');
    await visitor.leave();
  });
}

test('weeks go on and back, not before today; a service that does not answer says so and what to do', async () => {
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(BOOK);
  await choose(page, 'Trainer', /Wei Tan/);
  const range = page.locator('[data-id="range"]');
  const first = await range.innerText();
  assert.equal(await page.getByRole('button', { name: 'Previous seven days' }).isDisabled(), true);
  await page.getByRole('button', { name: 'Next seven days' }).click();
  await page.locator('button[data-start]').first().waitFor();
  assert.notEqual(await range.innerText(), first);
  await page.getByRole('button', { name: 'Previous seven days' }).click();
  assert.equal(await range.innerText(), first);

  stage.standins.salesforce.configureNamedCredential('Trainer_Connect', {
    ...stage.middleware,
    url: 'http://127.0.0.1:9',
  });
  try {
    await page.getByRole('button', { name: 'Next seven days' }).click();
    await page.getByText('The free times could not be loaded').waitFor();
    await page.getByText(/The booking service does not answer/).waitFor();
    await lookBoth(visitor, 'book-10-unreachable');
  } finally {
    stage.standins.salesforce.configureNamedCredential('Trainer_Connect', stage.middleware);
  }
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('button[data-start]').first().waitFor();
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
