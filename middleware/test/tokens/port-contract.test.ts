import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { ProviderError } from '../../src/core/provider-error.ts';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import type { Database } from '../../src/storage/database.ts';
import { createTokens } from '../../src/tokens/access-token.ts';
import { readHead } from '../../src/tokens/head.ts';
import { openTestDatabases, testDatabaseUrl } from '../kit/databases.ts';
import { tokenRoom, type SavedByHand } from './kit.ts';
import { providerKinds, type ProviderKind } from './scripted-provider.ts';

const HOUR = 3_600_000;
/** A lease and the time that one token call may take. */
const UNTIL_TAKEOVER_MS = 41_000;
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

let databases: OpenDatabase[] = [];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const database of databases) await database.close();
});

const engines = testDatabaseUrl === undefined ? ['PGlite'] : ['PGlite', 'PostgreSQL'];
for (const [index, engine] of engines.entries()) {
  for (const kind of providerKinds) {
    describe(`${engine}, a ${kind} provider`, () =>
      contractOf(kind, () => databases[index]?.db ?? assert.fail(engine)));
  }
}

/** What holds for connections of every provider; where kinds differ, the test says how. */
function contractOf(kind: ProviderKind, db: () => Database): void {
  beforeEach(async () => {
    for (const table of ['token_head', 'token_exchange', 'outage', 'lease'] as const) {
      await db().deleteFrom(table).execute();
    }
  });

  const connected = async (options: Parameters<typeof tokenRoom>[1] = {}) => {
    const room = tokenRoom(db(), { ...options, kind });
    await room.connect();
    return room;
  };
  const expired = async (options: Parameters<typeof tokenRoom>[1] = {}) => {
    const room = await connected(options);
    room.advance(2 * HOUR);
    return room;
  };
  type Room = Awaited<ReturnType<typeof connected>>;
  const use = (room: Room) => room.tokens.accessTokenFor(room.connectionId);
  const statusOf = async (room: Room) => (await room.lifecycle.stateOf(room.connectionId)).status;
  const headOf = async (room: Room) => (await readHead(db(), room.connectionId)) ?? assert.fail('no head');
  const reconnectsWell = async (room: Room) => {
    await room.connect();
    assert.equal(await statusOf(room), 'Connected');
    room.advance(2 * HOUR);
    await use(room);
    await room.flush();
    assert.equal(room.saved().status, 'Connected');
    assert.equal(room.saved().refresh, (await headOf(room)).refresh_sealed);
  };
  /** Another process that stops at a named step until it is told to go on. */
  const stoppedAt = (room: Room, step: string) => {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const tokens = createTokens({
      ...room.deps,
      step: async (name) => {
        if (name !== step) return;
        reached.resolve();
        await go.promise;
      },
    });
    return { tokens, reached: reached.promise, go: () => go.resolve() };
  };

  test('a token that lives is given out without a word to the provider', async () => {
    const room = await connected();
    assert.equal((await use(room)).value, 'access-1');
    assert.deepEqual(room.provider.sent, []);
  });

  test('an expired token, 40 uses at once on two replicas: one exchange', async () => {
    const room = await expired();
    const second = room.replica();
    const given = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? room.tokens : second).accessTokenFor(room.connectionId)),
    );
    assert.deepEqual([...new Set(given.map(({ value }) => value))], ['access-2']);
    assert.deepEqual(room.provider.sent, ['refresh-1']);
  });

  test('the next exchange uses the refresh token that the provider wants now', async () => {
    const room = await expired();
    await use(room);
    room.advance(2 * HOUR);
    await use(room);
    const rotating = ['refresh-1', 'refresh-2'];
    assert.deepEqual(room.provider.sent, room.provider.rotates ? rotating : ['refresh-1', 'refresh-1']);
    const { refresh_expires_at } = await headOf(room);
    assert.equal(
      refresh_expires_at === null,
      !room.provider.rotates,
      'the end of the window is what the provider says',
    );
  });

  test('a call that finds its token invalid is replayed once with a new one, and only once', async () => {
    const room = await connected();
    const used: string[] = [];
    const call = (token: string) => {
      used.push(token);
      return Promise.reject(new ProviderError(room.provider.oauth.id, 'token-invalid', 'expired'));
    };
    await assert.rejects(room.tokens.withAccessToken(room.connectionId, call), ProviderError);
    assert.deepEqual(used, ['access-1', 'access-2']);
    assert.equal(room.provider.sent.length, 1);
  });

  test('the request was lost on the way: it is sent once more when its sender must have given up', async () => {
    const room = await expired();
    room.provider.loseNextRequest();
    await assert.rejects(use(room), withCode('provider_unavailable'));
    await assert.rejects(use(room), withCode('token_refresh_busy'));
    assert.equal(room.provider.sent.length, 1);
    room.advance(UNTIL_TAKEOVER_MS);
    assert.equal((await use(room)).value, 'access-2');
    assert.equal(await statusOf(room), 'Connected');
  });

  test('the answer was lost: tried once more, and the provider decides', async () => {
    const room = await expired();
    room.provider.failNext('unknown-outcome');
    await assert.rejects(use(room), withCode('provider_unavailable'));
    room.advance(UNTIL_TAKEOVER_MS);
    if (kind === 'single-use' || kind === 'family-revoking') {
      await assert.rejects(use(room), withCode('needs_reconnect'));
      assert.equal(await statusOf(room), 'Needs Reconnect');
    } else {
      assert.equal((await use(room)).value, 'access-3');
    }
    assert.equal(room.provider.sent.length, 2);
    await reconnectsWell(room);
  });

  test('a holder that died before it sent is taken over: one exchange', async () => {
    const room = await expired();
    const died = createTokens({
      ...room.deps,
      step: (name) => (name === 'refresh.intent-recorded' ? Promise.reject(new Error('killed')) : Promise.resolve()),
    });
    await assert.rejects(died.accessTokenFor(room.connectionId), /killed/);
    await assert.rejects(use(room), withCode('token_refresh_busy'));
    room.advance(UNTIL_TAKEOVER_MS);
    assert.equal((await use(room)).value, 'access-2');
    assert.equal(room.provider.sent.length, 1);
  });

  test('a late answer of a frozen holder is accepted if and only if nobody has a newer pair', async () => {
    const room = await expired();
    const release = room.provider.withhold();
    const slow = use(room);
    while (room.provider.spent.length === 0) await room.deps.sleep(5);
    room.advance(UNTIL_TAKEOVER_MS);
    if (kind === 'single-use' || kind === 'family-revoking') {
      await assert.rejects(room.replica().accessTokenFor(room.connectionId), withCode('needs_reconnect'));
      release();
      assert.equal((await slow).value, 'access-2');
      assert.equal((await headOf(room)).generation, 2);
    } else {
      const second = room.replica().accessTokenFor(room.connectionId);
      while (room.provider.spent.length === 1) await room.deps.sleep(5);
      release();
      const values = [(await slow).value, (await second).value];
      assert.equal(new Set(values).size, 1, 'one of the two answers was dropped');
      assert.equal((await headOf(room)).generation, 2);
    }
    assert.equal(await statusOf(room), 'Connected');
    room.advance(2 * HOUR);
    // Asking a second time has ended everything that came from this consent: the late pair included.
    if (kind === 'family-revoking') await assert.rejects(use(room), withCode('needs_reconnect'));
    else await use(room);
  });

  test('used elsewhere, and Salesforce has a newer pair: the winner is adopted', async () => {
    const room = await expired();
    const newer = room.provider.pair();
    const seal = (field: 'access' | 'refresh', value = '') =>
      room.deps.sealer.seal({ connectionId: room.connectionId, field }, value);
    room.changeByHand({
      generation: 7,
      status: 'Connected',
      access: seal('access', newer.accessToken),
      refresh: seal('refresh', newer.refreshToken),
      accessExpiresAt: newer.accessExpiresAt.toISOString(),
    });
    room.provider.failNext('grant-consumed');
    assert.equal((await use(room)).value, newer.accessToken);
    assert.equal((await headOf(room)).generation, 7);
    room.advance(2 * HOUR);
    await use(room);
    assert.equal(room.provider.sent.at(-1), newer.refreshToken);
    await room.flush();
    assert.equal(room.saved().generation, 8);
  });

  test('revoked by the owner: Needs Reconnect, nothing is erased, and connecting again helps', async () => {
    const room = await expired();
    const { refresh } = room.saved();
    room.provider.revokeAll();
    await assert.rejects(use(room), withCode('needs_reconnect'));
    await room.flush();
    assert.deepEqual([room.saved().status, room.saved().refresh], ['Needs Reconnect', refresh]);
    assert.match(room.saved().error ?? '', /connect again/);
    await reconnectsWell(room);
  });

  test('a disconnect during an exchange stays a disconnect: the pair that arrives is dropped', async () => {
    const room = await expired();
    const other = stoppedAt(room, 'refresh.answered');
    const exchange = other.tokens.accessTokenFor(room.connectionId);
    await other.reached;
    room.advance(31_000);
    await room.lifecycle.disconnect(room.connectionId);
    other.go();
    await assert.rejects(exchange, withCode('not_connected'));
    await room.flush();
    assert.deepEqual([room.saved().status, room.saved().refresh], ['Not Connected', null]);
    await reconnectsWell(room);
  });

  test('connecting again raises the epoch: an answer for the connection before is dropped', async () => {
    const room = await expired();
    const other = stoppedAt(room, 'refresh.answered');
    const exchange = other.tokens.accessTokenFor(room.connectionId);
    await other.reached;
    room.advance(31_000);
    const before = await headOf(room);
    await room.connect();
    const connectedAgain = await headOf(room);
    assert.equal(connectedAgain.epoch, before.epoch + 1);
    other.go();
    const given = await exchange;
    const now = await headOf(room);
    assert.equal(now.refresh_sealed, connectedAgain.refresh_sealed);
    assert.equal(given.generation, connectedAgain.generation);
    await reconnectsWell(room);
  });

  const cleared: Record<string, Partial<SavedByHand>> = {
    'the refresh token only': { refresh: null },
    'both tokens': { refresh: null, access: null },
    'tokens and generation': { refresh: null, access: null, generation: null },
    'tokens, generation set to 0': { refresh: null, access: null, generation: 0 },
    everything: { refresh: null, access: null, generation: null, status: null, connectedAt: null },
  };
  for (const [what, change] of Object.entries(cleared)) {
    test(`cleared by hand in Salesforce while a pair waits (${what}): stays disconnected`, async () => {
      const room = await expired();
      room.salesforce.setDown(true);
      await use(room);
      room.salesforce.setDown(false);
      room.changeByHand(change);
      await room.flush();
      await staysDisconnected(room);
    });

    test(`cleared by hand in Salesforce during an exchange (${what}): stays disconnected`, async () => {
      const room = await expired();
      const other = stoppedAt(room, 'refresh.answered');
      const exchange = other.tokens.accessTokenFor(room.connectionId);
      await other.reached;
      room.changeByHand(change);
      other.go();
      await exchange;
      await room.flush();
      await staysDisconnected(room);
    });

    test(`cleared by hand in Salesforce (${what}), then connected again: connected`, async () => {
      const room = await expired();
      room.changeByHand(change);
      await room.connect();
      assert.equal(room.saved().status, 'Connected');
      await reconnectsWell(room);
    });
  }

  const staysDisconnected = async (room: Room) => {
    await assert.rejects(use(room), withCode('not_connected'));
    await room.flush();
    const { status, access, refresh, generation } = room.saved();
    assert.deepEqual({ status, access, refresh }, { status: 'Not Connected', access: null, refresh: null });
    // 1 connected, 2 renewed, 3 disconnected by hand.
    assert.equal(generation, 3);
    await reconnectsWell(room);
  };

  test('the database is lost: connections come back from Salesforce and generations go on', async () => {
    const room = await expired();
    await use(room);
    await room.flush();
    await db().deleteFrom('token_head').execute();
    await db().deleteFrom('token_exchange').execute();
    room.advance(2 * HOUR);
    assert.equal((await room.replica().accessTokenFor(room.connectionId)).value, 'access-3');
    await room.flush();
    assert.equal(room.saved().generation, 3);
    assert.equal(room.provider.sent.at(-1), room.provider.rotates ? 'refresh-2' : 'refresh-1');
  });

  test('journal, head and Salesforce keep the identical envelope', async () => {
    const room = await expired();
    await use(room);
    const journal = await db().selectFrom('token_exchange').selectAll().executeTakeFirstOrThrow();
    const head = await headOf(room);
    await room.flush();
    const { access, refresh } = room.saved();
    assert.match(refresh ?? '', /^v1\./);
    assert.deepEqual([journal.access_sealed, journal.refresh_sealed], [access, refresh]);
    assert.deepEqual([head.access_sealed, head.refresh_sealed], [access, refresh]);
    assert.equal((await headOf(room)).unsaved_since, null);
  });
}
