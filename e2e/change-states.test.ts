import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingOf, type BookedAnswer } from '../middleware/test/kit/bookings.ts';
import type { SampleTrainer, World } from '../middleware/test/kit/world.ts';
import {
  act,
  breakTheWay,
  button,
  dayInWeeks,
  dialog,
  holdApex,
  insertBooking,
  loseAnswers,
  pageOf,
  refuseApex,
  showBooking,
  trainerOf,
} from './kit/bookings.ts';
import { lookBoth } from './kit/look-both.ts';
import { connectLark, startStage, visit, type Stage, type Visitor } from './kit/stage.ts';
import { goToDay, slotsOf } from './kit/week.ts';
import { assertSpeaks, say } from './kit/words.ts';

const staff = 'sam.staff@trainer-connect.example';
const ready = {
  Meeting_Link_Status__c: 'Ready',
  Meeting_Link_Source__c: 'Lark Calendar',
  Remote_Training_Meeting_Link__c: 'https://vc.larksuite.com/j/561633398',
};
const byHand = {
  Meeting_Link_Status__c: 'Manual',
  Meeting_Link_Source__c: 'Manual',
  Remote_Training_Meeting_Link__c: 'https://meet.example.com/by-hand',
};

let stage: Stage;
let wei: SampleTrainer;
before(async () => {
  stage = await startStage({ sample: 'trainers' });
  wei = await trainerOf(stage, 'wei.tan@example.com');
  for (const email of [wei.Email__c, 'li.na@example.com']) await connectLark(stage, email);
});
after(() => stage.close());

let weeks = 1;
/** Two in the afternoon of Wei Tan, on a day that no other test uses. */
function bookWei(values: object, weekday = 3) {
  return insertBooking(stage, wei, `${dayInWeeks(stage, ++weeks, weekday)}T06:00:00.000Z`, values);
}

const card = ({ page }: Visitor) => page.locator('c-booking-meeting');
/** The page has one too. */
const refresh = (visitor: Visitor) => card(visitor).getByRole('button', { name: 'Refresh', exact: true });
const see = (visitor: Visitor, name: string) => lookBoth(visitor, `change-state-${name}`, 'c-booking-meeting');

const refused = { Sync_Status__c: 'Failed', Sync_Error__c: 'Lark does not accept this event.' };
const changes = ['Reschedule', 'Reassign', 'Regenerate link', 'Edit link', 'Cancel training'];

/** What the middleware writes, and what the card makes of it; a value stays until another takes its place. */
const states = [
  {
    name: 'new',
    values: { Sync_Status__c: 'Pending' },
    says: ['No meeting yet', 'A change is on its way to meeting and calendar.', 'Nothing has happened yet.'],
    offers: changes,
    hides: ['Join meeting'],
  },
  {
    name: 'requested',
    values: { Status__c: 'Requested', Meeting_Link_Status__c: 'Pending' },
    says: ['Requested', 'The time is held.', 'No meeting yet'],
    offers: ['Reschedule', 'Reassign', 'Edit link', 'Cancel training'],
    hides: ['Link is being made', 'Regenerate link'],
  },
  {
    name: 'waits',
    values: { Status__c: 'Confirmed', Sync_Status__c: 'Pending', Sync_Error__c: 'Lark is unavailable at the moment.' },
    says: ['Link is being made', 'usually within seconds', 'Lark is unavailable at the moment.'],
    offers: changes,
    hides: ['A change is on its way to meeting and calendar.'],
  },
  {
    name: 'link-failed',
    values: { ...refused, Meeting_Link_Status__c: 'Failed' },
    says: ['Link could not be made', 'Meeting and calendar are not up to date', 'Lark does not accept this event.'],
    offers: changes,
    hides: ['Join meeting'],
  },
  {
    name: 'sync-failed',
    values: { ...refused, ...ready },
    says: ['Link is ready', 'Meeting and calendar are not up to date', 'it is tried again by itself'],
    offers: ['Join meeting', 'Copy link', ...changes],
    hides: ['Link could not be made'],
  },
  {
    name: 'conflict',
    values: {
      Meeting_Link_Status__c: 'Pending',
      Meeting_Link_Source__c: null,
      Remote_Training_Meeting_Link__c: null,
      Sync_Status__c: 'Conflict',
      Sync_Error__c: 'The trainer has TB-00042 at this time.',
    },
    says: ['No meeting yet', 'The trainer has another booking', 'TB-00042', 'Move this training to a free time'],
    offers: ['Reschedule', 'Reassign', 'Edit link', 'Cancel training'],
    hides: ['Link is being made', 'The meeting is made once the booking is confirmed.', 'Regenerate link'],
  },
  {
    name: 'completed',
    values: { ...ready, Status__c: 'Completed' },
    says: ['Completed', 'This training is over.'],
    offers: ['Copy link'],
    hides: ['Link is ready', ...changes],
  },
  {
    name: 'cancelled',
    values: { ...byHand, Status__c: 'Cancelled' },
    says: ['Cancelled', 'This training does not take place.'],
    offers: [],
    hides: ['Link entered by hand', 'Join meeting', 'Copy link', ...changes],
  },
];

