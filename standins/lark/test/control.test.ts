import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMovableClock } from '../../kit/clock.ts';
import { startLark } from '../index.ts';
import { ANNA, connect, larkFor, openIdOf, redeem, codeFor, refresh, send } from './helpers.ts';

const CONTROL = '/__standin/lark';

test('Another process sees and does through /__standin/lark what a test does in this one', async (context) => {
  const lark = await larkFor(context);
  const post = (name: string, body: object) => send(lark, 'POST', `${CONTROL}/${name}`, { body });
  const get = async (name: string) => (await send(lark, 'GET', `${CONTROL}/${name}`)).body as unknown as unknown[];
  const anna = openIdOf(lark, ANNA);
  const tokens = await connect(lark, ANNA);

  assert.equal((await get('accounts')).length, 3);
  const times = { start: '2026-03-02T09:00:00Z', end: '2026-03-02T10:00:00+00:00' };
  const { eventId } = (await post('events', { email: ANNA, ...times, summary: 'Dentist' })).body;
  assert.deepEqual(
    (await get(`events?email=${ANNA}`)).map((event) => (event as { eventId: string }).eventId),
    [eventId],
  );
  assert.deepEqual(await get(`events?openId=${anna}`), await get(`events?email=${ANNA}`));
  assert.deepEqual(await get('events'), []);
  assert.deepEqual(await get('reservations'), []);
  assert.equal((await get('exchanges')).length, 1);

  await post('expire-access-tokens', { openId: anna });
  const use = await send(lark, 'POST', '/open-apis/calendar/v4/calendars/primary', { token: tokens.access_token });
  assert.equal(use.body['code'], 99991677);
  await post('app', { refreshSwitch: false });
  assert.equal((await refresh(lark, tokens.refresh_token)).body['code'], 20074);
  await post('app', { refreshSwitch: true, disabled: true });
  assert.equal((await refresh(lark, tokens.refresh_token)).body['code'], 20069);
  await post('app', { disabled: false });
  await post('revoke', { email: ANNA });
  assert.equal((await refresh(lark, tokens.refresh_token)).body['code'], 20064);
  await post('withhold-scopes', { scopes: ['offline_access'] });
  assert.ok(!('refresh_token' in (await redeem(lark, await codeFor(lark, ANNA))).body));
  await post('account', { email: ANNA, resigned: true });
  assert.equal(lark.accounts.find(({ openId }) => openId === anna)?.resigned, true);
});

test('A control request that names nobody or something unknown is refused', async (context) => {
  const lark = await larkFor(context);
  for (const body of [{}, { email: 'nobody@example.com' }, { openId: 'ou_nobody' }, { email: ANNA, why: 'x' }]) {
    const { status } = await send(lark, 'POST', `${CONTROL}/revoke`, { body });
    assert.equal(status, 400, JSON.stringify(body));
  }
});

test('The journal shows tokens as digests and never as they are', async (context) => {
  const lark = await larkFor(context);
  const tokens = await connect(lark, ANNA);
  await refresh(lark, tokens.refresh_token);
  await send(lark, 'POST', '/open-apis/calendar/v4/calendars/primary', { token: tokens.access_token });
  const journal = JSON.stringify(lark.journal.entries());
  for (const secret of [tokens.access_token, tokens.refresh_token, lark.app.secret]) {
    assert.ok(!journal.includes(secret));
  }
});

test('Options that the vendor would not have are refused at start', async () => {
  const start = (app: object) =>
    startLark({
      clock: createMovableClock(),
      accounts: [],
      app: { id: 'cli_0ff11e0000000001', secret: 's', redirectUris: [], ...app },
    });
  await assert.rejects(start({ id: 'cli_offline' }), /16 hex digits/);
  await assert.rejects(start({ scopes: ['calendar:everything'] }), /knows no scope/);
});
