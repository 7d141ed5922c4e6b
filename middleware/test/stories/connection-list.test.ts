import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keys, startWorld, type CallOptions, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let trainers: SampleTrainer[];
const DAY_MS = 86_400_000;

/** Connected: 0 (for a year), 1 (its access ends at Lark), 2 (somebody else's account is tried too). On hold: 3. */
before(async () => {
  world = await startWorld();
  trainers = await Promise.all([...Array(11).keys()].map((index) => world.trainer(index)));
  const { lark } = world.standins;
  const hide = (index: number) => {
    const account = lark.accounts.find(({ email }) => email === at(index).Email__c);
    lark.changeAccount(account?.openId ?? '', { inContactRange: false });
  };
  for (const index of [0, 1, 2]) await world.connect(at(index).Email__c);
  hide(2);
  hide(3);
  for (const index of [2, 3]) await world.connect(at(index).Email__c, { as: 'robin@elsewhere.example' });
  lark.revoke(lark.accounts.find(({ email }) => email === at(1).Email__c)?.openId ?? '');
  world.clock.advance(3 * 3_600_000);
  const renewed = await world.call('POST', `/api/admin/connections/lark:${at(1).Id}/refresh`);
  assert.equal(renewed.status, 200, renewed.text);
  await world.tick('flush-tokens');
});
after(() => world.close());

const at = (index: number) => trainers[index] ?? assert.fail(`no trainer ${index}`);

interface Listed {
  id: string;
  provider: string;
  trainer: { id: string; name: string; email: string };
  state: string;
  account: string | null;
  heldAccount: string | null;
  connectedAt: string | null;
  lastRefresh: string | null;
  tokenExpiresAt: string | null;
  refreshExpiresAt: string | null;
  consentExpiresAt: string | null;
  forecast: { endsAt: string; reason: string; text: string } | null;
  error: string | null;
  lastReminderAt: string | null;
}
interface List {
  connections: Listed[];
  trainers: { id: string; connected: boolean }[];
  totals: Record<string, number> & { byProvider?: object };
  page: { limit: number; next: string | null };
  error: { code: string; message: string; details: { fields: { field: string }[] } };
}
const list = (query = '', options: CallOptions = {}) =>
  world.call<List>('GET', `/api/admin/connections${query}`, options);
const emails = ({ body }: { body: List }) => body.connections.map(({ trainer }) => trainer.email).sort();

test('everybody with their state, account, times and forecast; never a token', async () => {
  const answer = await list();
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.connections.length, 11);
  const of = (index: number) =>
    answer.body.connections.find(({ trainer }) => trainer.id === at(index).Id) ?? assert.fail('missing');
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((index) => of(index).state),
    ['connected', 'needs-reconnect', 'connected', 'on-hold', 'not-connected'],
  );
  const healthy = of(0);
  assert.equal(healthy.id, `lark:${at(0).Id}`);
  assert.equal(healthy.account, at(0).Email__c);
  assert.equal(healthy.forecast?.endsAt, healthy.consentExpiresAt);
  assert.match(healthy.forecast?.text ?? '', /^Lark will ask for your consent again on /);
  for (const time of ['connectedAt', 'lastRefresh', 'tokenExpiresAt', 'refreshExpiresAt'] as const) {
    assert.match(String(healthy[time]), /^\d{4}-\d\d-\d\dT/, time);
  }
  assert.match(of(1).error ?? '', /connect again/i);
  assert.equal(of(1).forecast, null);
  assert.deepEqual([of(2).account, of(2).heldAccount], [at(2).Email__c, 'robin@elsewhere.example']);
  assert.deepEqual([of(3).account, of(3).heldAccount], [null, 'robin@elsewhere.example']);
  assert.doesNotMatch(answer.text, /v1\.[0-9a-f]{8}\.|eyJ|sealed|Token__c/);
});

test('totals are of everybody, whatever is asked for', async () => {
  for (const query of ['', '?state=on-hold', '?limit=1', '?search=nobody']) {
    const { body } = await list(query);
    assert.deepEqual(
      body.totals,
      {
        trainers: 11,
        connected: 2,
        needsReconnect: 1,
        onHold: 1,
        notConnected: 7,
        expiringWithin24h: 0,
        endingWithin14Days: 0,
        failing: 0,
        byProvider: { lark: { connected: 2, needsReconnect: 1, onHold: 1, notConnected: 7 } },
      },
      query,
    );
  }
});

