import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { book, bookingOf, bookingRow, deleteInSalesforce, editInSalesforce } from '../kit/bookings.ts';
import { startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const DAY_MS = 86_400_000;

let world: World;
let trainer: SampleTrainer;
/** Trainers are records that the integration user may write: here they stand for merchants. */
let merchants: SampleTrainer[];

before(async () => {
  world = await startWorld();
  trainer = await world.trainer(0);
  merchants = await Promise.all([3, 4, 5, 6, 7].map((index) => world.trainer(index)));
  await world.connect(trainer.Email__c);
  const setting = { Object__c: 'Onboarding_Trainer__c', Link_Field__c: 'Lark_Connection_Error__c' };
  world.standins.salesforce.enterCustomMetadata('Trainer_Connect_Mirror__mdt', 'Merchant', setting);
});
after(() => world.close());

const bookFor = async (merchantId: string, days: number, change: object = {}) => {
  const { status, body } = await book(world, bookingOf(world, trainer, days, { merchantId, ...change }));
  assert.deepEqual([status, body.meetingLinkStatus], [201, 'Ready']);
  return { id: body.bookingId, link: body.meetingLink ?? assert.fail('no link') };
};
const shows = (merchantId: string, link: string | null, what: string) =>
  until(async () => {
    const [record] = await world.soql<{ Lark_Connection_Error__c: string | null }>(
      `SELECT Lark_Connection_Error__c FROM Onboarding_Trainer__c WHERE Id = '${merchantId}'`,
    );
    return record?.Lark_Connection_Error__c === link;
  }, what);
const merchantAt = (index: number) => merchants[index]?.Id ?? assert.fail('no merchant');

test('a record that Salesforce did not take is written again by itself', async () => {
  const id = merchantAt(0);
  const unavailable = [{ errorCode: 'SERVER_UNAVAILABLE', message: 'Server is unavailable', fields: [] }];
  world.standins.salesforce.faults.add({
    kind: 'status',
    method: 'PATCH',
    path: '/composite/sobjects$',
    status: 503,
    body: unavailable,
  });
  const { link } = await bookFor(id, 3);
  await shows(id, link, 'the link of a training');
  assert.equal(world.standins.salesforce.faults.list()[0]?.used, 1);
  world.standins.salesforce.faults.release();
});

test('of several trainings the merchant sees the next one: a later one does not hide it, a deleted one makes way', async () => {
  const id = merchantAt(1);
  const first = await bookFor(id, 4);
  const second = await bookFor(id, 6);
  await shows(id, first.link, 'the first one');
  await deleteInSalesforce(world, first.id);
  await world.tick('find-deleted');
  await shows(id, second.link, 'the second one');
  await deleteInSalesforce(world, second.id);
  await world.tick('find-deleted');
  await shows(id, null, 'that there is none');
});

test('a training that becomes another merchant’s leaves the record of the first one', async () => {
  const [one, other] = [merchantAt(2), merchantAt(3)];
  const { id, link } = await bookFor(one, 5);
  await shows(one, link, 'the link of a training');
  await editInSalesforce(world, id, { Merchant_Reference__c: other, Notes__c: 'of the other shop' });
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [id] } });
  await shows(other, link, 'the link of its training');
  await shows(one, null, 'that there is none');
});

test('a finished training makes way for the next one', async () => {
  const id = merchantAt(4);
  const first = await bookFor(id, 7);
  const second = await bookFor(id, 9);
  await shows(id, first.link, 'the first one');
  world.clock.advance(8 * DAY_MS);
  await world.tick('complete-past-bookings');
  assert.equal((await bookingRow(world, first.id)).Status__c, 'Completed');
  await shows(id, second.link, 'the second one');
});
