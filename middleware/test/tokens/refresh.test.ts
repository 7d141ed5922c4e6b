import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { ProviderError } from '../../src/core/provider-error.ts';
import { createTokens } from '../../src/tokens/access-token.ts';
import { readHead } from '../../src/tokens/head.ts';
import { openMemoryDatabase, tokenRoom } from './kit.ts';

let database: Awaited<ReturnType<typeof openMemoryDatabase>>;
before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());

const HOUR = 3_600_000;
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
const expired = async () => {
  const room = tokenRoom(database.db);
  await room.connect();
  room.advance(2 * HOUR);
  return room;
};

test('a token that lives is given out without a word to the provider', async () => {
  const room = tokenRoom(database.db);
  await room.connect();
  assert.equal((await room.tokens.accessTokenFor(room.connectionId)).value, 'access-1');
  assert.deepEqual(room.provider.spent, []);
});

test('60 parallel uses of an expired token give one exchange and one token', async () => {
  const room = await expired();
  const given = await Promise.all(Array.from({ length: 60 }, () => room.tokens.accessTokenFor(room.connectionId)));
  assert.deepEqual([...new Set(given.map(({ value }) => value))], ['access-2']);
  assert.equal(room.provider.spent.length, 1);
});

test('two replicas that refresh at once make one exchange: the loser waits for the winner', async () => {
  const room = await expired();
  const release = room.provider.withhold();
  const one = room.tokens.accessTokenFor(room.connectionId);
  const two = room.replica().accessTokenFor(room.connectionId);
  setTimeout(release, 200);
  assert.equal((await one).value, 'access-2');
  assert.equal((await two).value, 'access-2');
  assert.equal(room.provider.spent.length, 1);
});

test('a new pair is in Salesforce after the flush, sealed, with the next generation', async () => {
  const room = await expired();
  await room.tokens.accessTokenFor(room.connectionId);
  await room.flush();
  const row = room.row();
  assert.equal(row['Lark_Token_Generation__c'], 2);
  assert.match(String(row['Lark_Refresh_Token__c']), /^v1\./);
  assert.doesNotMatch(JSON.stringify(row), /refresh-2|access-2/);
});

test('Salesforce down during a flush: the pair waits and arrives later', async () => {
  const room = await expired();
  room.salesforce.setDown(true);
  await room.tokens.accessTokenFor(room.connectionId);
  await assert.rejects(room.flush());
  assert.equal(room.row()['Lark_Token_Generation__c'], 1);
  room.salesforce.setDown(false);
  await room.flush();
  assert.equal(room.row()['Lark_Token_Generation__c'], 2);
  assert.equal((await readHead(database.db, room.connectionId))?.unsaved_since, null);
});

test('the provider is down: the old token serves while it lives, afterwards the error can be retried', async () => {
  const room = tokenRoom(database.db);
  await room.connect();
  room.advance(2 * HOUR - 120_000);
  room.provider.failNext('temporary', 'rate-limited', 'not-sent');
  assert.equal((await room.tokens.accessTokenFor(room.connectionId)).value, 'access-1');
  room.advance(120_000);
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('provider_unavailable'));
  room.advance(60_000);
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('provider_unavailable'));
  assert.equal(room.provider.sent.length, 3, 'each of them asked once');
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('provider_unavailable'));
  assert.equal(room.provider.sent.length, 3, 'the next one waits for its time');
  room.advance(60_000);
  assert.equal((await room.tokens.accessTokenFor(room.connectionId)).value, 'access-2');
});

test('an exchange without an answer is not repeated until its sender must have given up, then once', async () => {
  const room = await expired();
  room.provider.failNext('unknown-outcome');
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('provider_unavailable'));
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('token_refresh_busy'));
  assert.equal(room.provider.spent.length, 1);
  room.advance(41_000);
  // The lost answer was the only live pair: the provider says so, and the trainer is told plainly.
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('needs_reconnect'));
  assert.equal((await room.lifecycle.stateOf(room.connectionId)).status, 'Needs Reconnect');
  assert.match((await room.lifecycle.stateOf(room.connectionId)).error ?? '', /connect again/);
});

