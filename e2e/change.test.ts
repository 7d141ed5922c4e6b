import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { bookingOf, type BookedAnswer } from '../middleware/test/kit/bookings.ts';
import { callerOf, keys, until, type SampleTrainer, type World } from '../middleware/test/kit/world.ts';
import { assertAccessible } from './kit/accessible.ts';
import { act, breakTheWay, button, dayInWeeks, dialog, holdApex, pageOf, trainerOf } from './kit/bookings.ts';
import { lookBoth } from './kit/look-both.ts';
import { callSalesforce } from './kit/salesforce.ts';
import { connectLark, phone, startStage, visit, wide, type Stage, type Visitor } from './kit/stage.ts';
import { choose, goToDay, slotsOf } from './kit/week.ts';

const staff = 'sam.staff@trainer-connect.example';
let stage: Stage;
let wei: SampleTrainer;
let li: SampleTrainer;
before(async () => {
  stage = await startStage({ sample: 'trainers' });
  [wei, li] = [await trainerOf(stage, 'wei.tan@example.com'), await trainerOf(stage, 'li.na@example.com')];
  for (const { Email__c } of [wei, li]) await connectLark(stage, Email__c);
});
after(() => stage.close());

let weeks = 1;
/** Books Wei Tan at ten on a Wednesday that no other test uses. */
async function bookWednesday(change: object = {}): Promise<BookedAnswer & { day: string }> {
  const day = dayInWeeks(stage, ++weeks);
  const body = bookingOf({ clock: stage.standins.clock } as World, wei, 1, { date: day, ...change });
  const answer = await call<BookedAnswer>('POST', '/api/lark/book-training', { key: keys.portal, body });
  assert.equal(answer.status, 201, answer.text);
  return { ...answer.body, day };
}

const call = <T>(...given: Parameters<ReturnType<typeof callerOf>>) =>
  callerOf(() => stage.middleware.url)<T>(...given);
const see = (visitor: Visitor, name: string) => lookBoth(visitor, name, 'c-booking-meeting');

function eventsAtLark({ Email__c }: SampleTrainer) {
  const { lark } = stage.standins;
  const openId = lark.accounts.find(({ email }) => email === Email__c)?.openId ?? assert.fail(Email__c);
  return lark.events(openId).filter(({ deleted }) => !deleted);
}

async function startOf({ bookingId }: BookedAnswer): Promise<string> {
  const { body } = await call<{ start: string }>('GET', `/api/bookings/${bookingId}`, { key: keys.portal });
  return body.start;
}

async function linkOn(page: Page): Promise<string> {
  return page.locator('[data-id="link"]').first().innerText();
}