test('by state and by a piece of name or e-mail, whose wildcards are ordinary characters', async () => {
  assert.deepEqual(emails(await list('?state=connected')), [at(0).Email__c, at(2).Email__c].sort());
  assert.deepEqual(emails(await list('?state=needs-reconnect')), [at(1).Email__c]);
  assert.deepEqual(emails(await list('?state=on-hold')), [at(3).Email__c]);
  assert.equal((await list('?state=not-connected')).body.connections.length, 7);
  assert.deepEqual(emails(await list('?state=expiring')), []);
  const [first = ''] = at(4).Email__c.split('@');
  assert.deepEqual(emails(await list(`?search=${first.toUpperCase()}`)), [at(4).Email__c]);
  assert.deepEqual(emails(await list(`?search=${encodeURIComponent(at(4).Name)}`)), [at(4).Email__c]);
  for (const odd of ['%', '_', "' OR Id != '", '\\', '\\%']) {
    const answer = await list(`?search=${encodeURIComponent(odd)}`);
    assert.deepEqual([answer.status, answer.body.connections.length], [200, 0], odd);
  }
});

async function walk(query: string): Promise<Listed[]> {
  const seen: Listed[] = [];
  for (let next: string | null = ''; next !== null;) {
    const { status, body, text }: { status: number; body: List; text: string } = await list(
      `?limit=3&${query}${next === '' ? '' : `&after=${next}`}`,
    );
    assert.equal(status, 200, text);
    assert.ok(body.connections.length > 0 && body.connections.length <= 3, 'no page is empty');
    seen.push(...body.connections);
    assert.ok(seen.length <= 11, 'somebody comes twice');
    next = body.page.next;
  }
  return seen;
}

const byName = (one: Listed, other: Listed) => one.trainer.name.localeCompare(other.trainer.name, 'en');
const rank = ['not-connected', 'connected', 'needs-reconnect', 'on-hold'];
const times = ['connectedAt', 'lastRefresh'] as const;

for (const direction of ['asc', 'desc'] as const) {
  const towards = direction === 'asc' ? 1 : -1;
  test(`pages, ${direction}: everybody once, in every order, blank values last`, async () => {
    const ids = trainers.map(({ Id }) => Id).toSorted();
    const seenBy = async (sort: string) => {
      const seen = await walk(`sort=${sort}&direction=${direction}`);
      assert.deepEqual(seen.map(({ trainer }) => trainer.id).toSorted(), ids, sort);
      return seen;
    };
    const idsBy = (seen: Listed[]) => seen.map(({ trainer }) => trainer.id);
    const byId = await seenBy('id');
    assert.deepEqual(idsBy(byId), direction === 'asc' ? ids : ids.toReversed());
    const named = await seenBy('name');
    assert.deepEqual(idsBy(named), idsBy(named.toSorted((one, other) => towards * byName(one, other))));
    const states = (await seenBy('status')).map(({ state }) => rank.indexOf(state));
    assert.deepEqual(
      states,
      states.toSorted((one, other) => towards * (one - other)),
    );
    for (const sort of times) {
      // Salesforce keeps whole seconds.
      const values = (await seenBy(sort)).map((one) => one[sort]?.slice(0, 19) ?? null);
      const known = values.filter((value) => value !== null);
      assert.deepEqual(
        values.slice(0, known.length),
        direction === 'asc' ? known.toSorted() : known.toSorted().toReversed(),
      );
      assert.ok(known.length >= 3 && known.length < 11, sort);
    }
    const ends = (await seenBy('endsAt')).map(({ consentExpiresAt }) => consentExpiresAt);
    assert.ok(ends[0] !== null && ends.at(-1) === null);
  });
}