test('a late answer after its holder lost the lease is the only live pair: it is accepted and clears the mark', async () => {
  const room = await expired();
  const release = room.provider.withhold();
  const slow = room.tokens.accessTokenFor(room.connectionId);
  while (room.provider.spent.length === 0) await room.deps.sleep(5);
  room.advance(41_000);
  await assert.rejects(room.replica().accessTokenFor(room.connectionId), withCode('needs_reconnect'));
  release();
  assert.equal((await slow).value, 'access-2');
  assert.equal((await room.lifecycle.stateOf(room.connectionId)).status, 'Connected');
  assert.equal(room.woken.length, 2, 'bookings that waited are told: when it was connected, and when it healed');
});

test('an account that is held does not take the pair of a connection that needs reconnecting', async () => {
  const room = await expired();
  room.provider.failNext('grant-dead');
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('needs_reconnect'));
  await room.lifecycle.hold(room.connectionId, 'somebody else tried');
  const head = await readHead(database.db, room.connectionId);
  assert.equal(head?.state, 'needs-reconnect');
  assert.match(head?.refresh_sealed ?? '', /^v1\./);
});

test('a row that cannot be opened does not keep the others from being saved', async () => {
  const broken = await expired();
  await broken.tokens.accessTokenFor(broken.connectionId);
  broken.salesforce.set(broken.trainerId, { Lark_Token_Generation__c: 9, Lark_Refresh_Token__c: 'v1.deadbeef.a.b.c' });
  await broken.flush();
  assert.equal(broken.alerts.length, 1);
  const well = await expired();
  await well.tokens.accessTokenFor(well.connectionId);
  await well.flush();
  assert.equal(well.row()['Lark_Token_Generation__c'], 2);
});

test('a key that is missing leaves no intent behind: nothing was sent', async () => {
  const room = await expired();
  await database.db
    .updateTable('token_head')
    .set({ refresh_sealed: 'v1.deadbeef.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAA' })
    .where('connection_id', '=', room.connectionId)
    .execute();
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('encryption_key_unknown'));
  const intents = await database.db
    .selectFrom('token_exchange')
    .select('id')
    .where('connection_id', '=', room.connectionId)
    .execute();
  assert.deepEqual(intents, []);
});

test('a holder that was frozen before sending finds its lease gone and does not send', async () => {
  const { promise: frozen, resolve: thaw } = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const room = tokenRoom(database.db, {
    step: async (name) => {
      if (name !== 'refresh.intent-recorded') return;
      reached.resolve();
      await frozen;
    },
  });
  await room.connect();
  room.advance(2 * HOUR);
  const frozenCall = room.tokens.accessTokenFor(room.connectionId);
  await reached.promise;
  room.advance(41_000);
  // The second process shares database, provider and Salesforce, but not the freeze.
  const second = createTokens({ ...room.deps, step: () => Promise.resolve() });
  assert.equal((await second.accessTokenFor(room.connectionId)).value, 'access-2');
  thaw();
  assert.equal((await frozenCall).value, 'access-2');
  assert.deepEqual(room.provider.sent, ['refresh-1']);
});

test('the grant is over: Needs Reconnect, nothing erased', async () => {
  const room = await expired();
  room.provider.failNext('grant-dead');
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('needs_reconnect'));
  await room.flush();
  assert.equal(room.row()['Lark_Connection_Status__c'], 'Needs Reconnect');
  assert.equal(room.row()['Lark_Connected__c'], false);
  assert.match(String(room.row()['Lark_Refresh_Token__c']), /^v1\./);
});

test('a wrong secret of ours is never held against the trainer: the administrators are told', async () => {
  const room = await expired();
  room.provider.failNext('configuration');
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('provider_configuration'));
  assert.equal((await room.lifecycle.stateOf(room.connectionId)).status, 'Connected');
  assert.equal(room.alerts.length, 1);
});

