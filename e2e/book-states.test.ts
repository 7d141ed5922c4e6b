import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { breakTheWay, button, dayInWeeks, holdApex, loseAnswers, refuseApex, trainerOf } from './kit/bookings.ts';
import { look } from './kit/look.ts';
import { assertInside, lookBoth } from './kit/look-both.ts';
import { callSalesforce } from './kit/salesforce.ts';
import { connectLark, startStage, visit, type Stage } from './kit/stage.ts';
import { choose, goToDay, slotsOf } from './kit/week.ts';
import { assertSpeaks, say } from './kit/words.ts';

let stage: Stage;
before(async () => {
  stage = await startStage();
  for (const email of ['wei.tan@example.com', 'james.okafor@example.com']) await connectLark(stage, email);
});
after(() => stage.close());

const BOOK = '/lightning/n/Book_Training';
const staff = 'sam.staff@trainer-connect.example';
/** Books from Paris. */
const elsewhere = 'helene.staff@trainer-connect.example';

const form = (page: Page) => page.locator('[data-id="form"]');
const isFocused = (page: Page, role: 'combobox' | 'textbox', name: string) =>
  page.getByRole(role, { name }).and(page.locator(':focus')).waitFor();

/** All trainers who give trainings stop doing so. @returns what lets them go on */
async function withoutTrainers(): Promise<() => Promise<void>> {
  const query = 'SELECT Id FROM Onboarding_Trainer__c WHERE Active__c = true';
  const { records } = await callSalesforce<{ records: { Id: string }[] }>(
    stage,
    'GET',
    `/query?q=${encodeURIComponent(query)}`,
  );
  const setActive = async (isActive: boolean) => {
    await callSalesforce(stage, 'PATCH', '/composite/sobjects', {
      allOrNone: true,
      records: records.map(({ Id }) => ({
        attributes: { type: 'Onboarding_Trainer__c' },
        Id,
        Active__c: isActive,
      })),
    });
  };
  await setActive(false);
  return () => setActive(true);
}

test('nobody to book, then trainers and merchants that cannot be loaded: each says what to do, and trying again goes on', async () => {
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const bringBack = await withoutTrainers();
  try {
    await visitor.open(BOOK);
    await page.getByText('There is no trainer to book').waitFor();
    await page.getByText('An administrator can add one or give you access.').waitFor();
    await lookBoth(visitor, 'book-11-no-trainers');
  } finally {
    await bringBack();
  }
  for (const method of ['getTrainers', 'getMerchants']) await refuseApex(page, method);
  await page.reload();
  await page.getByText('The trainers could not be loaded').waitFor();
  await page.getByText('Salesforce did not accept this.').waitFor();
  await lookBoth(visitor, 'book-12-trainers-failed');
  await button(page, 'Try again').click();
  await isFocused(page, 'combobox', 'Trainer');
  await page.getByText('The merchants booked before could not be loaded').waitFor();
  // Whoever does not want to wait for the list enters the merchant.
  await page.getByRole('textbox', { name: 'Merchant reference' }).waitFor();
  await lookBoth(visitor, 'book-13-merchants-failed');
  await button(page, 'Try again').press('Enter');
  await isFocused(page, 'combobox', 'Merchant');
  await choose(page, 'Merchant', /M-1002/);
  await page.getByRole('textbox', { name: 'Merchant reference' }).waitFor({ state: 'detached' });
  await visitor.leave();
});