test('the card cannot be loaded, then is; it says how the booking stands and offers what can be done then', async () => {
  const booking = await bookWei({});
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await refuseApex(page, 'getMeeting');
  await visitor.open(pageOf(booking));
  await page.getByText('The meeting could not be loaded').waitFor();
  await see(visitor, 'load-failed');
  await button(page, 'Try again').click();
  await refresh(visitor).and(page.locator(':focus')).waitFor();
  for (const { name, values, says, offers, hides } of states) {
    await showBooking(stage, booking, values);
    await refresh(visitor).click();
    for (const text of says) await card(visitor).getByText(text).first().waitFor();
    for (const offer of offers) await card(visitor).getByText(offer, { exact: true }).waitFor();
    for (const hidden of hides) assert.equal(await card(visitor).getByText(hidden, { exact: true }).count(), 0, hidden);
    await see(visitor, name);
  }
  await visitor.leave();
});

test('a link that does not come: nobody looks any more, it says so, and whoever asks sees it; then it is copied', async () => {
  const booking = await bookWei({ Meeting_Link_Status__c: 'Pending', Sync_Status__c: 'Pending' });
  const visitor = await visit(stage, staff);
  const { page, context } = visitor;
  await page.clock.install();
  await visitor.open(pageOf(booking));
  await page.getByText('usually within seconds').waitFor();
  await page.clock.fastForward('01:05');
  const late = page.getByText(/It takes longer than usual\. .* Refresh to look again\./);
  await late.waitFor();
  await see(visitor, 'pending-late');
  await showBooking(stage, booking, { ...ready, Sync_Status__c: 'Pending' });
  await refresh(visitor).click();
  await page.getByText('A change is still on its way to meeting and calendar. Refresh to look again.').waitFor();
  await late.waitFor({ state: 'detached' });
  await see(visitor, 'sync-late');
  await showBooking(stage, booking, ready);
  await refresh(visitor).click();
  await page.getByText('A change is still on its way').waitFor({ state: 'detached' });

  await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error())');
  await button(page, 'Copy link').click();
  await page.getByText('The browser did not allow copying. Select the link and copy it yourself.').waitFor();
  await see(visitor, 'copy-failed');
  await page.evaluate('delete navigator.clipboard.writeText');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await button(page, 'Copy link').click();
  await page.getByText('Copied', { exact: true }).waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), ready.Remote_Training_Meeting_Link__c);
  await see(visitor, 'copied');
  await visitor.leave();
});

test('reassign: nobody is free, nobody can be asked, a link by hand, and a trainer who is not connected', async () => {
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(pageOf(await bookWei(ready, 0)));
  await button(page, 'Reassign').click();
  await dialog(page).getByText('Nobody else is free at this time').waitFor();
  await dialog(page).getByText('Move the training to another time first, or try again later.').waitFor();
  assert.equal(await act(page, 'Reassign the training').isDisabled(), true);
  await see(visitor, 'reassign-nobody');
  const mend = breakTheWay(stage);
  try {
    await act(page, 'Try again').click();
    await dialog(page).getByText('It could not be looked up who is free').waitFor();
    await see(visitor, 'reassign-look-up-failed');
  } finally {
    mend();
  }
  await act(page, 'Try again').click();
  await dialog(page).getByText('Nobody else is free at this time').waitFor();

  await visitor.open(pageOf(await bookWei(byHand)));
  await button(page, 'Reassign').click();
  await page.getByRole('radio', { name: /Priya Nair/ }).check();
  await dialog(page).getByText('The link that was entered by hand stays as it is.').waitFor();
  await dialog(page).getByText('Priya Nair has not connected Lark: the calendar event follows').waitFor();
  assert.equal(await dialog(page).getByText('The link used until now stops working.').count(), 0);
  await see(visitor, 'reassign-by-hand');

  const { body } = await stage.call<BookedAnswer>('POST', '/api/lark/book-training', {
    body: bookingOf({ clock: stage.standins.clock } as World, wei, 1, {
      date: dayInWeeks(stage, ++weeks),
      startTime: '14:00',
      endTime: '15:00',
    }),
  });
  await visitor.open(pageOf(body));
  await button(page, 'Reassign').click();
  await page.getByRole('radio', { name: /Priya Nair/ }).check();
  await dialog(page).getByText('Priya Nair has not connected Lark and is invited to.').waitFor();
  await dialog(page).getByText('The link used until now stops working.').waitFor();
  await see(visitor, 'reassign-not-connected');
  const goOn = await holdApex(page, 'reassign');
  await act(page, 'Reassign the training').click();
  await act(page, 'Reassigning…').waitFor();
  assert.equal(await dialog(page).getByRole('radio').first().isDisabled(), true);
  await see(visitor, 'reassign-pending');
  goOn();
  await page.getByText('The training is reassigned', { exact: true }).waitFor();
  await page.locator('[data-id="when"]').getByText('Priya Nair').waitFor();
  await page.getByText('Waiting for the trainer', { exact: true }).waitFor();
  await visitor.leave();
});