test('a used refresh token, and Salesforce holds a newer pair: the winner is adopted', async () => {
  const room = await expired();
  const newer = room.provider.pair();
  const seal = (field: 'access' | 'refresh', value = '') =>
    room.deps.sealer.seal({ connectionId: room.connectionId, field }, value);
  room.salesforce.set(room.trainerId, {
    Lark_Token_Generation__c: 7,
    Lark_Connection_Status__c: 'Connected',
    Lark_Access_Token__c: seal('access', newer.accessToken),
    Lark_Refresh_Token__c: seal('refresh', newer.refreshToken),
    Lark_Token_Expires_At__c: newer.accessExpiresAt.toISOString(),
  });
  room.provider.failNext('grant-consumed');
  assert.equal((await room.tokens.accessTokenFor(room.connectionId)).value, newer.accessToken);
  assert.equal((await readHead(database.db, room.connectionId))?.generation, 7);
});

test('a disconnect during an exchange stays a disconnect: the pair that arrives is dropped', async () => {
  const room = await expired();
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const tokens = createTokens({
    ...room.deps,
    step: async (name) => {
      if (name !== 'refresh.answered') return;
      reached.resolve();
      await go.promise;
    },
  });
  const exchange = tokens.accessTokenFor(room.connectionId);
  await reached.promise;
  room.advance(31_000);
  await room.lifecycle.disconnect(room.connectionId);
  go.resolve();
  await assert.rejects(exchange, withCode('not_connected'));
  assert.equal(room.row()['Lark_Refresh_Token__c'], null);
  assert.equal(room.row()['Lark_Identity_Hash__c'], 'hash');
});

test('fields cleared by hand in Salesforce while a pair waits: the connection stays disconnected', async () => {
  const room = await expired();
  room.salesforce.setDown(true);
  await room.tokens.accessTokenFor(room.connectionId);
  room.salesforce.setDown(false);
  room.salesforce.set(room.trainerId, { Lark_Refresh_Token__c: null, Lark_Access_Token__c: null });
  await room.flush();
  await assert.rejects(room.tokens.accessTokenFor(room.connectionId), withCode('not_connected'));
  assert.equal(room.row()['Lark_Refresh_Token__c'], null);
  assert.equal(room.row()['Lark_Connection_Status__c'], 'Not Connected');
});

test('reconnecting after a disconnect is not mistaken for fields that were cleared by hand', async () => {
  const room = tokenRoom(database.db);
  await room.connect();
  await room.lifecycle.disconnect(room.connectionId);
  room.salesforce.setDown(true);
  await room.connect();
  room.salesforce.setDown(false);
  await room.flush();
  assert.equal(room.row()['Lark_Connection_Status__c'], 'Connected');
  assert.equal(room.row()['Lark_Token_Generation__c'], 3);
});

test('a lost database is rebuilt from Salesforce and generations go on', async () => {
  const room = await expired();
  await room.tokens.accessTokenFor(room.connectionId);
  await room.flush();
  await database.db.deleteFrom('token_head').where('connection_id', '=', room.connectionId).execute();
  await database.db.deleteFrom('token_exchange').where('connection_id', '=', room.connectionId).execute();
  room.advance(2 * HOUR);
  assert.equal((await room.replica().accessTokenFor(room.connectionId)).value, 'access-3');
  await room.flush();
  assert.equal(room.row()['Lark_Token_Generation__c'], 3);
});

test('a call that finds the token invalid is replayed once with a new one', async () => {
  const room = tokenRoom(database.db);
  await room.connect();
  const used: string[] = [];
  const result = await room.tokens.withAccessToken(room.connectionId, (token) => {
    used.push(token);
    if (used.length === 1) throw new ProviderError('lark', 'token-invalid', 'expired');
    return Promise.resolve('done');
  });
  assert.equal(result, 'done');
  assert.deepEqual(used, ['access-1', 'access-2']);
});

test('an account on hold gives no token, and a live connection is not harmed by a held one', async () => {
  const fresh = tokenRoom(database.db);
  await fresh.lifecycle.hold(fresh.connectionId, 'waits for an administrator');
  await assert.rejects(fresh.tokens.accessTokenFor(fresh.connectionId), withCode('on_hold'));
  assert.equal(fresh.row()['Lark_Connection_Status__c'], 'On Hold');
  const live = tokenRoom(database.db);
  await live.connect();
  await live.lifecycle.hold(live.connectionId, 'somebody else tried');
  assert.equal((await live.tokens.accessTokenFor(live.connectionId)).value, 'access-1');
});