test('a position is good for its own order and filters only, and a page without an order is by name', async () => {
  const { body } = await list('?limit=2&sort=name');
  const next = body.page.next ?? assert.fail('no next page');
  const plain = await list(`?limit=2&after=${next}`);
  assert.equal(plain.status, 200);
  for (const other of ['sort=id', 'direction=desc', 'state=connected', 'search=a']) {
    const refused = await list(`?limit=2&after=${next}&${other}`);
    assert.deepEqual([refused.status, refused.body.error.details.fields[0]?.field], [400, 'after'], other);
  }
  const full = await list('?limit=11');
  assert.equal(full.body.page.next, null, 'a full last page');
});

test('one page costs one call of Salesforce, whatever its size', async () => {
  for (const sort of ['name', 'status', 'connectedAt', 'id']) {
    const calls = world.watchOutside();
    await list(`?limit=200&sort=${sort}`);
    assert.equal(calls().entries.length, 1, sort);
  }
});

for (const [query, field] of [
  ['?state=broken', 'state'],
  ['?limit=0', 'limit'],
  ['?limit=201', 'limit'],
  ['?limit=ten', 'limit'],
  ['?after=123', 'after'],
  ['?provider=myspace', 'provider'],
  [`?search=${'x'.repeat(81)}`, 'search'],
  ['?search=a&search=b', 'search'],
  ['?sort=age', 'sort'],
  ['?direction=up', 'direction'],
  ['?colour=red', 'colour'],
] as const) {
  test(`${query.slice(0, 20)} is refused and named`, async () => {
    const { status, body } = await list(query);
    assert.deepEqual([status, body.error.code], [400, 'invalid_input']);
    assert.deepEqual(
      body.error.details.fields.map((one) => one.field),
      [field],
    );
  });
}

test("the plan's address gives the plan's shape, with totals and page", async () => {
  const { body } = await world.call<List>('GET', '/api/admin/lark-connections?limit=200', { key: keys.operator });
  const [one] = body.trainers.filter(({ id }) => id === at(0).Id);
  assert.deepEqual(Object.keys(one ?? {}), [
    'id',
    'name',
    'email',
    'connected',
    'connectedAt',
    'lastRefresh',
    'tokenExpiresAt',
    'error',
  ]);
  assert.deepEqual([one?.connected, body.totals['connected'], body.page.next], [true, 2, null]);
  assert.equal((await list('', { key: keys.portal })).status, 403);
  assert.equal((await list('', { key: null })).status, 401);
});

test('what Salesforce does not have yet is shown already', async () => {
  const fault = world.standins.salesforce.faults.add({ kind: 'status', status: 503, method: 'PATCH', times: 0 });
  await world.connect(at(5).Email__c);
  const before = (await list(`?search=${at(5).Email__c}`)).body.connections[0];
  assert.deepEqual([before?.state, before?.account], ['connected', at(5).Email__c]);
  const [row] = await world.soql<{ Lark_Connected__c: boolean }>(
    `SELECT Lark_Connected__c FROM Onboarding_Trainer__c WHERE Id = '${at(5).Id}'`,
  );
  assert.equal(row?.Lark_Connected__c, false);
  world.standins.salesforce.faults.release(fault.id);
  await world.tick('flush-tokens');
});

test('a consent that ends in 13 days is found and counted; a day before it also as expiring', async () => {
  const { consentExpiresAt } = (await list(`?search=${at(0).Email__c}`)).body.connections[0] ?? assert.fail('missing');
  const end = new Date(consentExpiresAt ?? 0).getTime();
  const goTo = async (daysAhead: number) => {
    while (world.clock.now().getTime() < end - daysAhead * DAY_MS) {
      world.clock.advance(Math.min(6 * DAY_MS, end - daysAhead * DAY_MS - world.clock.now().getTime()));
      await world.tick('refresh-due');
      await world.tick('flush-tokens');
    }
  };
  await goTo(13);
  const soon = await list('?state=expiring');
  assert.deepEqual(emails(soon), [at(0).Email__c, at(2).Email__c, at(5).Email__c].sort());
  assert.deepEqual([soon.body.totals['endingWithin14Days'], soon.body.totals['expiringWithin24h']], [3, 0]);
  await goTo(0.5);
  const { totals } = (await list()).body;
  assert.deepEqual([totals['endingWithin14Days'], totals['expiringWithin24h']], [3, 3]);
});