test('another merchant, from another zone: what is missing, a day that has passed, a mail address that is refused, and booked', async () => {
  const visitor = await visit(stage, elsewhere);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const day = dayInWeeks(stage, 2);
  await visitor.open(BOOK);
  await choose(page, 'Trainer', /Wei Tan/);
  await choose(page, 'Merchant', /Another merchant/);
  await goToDay(page, dayInWeeks(stage, -2));
  await page.getByText('Choose today or a later day.').waitFor();
  await button(page, 'Book').click();
  await page.getByText('Complete this field.').nth(1).waitFor();
  await page.getByText('Choose one of the free times.').waitFor();
  await isFocused(page, 'textbox', 'Merchant reference');
  await lookBoth(visitor, 'book-14-missing');

  await page.getByRole('textbox', { name: 'Merchant reference' }).fill('M-ANOTHER');
  await page.getByRole('textbox', { name: 'Merchant name' }).fill('The Corner Bakery');
  // The browser takes it, the service does not.
  await page.getByRole('textbox', { name: 'Contact e-mail' }).fill('lee..kim@store.example');
  await goToDay(page, day);
  await page.getByText('Your own zone is Central European Standard Time (Europe/Paris).').waitFor();
  await slotsOf(page, day, /^10:00\sAM\s*3:00\sAM your time$/).click();
  await page.getByText('Choose today or a later day.').waitFor({ state: 'detached' });
  await lookBoth(visitor, 'book-15-your-time');

  const release = await holdApex(page, 'book');
  await button(page, 'Book').click();
  assert.equal(await button(page, 'Booking…').isDisabled(), true);
  assert.equal(
    await form(page).locator('button:enabled:visible, input:enabled:visible, textarea:enabled:visible').count(),
    0,
  );
  await lookBoth(visitor, 'book-16-booking');
  release();
  await page.getByText('Enter a complete e-mail address, such as name@example.com.').waitFor();
  await page.getByText('Correct the marked fields and book again.').waitFor();
  await isFocused(page, 'textbox', 'Contact e-mail');
  await lookBoth(visitor, 'book-17-refused');

  await page.getByRole('textbox', { name: 'Contact e-mail' }).fill('lee.kim@store.example');
  await page.keyboard.press('Tab');
  await page.getByText('Enter a complete e-mail address').waitFor({ state: 'detached' });
  await button(page, 'Book').click();
  await page.getByText(/with Wei Tan, for The Corner Bakery/).waitFor();
  await lookBoth(visitor, 'book-18-booked');
  await visitor.leave();
});

test('no answer came: what is known and what is safe, also after a change; sent again, the training is booked once', async () => {
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const day = dayInWeeks(stage, 3);
  await visitor.open(BOOK);
  await choose(page, 'Trainer', /Wei Tan/);
  await choose(page, 'Merchant', /Another merchant/);
  await page.getByRole('textbox', { name: 'Merchant reference' }).fill('M-ONCE');
  await page.getByRole('textbox', { name: 'Merchant name' }).fill('Once Upon a Thyme');
  await goToDay(page, day);
  await slotsOf(page, day, /^10:00/).click();
  const sent: (string | null)[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/apex/TrainingBookingController.book')) sent.push(request.postData());
  });
  const hear = await loseAnswers(stage);
  try {
    await button(page, 'Book').click();
    await page.getByText('It is not known whether this was done').waitFor();
  } finally {
    hear();
  }
  await page.getByText('Choose Book again without changing anything: the training is booked only once.').waitFor();
  assert.equal(await page.getByText('The training was not booked').count(), 0);
  await lookBoth(visitor, 'book-19-not-known');
  await page.getByRole('textbox', { name: 'Contact name' }).fill('Kim');
  await page.getByText(/The training with Wei Tan on .* may be booked already/).waitFor();
  await page.getByRole('link', { name: 'Look at the bookings in a new tab' }).waitFor();
  await lookBoth(visitor, 'book-20-changed-after');
  await page.getByRole('textbox', { name: 'Contact name' }).fill('');
  await button(page, 'Book').click();
  await page.getByText(/TB-\d+ is booked/).waitFor();
  const query = "SELECT COUNT() FROM Training_Booking__c WHERE Merchant_Reference__c = 'M-ONCE'";
  const { totalSize } = await callSalesforce<{ totalSize: number }>(
    stage,
    'GET',
    `/query?q=${encodeURIComponent(query)}`,
  );
  assert.equal(totalSize, 1);
  assert.deepEqual(sent, [sent[0], sent[0]], 'sent again as it was, under the same key');
  await visitor.leave();
});