for (const [size, viewport] of [
  ['wide', wide],
  ['phone', phone],
] as const) {
  test(`reschedule: half an hour later, on the page without a reload, and the event follows (${size})`, async () => {
    const booked = await bookWednesday();
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    await visitor.open(pageOf(booked));
    await button(page, 'Reschedule').click();
    await goToDay(page, booked.day);
    // Its own time counts as free for it.
    await slotsOf(page, booked.day, /^10:30/).waitFor();
    await visitor.shot(`change-1-week-${size}`);
    await assertAccessible(page, 'reschedule, the week');
    await slotsOf(page, booked.day, /^10:30/).click();
    await page.getByText(/The training moves to .*10:30/).waitFor();
    await visitor.shot(`change-2-move-${size}`);
    await assertAccessible(page, 'reschedule, what will happen');
    const events = JSON.stringify(eventsAtLark(wei));
    await act(page, 'Move the training').click();
    await page.getByText('The training is moved', { exact: true }).waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    await button(page, 'Reschedule').and(page.locator(':focus')).waitFor();
    await page.locator('[data-id="when"]').getByText(/10:30/).waitFor();
    assert.match(await startOf(booked), /T02:30:00/);
    await until(() => JSON.stringify(eventsAtLark(wei)) !== events, 'the event to move');
    await visitor.leave();
  });

  test(`reassign: who is free, what changes for the link, and a new link is there (${size})`, async () => {
    const booked = await bookWednesday();
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    await visitor.open(pageOf(booked));
    const before = await linkOn(page);
    await button(page, 'Reassign').click();
    await page.getByRole('radio', { name: new RegExp(li.Name) }).check();
    await page.getByText(`A new meeting link is made with the account of ${li.Name}.`).waitFor();
    await page.getByText('The link used until now stops working.').waitFor();
    await page.getByText('Not working at this time').first().waitFor();
    await visitor.shot(`change-3-reassign-${size}`);
    await assertAccessible(page, 'reassign');
    await act(page, 'Reassign the training').click();
    await page.getByText('The training is reassigned', { exact: true }).waitFor();
    await page.locator('[data-id="when"]').getByText(li.Name).waitFor();
    await until(async () => (await linkOn(page)) !== before, 'the new link');
    // The timeline shows both.
    await page.locator('[data-links]').filter({ hasText: before }).first().waitFor();
    await visitor.shot(`change-4-reassigned-${size}`);
    await assertAccessible(page, 'reassigned');
    await visitor.leave();
  });

  test(`a new link, a link by hand, and cancelled in the end (${size})`, async () => {
    const booked = await bookWednesday();
    const visitor = await visit(stage, staff, { viewport });
    const { page } = visitor;
    await visitor.open(pageOf(booked));
    const before = await linkOn(page);
    await button(page, 'Regenerate link').click();
    await dialog(page).getByText('The link used until now stops working.').waitFor();
    await visitor.shot(`change-5-regenerate-${size}`);
    await assertAccessible(page, 'regenerate');
    await act(page, 'Regenerate link').click();
    await page.getByText('A new link is made', { exact: true }).waitFor();
    await until(async () => (await linkOn(page)) !== before, 'another link');
    await page.locator('[data-links]').filter({ hasText: before }).first().waitFor();

    await button(page, 'Edit link').click();
    const field = dialog(page).getByLabel('Meeting link');
    await field.fill('meet me');
    await act(page, 'Save the link').click();
    await page.getByText('Enter a complete web address that begins with https://').waitFor();
    await visitor.shot(`change-6-link-bad-${size}`);
    await assertAccessible(page, 'a link that is none');
    await field.fill('https://meet.example.com/by-hand');
    await act(page, 'Save the link').click();
    await page.getByText('The link is saved', { exact: true }).waitFor();
    await page.getByText('Link entered by hand', { exact: true }).waitFor();
    assert.equal(await linkOn(page), 'https://meet.example.com/by-hand');

    const events = eventsAtLark(wei).length;
    await button(page, 'Cancel training').click();
    await dialog(page)
      .getByText(/The link was entered by hand: the meeting behind it stays open/)
      .waitFor();
    assert.equal(await dialog(page).getByText('nobody can join by the link any more').count(), 0);
    await visitor.shot(`change-7-cancel-${size}`);
    await assertAccessible(page, 'cancel');
    await act(page, 'Cancel training').click();
    await page.getByText('The training is cancelled', { exact: true }).waitFor();
    await page.getByText('This training does not take place.').waitFor();
    assert.equal(await button(page, 'Reschedule').count(), 0, 'nothing is left to be done');
    await page.locator('[data-id="booking-status"]:focus').waitFor();
    await until(() => eventsAtLark(wei).length === events - 1, 'the event to go');
    await visitor.shot(`change-8-cancelled-${size}`);
    await assertAccessible(page, 'cancelled');
    await visitor.leave();
  });
}

test('by keyboard alone: a training is moved, and Escape leaves everything as it is', async () => {
  const booked = await bookWednesday();
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(pageOf(booked));
  await button(page, 'Cancel training').focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await button(page, 'Cancel training').and(page.locator(':focus')).waitFor();

  await button(page, 'Reschedule').focus();
  await page.keyboard.press('Enter');
  await goToDay(page, booked.day);
  await slotsOf(page, booked.day).first().focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  await page.locator('[data-id="what"]:focus').waitFor();
  await act(page, 'Move the training').focus();
  await page.keyboard.press('Enter');
  await page.getByText('The training is moved', { exact: true }).waitFor();
  await visitor.leave();
});

test('somebody was faster: moving offers the next free times; one of them is taken', async () => {
  const booked = await bookWednesday();
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(pageOf(booked));
  await button(page, 'Reschedule').click();
  await goToDay(page, booked.day);
  await slotsOf(page, booked.day, /^2:00/).click();
  weeks -= 1;
  await bookWednesday({ startTime: '14:00', endTime: '15:00' });
  await act(page, 'Move the training').click();
  await page.getByText('The training was not moved').waitFor();
  await page.getByText('The trainer is not free at this time any more. Choose another time.').waitFor();
  const next = page.getByRole('group', { name: 'The next free times' }).getByRole('button');
  assert.equal(await next.count(), 3);
  await see(visitor, 'change-9-taken');
  await next.first().click();
  await act(page, 'Move the training').click();
  await page.getByText('The training is moved', { exact: true }).waitFor();
  await visitor.leave();
});

test('trouble is said in the modal with what to do, and the modal can be left', async () => {
  const booked = await bookWednesday();
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(pageOf(booked));
  await button(page, 'Regenerate link').waitFor();
  const mend = breakTheWay(stage);
  try {
    for (const [open, confirm] of [
      ['Regenerate link', 'Regenerate link'],
      ['Edit link', 'Save the link'],
      ['Cancel training', 'Cancel training'],
    ] as const) {
      await button(page, open).click();
      await act(page, confirm).click();
      await dialog(page).getByText('It is not known whether this was done').waitFor();
      await dialog(page)
        .getByText(/The booking service does not answer/)
        .waitFor();
      await dialog(page).getByText('Trying the same again is safe.').waitFor();
      await see(visitor, `change-10-${open.toLowerCase().replaceAll(' ', '-')}-failed`);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
    }
  } finally {
    mend();
  }
  await visitor.leave();
});

