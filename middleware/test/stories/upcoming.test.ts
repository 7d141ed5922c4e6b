import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { atLark, book, bookingOf, bookingRow, editInSalesforce, timelineOf } from '../kit/bookings.ts';
import { startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const HOUR = 3_600_000;
let world: World;

before(async () => {
  world = await startWorld({ environment: { ALERT_RECIPIENTS: 'admin@trainer-connect.example' } });
});
after(() => world.close());

const checksOf = async (id: string) =>
  (await timelineOf(world, id))
    .filter(({ Step__c }) => Step__c === 'Check')
    .map(({ Outcome__c, Message__c }) => ({
      outcome: Outcome__c,
      text: Message__c,
    }));
const checked = (id: string) =>
  until(async () => {
    const checks = await checksOf(id);
    return checks.length > 0 && checks;
  }, 'the check');
const mailsTo = (address: string) => world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(address));
const seconds = (instant: Date) => String(instant.getTime() / 1000);

/** A connected trainer with one training that starts in 24 hours. */
async function trainingTomorrow(
  index: number,
): Promise<{ trainer: SampleTrainer; id: string; start: Date; end: Date }> {
  const trainer = await world.trainer(index);
  await world.connect(trainer.Email__c);
  const { status, body } = await book(world, bookingOf(world, trainer, 6));
  assert.equal(status, 201, JSON.stringify(body));
  const [times] = await world.soql<{ Start__c: string; End__c: string }>(
    `SELECT Start__c, End__c FROM Training_Booking__c WHERE Id = '${body.bookingId}'`,
  );
  assert.ok(times);
  const [start, end] = [new Date(times.Start__c), new Date(times.End__c)];
  return { trainer, id: body.bookingId, start, end };
}

async function goTo(instant: Date): Promise<void> {
  world.clock.set(instant);
  await world.tick('check-upcoming');
}

test('a day before: what is right gets one line, what the trainer changed is put back, what only they can mend is told', async () => {
  const [well, deleted, moved, unreserved, revoked] = [
    await trainingTomorrow(0),
    await trainingTomorrow(1),
    await trainingTomorrow(2),
    await trainingTomorrow(3),
    await trainingTomorrow(4),
  ];
  const all = [well, deleted, moved, unreserved, revoked];
  const links = new Map<string, string | null>();
  for (const { id } of all) links.set(id, (await bookingRow(world, id)).Remote_Training_Meeting_Link__c);
  const eventOf = ({ trainer }: { trainer: SampleTrainer }) =>
    atLark(world, trainer).events[0] ?? assert.fail(`no event of ${trainer.Name}`);
  const { lark } = world.standins;
  lark.changeEvent(eventOf(deleted).eventId, { deleted: true });
  lark.changeEvent(eventOf(moved).eventId, {
    start: new Date(moved.start.getTime() + 2 * HOUR),
    end: new Date(moved.end.getTime() + 2 * HOUR),
  });
  lark.withdrawReservation((await bookingRow(world, unreserved.id)).Lark_Reserve_ID__c ?? '');
  lark.revoke(atLark(world, revoked.trainer).openId);

  const earliest = Math.min(...all.map(({ start }) => start.getTime()));
  await goTo(new Date(earliest - 26 * HOUR));
  assert.deepEqual((await Promise.all(all.map(({ id }) => checksOf(id)))).flat(), [], 'too early');
  const latest = Math.max(...all.map(({ start }) => start.getTime()));
  // Nothing ran in the hours in which they came within reach.
  await goTo(new Date(latest - 24.5 * HOUR));
  for (const { id } of all) await checked(id);

  assert.deepEqual(
    (await checksOf(well.id)).map(({ outcome }) => outcome),
    ['ok'],
  );
  assert.equal(mailsTo(well.trainer.Email__c).length, 0);

  assert.match((await checksOf(deleted.id))[0]?.text ?? '', /deleted in Lark and is made again/);
  const again = await until(() => atLark(world, deleted.trainer).events[0], 'the new event');
  assert.equal('timestamp' in again.start && again.start.timestamp, seconds(deleted.start));
  assert.equal(again.vchat?.meeting_url, links.get(deleted.id), 'the link stays');

  assert.match((await checksOf(moved.id))[0]?.text ?? '', /moved back/);
  await until(() => {
    const { start } = eventOf(moved);
    return 'timestamp' in start && start.timestamp === seconds(moved.start);
  }, 'the move back');
  for (const { trainer } of [deleted, moved]) {
    const [mail] = await until(() => {
      const mails = mailsTo(trainer.Email__c);
      return mails.length > 0 && mails;
    }, 'the mail');
    assert.match(JSON.stringify(mail), /back in your Lark calendar/);
  }

  const fresh = await until(async () => {
    const link = (await bookingRow(world, unreserved.id)).Remote_Training_Meeting_Link__c;
    return link !== links.get(unreserved.id) && link;
  }, 'another link');
  assert.equal(eventOf(unreserved).vchat?.meeting_url, fresh);
  const changes = await world.soql<{ Old_Link__c: string | null; New_Link__c: string | null }>(
    `SELECT Old_Link__c, New_Link__c FROM Booking_Timeline__c
      WHERE Booking__c = '${unreserved.id}' AND Step__c = 'Meeting link' ORDER BY Occurred_At__c`,
  );
  const old = links.get(unreserved.id) ?? null;
  const sorted = changes.map(({ Old_Link__c, New_Link__c }) => `${Old_Link__c} ${New_Link__c}`).toSorted();
  assert.deepEqual(sorted, [`${old} ${fresh}`, `null ${old}`].toSorted());

  assert.equal((await checksOf(revoked.id))[0]?.outcome, 'failed');
  const [letter] = await until(() => {
    const mails = mailsTo(revoked.trainer.Email__c).filter((mail) => JSON.stringify(mail).includes('?ticket='));
    return mails.length > 0 && mails;
  }, 'the link to connect');
  assert.match(JSON.stringify(letter), /next day waits/);
  await until(
    () => mailsTo('admin@trainer-connect.example').some((mail) => JSON.stringify(mail).includes(revoked.trainer.Name)),
    'the alert',
  );

  const mails = world.standins.salesforce.outbox.mails().length;
  await world.tick('check-upcoming');
  await goTo(new Date(latest - 24 * HOUR));
  for (const { id } of all) assert.equal((await checksOf(id)).length, 1, 'once for each revision');
  assert.equal(world.standins.salesforce.outbox.mails().length, mails);
});

test('a booking that was changed after its check is checked anew; a cancelled one is not', async () => {
  const [changed, cancelled] = [await trainingTomorrow(5), await trainingTomorrow(6)];
  await goTo(new Date(Math.max(changed.start.getTime(), cancelled.start.getTime()) - 24.5 * HOUR));
  await checked(changed.id);
  await checked(cancelled.id);
  await editInSalesforce(world, changed.id, { Notes__c: 'Bring the second till' });
  await editInSalesforce(world, cancelled.id, { Status__c: 'Cancelled' });
  const ids = [changed.id, cancelled.id];
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: ids } });
  for (const id of ids) {
    await until(async () => (await bookingRow(world, id)).Sync_Key__c === null, 'the sync');
  }
  await world.tick('check-upcoming');
  await until(async () => (await checksOf(changed.id)).length === 2, 'the second check');
  assert.deepEqual(
    (await checksOf(changed.id)).map(({ outcome }) => outcome),
    ['ok', 'ok'],
  );
  assert.equal((await checksOf(cancelled.id)).length, 1);
});