test('anyone: many remarks and many reasons are folded, can be unfolded, and have room in a narrow region', async () => {
  const { lark, clock } = stage.standins;
  for (const [email, zone] of [
    ['priya.nair@example.com', 'Asia/Bombay Castle'],
    ['youssef.amrani@example.com', 'Africa/Marrakesh Gardens'],
  ] as const) {
    const { Id } = await trainerOf(stage, email);
    await callSalesforce(stage, 'PATCH', `/sobjects/Onboarding_Trainer__c/${Id}`, { Time_Zone__c: zone });
  }
  // A change of a trainer may go unnoticed for a minute.
  clock.advance(61_000);
  const fault = lark.faults.add({ kind: 'status', status: 500, path: 'freebusy', times: 0 });
  const visitor = await visit(stage, elsewhere);
  const { page } = visitor;
  try {
    await visitor.open(BOOK);
    await choose(page, 'Trainer', /Anyone/);
    // Times that were read a moment ago are still known: a week of its own.
    const day = dayInWeeks(stage, 4);
    await goToDay(page, day);
    const remarks = page.getByText(/^\d+ remarks about these free times$/);
    await remarks.waitFor();
    const reasons = page.getByText('3 reasons', { exact: true }).first();
    assert.equal(await page.locator('li[data-note]:visible, li[data-reason]:visible').count(), 0);
    await slotsOf(page, day).first().click();
    await page.getByText('Who gives the training').waitFor();
    const displays = await page
      .locator('summary:visible')
      .evaluateAll((summaries: { computedStyleMap(): Map<string, unknown> }[]) =>
        summaries.map((summary) => String(summary.computedStyleMap().get('display'))),
      );
    assert.deepEqual(displays, ['list-item', 'list-item'], 'a triangle says that there is more');
    await lookBoth(visitor, 'book-21-folded');
    for (const summary of [reasons, remarks]) await summary.press('Enter');
    await page.getByText(/^2 trainers: The Lark calendar could not be read/).waitFor();
    await page.getByText(/Asia\/Bombay Castle.* is not a time zone we know/).waitFor();
    await page.getByText(/^Noah Fischer has no calendar connected/).waitFor();
    await lookBoth(visitor, 'book-22-unfolded');
    // A region beside others is as narrow on a wide screen.
    await page
      .locator('c-book-training')
      .evaluate((host: { style: Record<string, string> }) =>
        Object.assign(host.style, { display: 'block', width: '24rem' }),
      );
    await assertInside(page, 'c-book-training', 'narrow region');
    const [first, second] = await Promise.all(
      [0, 1].map((index) => page.locator('[data-day][role="group"]').nth(index).boundingBox()),
    );
    assert.equal(first?.x, second?.x, 'days are below each other');
    await look(visitor, 'book-23-narrow-region');
  } finally {
    lark.faults.release(fault.id);
  }
  await visitor.leave();
});

test('in French: no word of ours stays English from the empty form to the booked training', async () => {
  const visitor = await visit(stage, elsewhere, { language: 'fr' });
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const fr = (name: string) => say('fr', name);
  const speaks = () => assertSpeaks(page, 'fr', 'c-book-training');
  await visitor.open(BOOK);
  await page.getByText(fr('TC_Book_Choose_First')).waitFor();
  await speaks();
  await choose(page, fr('TC_Book_Trainer'), /James Okafor/);
  await choose(page, fr('TC_Book_Merchant'), /M-1002/);
  const slots = page.locator('button[data-start]');
  await slots.first().waitFor();
  await button(page, fr('TC_Week_Next')).click();
  await slots.first().click();
  await page.getByText(fr('TC_Book_Outlook'), { exact: true }).waitFor();
  await lookBoth(visitor, 'book-24-fr');
  await speaks();
  const mend = breakTheWay(stage);
  try {
    await button(page, fr('TC_Book_Submit')).click();
    await page.getByText(fr('TC_Error_Unknown')).waitFor();
    await lookBoth(visitor, 'book-25-fr-not-known');
    await speaks();
  } finally {
    mend();
  }
  await button(page, fr('TC_Book_Submit')).click();
  await page.getByText(/^TB-\d+ est réservée$/).waitFor();
  await page.getByText(/avec James Okafor, pour /).waitFor();
  await lookBoth(visitor, 'book-26-fr-booked');
  await speaks();
  await visitor.leave();
});
