import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { toLongId } from '../../src/core/salesforce-id.ts';
import { book, bookingOf, editInSalesforce } from '../kit/bookings.ts';
import { keys, startWorld, type SampleTrainer, type World } from '../kit/world.ts';

interface View {
  merchantId: string;
  bookings: {
    bookingId: string;
    status: string;
    start: string;
    meetingLink: string | null;
    meetingLinkStatus: string;
    message: string;
    trainer: { name: string; larkConnected: boolean; larkUserId: string | null };
  }[];
  nextCursor: string | null;
}

let world: World;
let connected: SampleTrainer;
let unconnected: SampleTrainer;

before(async () => {
  world = await startWorld();
  [connected, unconnected] = [await world.trainer(0), await world.trainer(1)];
  await world.connect(connected.Email__c);
});
after(() => world.close());

const view = (merchant: string, options: { key?: string | null; query?: string } = {}) =>
  world.call<View & { error?: { code: string; message: string } }>(
    'GET',
    `/api/salesforce/merchant/${encodeURIComponent(merchant)}${options.query ?? ''}`,
    { key: keys.portal, ...options },
  );

test('a merchant sees all their trainings, newest first, each with its link or the plain reason why there is none', async () => {
  const merchant = { merchantId: 'VIEW-1', merchantName: 'View Shop' };
  const ready = await book(world, bookingOf(world, connected, 4, merchant));
  const pending = await book(world, bookingOf(world, unconnected, 6, merchant));
  const cancelled = await book(world, bookingOf(world, connected, 5, merchant));
  await book(world, bookingOf(world, connected, 8, { merchantId: 'VIEW-2' }));
  assert.equal((await world.call('DELETE', `/api/bookings/${cancelled.body.bookingId}`)).status, 200);
  world.clock.advance(4.9 * 86_400_000);
  try {
    const { status, body, text } = await view('VIEW-1');
    assert.equal(status, 200);
    assert.equal(body.merchantId, 'VIEW-1');
    assert.deepEqual(
      body.bookings.map(({ bookingId, message }) => [bookingId, message]),
      [
        [pending.body.bookingId, 'Your training is booked. Meeting link pending trainer setup.'],
        [cancelled.body.bookingId, 'This training is cancelled.'],
        [ready.body.bookingId, 'Your training is booked. The meeting link is ready.'],
      ],
    );
    const [first, , last] = body.bookings;
    assert.deepEqual(first?.trainer, { name: unconnected.Name, larkConnected: false, larkUserId: null });
    assert.equal(last?.meetingLink, ready.body.meetingLink);
    assert.equal(last?.trainer.larkConnected, true);
    assert.match(last?.trainer.larkUserId ?? '', /^ou_/);
    assert.equal(body.nextCursor, null);
    assert.doesNotMatch(text, /token|sync|error/i);
  } finally {
    world.clock.advance(-4.9 * 86_400_000);
  }
});

test('pages follow one another without a gap, also among trainings that start at the same time', async () => {
  const ids: string[] = [];
  for (const [trainer, day] of [
    [connected, 10],
    [unconnected, 10],
    [connected, 11],
    [unconnected, 12],
  ] as const) {
    const { body } = await book(world, bookingOf(world, trainer, day, { merchantId: 'VIEW-3', timeZone: 'UTC' }));
    ids.push(body.bookingId);
  }
  const seen: string[] = [];
  let query = '?limit=1';
  for (let page = 0; page < 5; page++) {
    const { body } = await view('VIEW-3', { query });
    seen.push(...body.bookings.map(({ bookingId }) => bookingId));
    if (body.nextCursor === null) break;
    query = `?limit=1&cursor=${body.nextCursor}`;
  }
  assert.deepEqual(seen.toSorted(), ids.toSorted());
  assert.deepEqual([seen[0], seen[1]], [ids[3], ids[2]]);
});

test('an unknown merchant has no trainings; ids that differ in capitals are different merchants; bad input is named', async () => {
  assert.deepEqual((await view('NOBODY')).body, { merchantId: 'NOBODY', bookings: [], nextCursor: null });
  assert.deepEqual((await view('view-1')).body.bookings, []);
  assert.deepEqual((await view("' OR Name != '")).body.bookings, []);
  for (const [merchant, query] of [
    ['x'.repeat(81), ''],
    ['a\u0000b', ''],
    ['VIEW-1', '?limit=0'],
    ['VIEW-1', '?limit=many'],
    ['VIEW-1', '?cursor=nonsense'],
    ['VIEW-1', '?all=true'],
  ] as const) {
    const { status, body } = await view(merchant, { query });
    assert.equal(status, 400, `${merchant} ${query}`);
    assert.equal(body.error?.code, 'invalid_input');
  }
  assert.equal((await view('VIEW-1', { key: null })).status, 401);
  assert.equal((await view('VIEW-1', { key: keys.operator })).status, 403);
});

test('a record id finds its trainings in either length', async () => {
  const { body } = await book(world, bookingOf(world, connected, 14, { merchantId: '001000000000ABC' }));
  const long = toLongId('001000000000ABC') ?? assert.fail();
  await editInSalesforce(world, body.bookingId, { Merchant_Reference__c: long });
  assert.equal((await view('001000000000ABC')).body.bookings.length, 1);
  assert.equal((await view(long)).body.bookings.length, 1);
});