test('reschedule: a time that has passed meanwhile is refused in words; after an answer that is lost, the card has the new time', async () => {
  const booking = await bookWei(ready);
  const day = dayInWeeks(stage, weeks);
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(pageOf(booking));
  await button(page, 'Reschedule').click();
  await goToDay(page, day);
  await slotsOf(page, day, /^3:30/).click();
  // Whoever waits for years.
  await page.route(
    '**/apex/TrainingBookingController.reschedule',
    (route) => route.continue({ postData: { ...(route.request().postDataJSON() as object), bookDate: '2024-01-10' } }),
    { times: 1 },
  );
  const goOn = await holdApex(page, 'reschedule');
  await act(page, 'Move the training').click();
  await act(page, 'Moving…').waitFor();
  assert.equal(await act(page, 'Choose another time').isDisabled(), true);
  await see(visitor, 'reschedule-pending');
  goOn();
  await dialog(page).getByText('The training was not moved').waitFor();
  await dialog(page).getByText('This time has passed already. Choose a later one.').waitFor();
  await slotsOf(page, day, /^3:30/).waitFor();
  await see(visitor, 'reschedule-passed');

  await slotsOf(page, day, /^3:30/).click();
  const hear = await loseAnswers(stage);
  try {
    await act(page, 'Move the training').click();
    await dialog(page).getByText('It is not known whether this was done').waitFor();
  } finally {
    hear();
  }
  await dialog(page).getByText('Trying the same again is safe.').waitFor();
  assert.equal(await dialog(page).getByText('The training was not moved').count(), 0);
  await see(visitor, 'reschedule-not-known');
  await act(page, 'Leave as it is').click();
  await card(visitor).locator('[data-id="when"]').getByText(/3:30/).waitFor();
  await button(page, 'Reschedule').and(page.locator(':focus')).waitFor();
  await visitor.leave();
});

test('a link by hand: what a new one and cancelling mean for it; after an answer that is lost, the card is cancelled', async () => {
  const visitor = await visit(stage, staff);
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  await visitor.open(pageOf(await bookWei(byHand)));
  await button(page, 'Regenerate link').click();
  const staysOpen = dialog(page).getByText('The link was entered by hand: the meeting behind it stays open');
  await staysOpen.waitFor();
  assert.equal(await dialog(page).getByText('The link used until now stops working.').count(), 0);
  await see(visitor, 'regenerate-by-hand');
  await act(page, 'Leave as it is').click();
  await dialog(page).waitFor({ state: 'detached' });

  await button(page, 'Cancel training').click();
  await staysOpen.waitFor();
  await see(visitor, 'cancel-by-hand');
  const hear = await loseAnswers(stage);
  try {
    await act(page, 'Cancel training').click();
    await dialog(page).getByText('It is not known whether this was done').waitFor();
  } finally {
    hear();
  }
  await see(visitor, 'cancel-not-known');
  await act(page, 'Leave as it is').click();
  await card(visitor).getByText('This training does not take place.').waitFor();
  await page.locator('[data-id="booking-status"]:focus').waitFor();
  await visitor.leave();
});

test('in French: no word of ours stays English, in no state and in no modal', async () => {
  const booking = await bookWei({});
  const visitor = await visit(stage, staff, { language: 'fr' });
  visitor.expectTrouble(/500|apex/i);
  const { page } = visitor;
  const fr = (name: string) => say('fr', name);
  await refuseApex(page, 'getMeeting');
  await visitor.open(pageOf(booking));
  await page.getByText(fr('TC_Meeting_Load_Failed')).waitFor();
  await assertSpeaks(page, 'fr', 'c-booking-meeting');
  for (const { values } of states) {
    await showBooking(stage, booking, values);
    await page.reload();
    await page.locator('[data-id="when"]').waitFor();
    await assertSpeaks(page, 'fr', 'c-booking-meeting');
  }
  await visitor.open(pageOf(await bookWei(ready)));
  const mend = breakTheWay(stage);
  try {
    for (const [open, confirm, shown] of [
      ['TC_Change_Move', undefined, 'TC_Book_Times_Failed'],
      ['TC_Change_Give', undefined, 'TC_Change_Give_Load_Failed'],
      ['TC_Change_Regenerate', 'TC_Change_Regenerate', 'TC_Error_Unknown'],
      ['TC_Change_Link', 'TC_Change_Link_Save', 'TC_Error_Unknown'],
      ['TC_Change_Cancel', 'TC_Change_Cancel', 'TC_Error_Unknown'],
    ] as const) {
      await button(page, fr(open)).click();
      if (confirm) await act(page, fr(confirm)).click();
      await dialog(page).getByText(fr(shown)).waitFor();
      await see(visitor, `fr-${open}`);
      await assertSpeaks(page, 'fr', '[role="dialog"]');
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
    }
  } finally {
    mend();
  }
  await visitor.leave();
});