test('while something is done, its modal waits and cannot be left', async () => {
  const booked = await bookWednesday();
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await visitor.open(pageOf(booked));
  await button(page, 'Cancel training').click();
  const goOn = await holdApex(page, 'cancelBooking');
  await act(page, 'Cancel training').click();
  await act(page, 'Cancelling…').waitFor();
  assert.equal(await act(page, 'Leave as it is').isDisabled(), true);
  await page.keyboard.press('Escape');
  assert.equal(await act(page, 'Cancel and close').isDisabled(), true);
  await see(visitor, 'change-12-pending');
  assert.equal(await act(page, 'Cancelling…').count(), 1);
  goOn();
  await page.getByText('The training is cancelled', { exact: true }).waitFor();
  await visitor.leave();
});

test('cancelled behind the page: the modal says so in words', async () => {
  const booked = await bookWednesday();
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(pageOf(booked));
  await button(page, 'Regenerate link').click();
  await call('DELETE', `/api/bookings/${booked.bookingId}`, { key: keys.portal });
  await act(page, 'Regenerate link').click();
  await dialog(page)
    .getByText(/This training is over or cancelled/)
    .waitFor();
  await visitor.leave();
});

test('a calendar that cannot be read never makes its trainer free', async () => {
  const booked = await bookWednesday();
  const { lark } = stage.standins;
  const fault = lark.faults.add({ kind: 'status', status: 500, path: 'freebusy', times: 0 });
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  try {
    await visitor.open(pageOf(booked));
    await button(page, 'Reassign').click();
    const row = page.locator('[data-other]').filter({ hasText: li.Name });
    await row.getByText(/Not known whether free/).waitFor();
    await see(visitor, 'change-13-unknown');
  } finally {
    lark.faults.release(fault.id);
  }
  await visitor.leave();
});

test('a trainer sees the own training without a way to change it; an onsite one has no link to change', async () => {
  const booked = await bookWednesday();
  const trainer = await visit(stage, 'wei.tan@trainer-connect.example');
  await trainer.open(pageOf(booked));
  await trainer.page.getByText('Link is ready', { exact: true }).waitFor();
  assert.equal(await button(trainer.page, 'Reschedule').count(), 0);
  await trainer.leave();

  const onsite = await bookWednesday({ serviceType: 'onsite', storeAddress: '1 Main Street' });
  const visitor = await visit(stage, staff);
  await visitor.open(pageOf(onsite));
  await button(visitor.page, 'Reassign').waitFor();
  assert.equal(await button(visitor.page, 'Regenerate link').count(), 0);
  assert.equal(await button(visitor.page, 'Edit link').count(), 0);
  await visitor.shot('change-14-onsite');
  await visitor.leave();
});

test('a week without free time says so and where to go on', async () => {
  const noah = await trainerOf(stage, 'noah.fischer@example.com');
  await callSalesforce(stage, 'PATCH', `/sobjects/Onboarding_Trainer__c/${noah.Id}`, { Work_Days__c: 'Sun' });
  const sunday = new Date(stage.standins.clock.now().getTime() + 14 * 86_400_000);
  sunday.setUTCDate(sunday.getUTCDate() - sunday.getUTCDay());
  const taken = { start: sunday.toISOString().slice(0, 10) };
  const visitor = await visit(stage, staff);
  const { page } = visitor;
  await callSalesforce(stage, 'POST', '/sobjects/Training_Booking__c', {
    Trainer__c: noah.Id,
    Start__c: `${taken.start}T00:00:00Z`,
    End__c: `${taken.start}T23:00:00Z`,
    Time_Zone__c: 'Europe/Berlin',
    Service_Type__c: 'Onsite',
    Booking_Type__c: 'Installation',
    Status__c: 'Confirmed',
    Merchant_Reference__c: 'M-1001',
    Merchant_Name__c: 'Blue Lantern Noodles',
  });
  await visitor.open('/lightning/n/Book_Training');
  await choose(page, 'Trainer', /Noah Fischer/);
  await goToDay(page, taken.start);
  await page.getByText('No free time in these seven days').waitFor();
  await page.getByText(/Go on to .* with the arrow/).waitFor();
  await page.getByText('Your own zone is').waitFor();
  await lookBoth(visitor, 'change-15-empty-week');
  await button(page, 'Next seven days').click();
  await page.locator('button[data-start]').first().waitFor();
  await visitor.leave();
});
