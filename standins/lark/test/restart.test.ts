import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { createMovableClock } from '../../kit/clock.ts';
import { DEFAULT_LARK_APP, startLark, type Lark } from '../index.ts';
import { readApp } from '../options.ts';
import { hourFrom, madeEvent, postEvent } from './calendar-helpers.ts';
import { ANNA, codeFor, connect, inMinutes, openIdOf, redeem, refresh, send, type TokenSet } from './helpers.ts';

const accounts = [{ email: ANNA, name: 'Anna Trainer' }];
const KEY = `?idempotency_key=${'k'.repeat(32)}`;

async function stateFile(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lark-'));
  context.after(() => rm(folder, { recursive: true }));
  return join(folder, 'lark.sqlite');
}

test('After a restart on the same file everything is as it was', async (context) => {
  const file = await stateFile(context);
  const before = await startLark({ clock: createMovableClock(), file, accounts });
  const anna = openIdOf(before, ANNA);
  const used = await codeFor(before, ANNA);
  await redeem(before, used);
  const first = await connect(before, ANNA);
  const second = (await refresh(before, first.refresh_token)).body as unknown as TokenSet;
  const pendingCode = await codeFor(before, ANNA, { scope: 'vc:reserve' });
  const event = await madeEvent(before, second.access_token, {}, KEY);
  await send(before, 'POST', '/open-apis/vc/v1/reserves/apply', {
    token: second.access_token,
    body: { end_time: inMinutes(before, 60), meeting_settings: {} },
  });
  const [reservation] = before.reservations();
  before.withholdScopes(['vc:reserve:readonly']);
  before.changeAccount(anna, { inContactRange: false });
  await before.close();

  const after = await startLark({ clock: createMovableClock(), file, accounts });
  context.after(() => after.close());
  assert.equal(openIdOf(after, ANNA), anna);
  assert.equal(after.accounts[0]?.inContactRange, false);
  assert.equal((await redeem(after, used)).body['code'], 20065);
  assert.equal((await refresh(after, first.refresh_token)).body['code'], 20073);
  assert.deepEqual(after.reservations(), [reservation]);
  assert.deepEqual(await madeEvent(after, second.access_token, hourFrom(after, 500), KEY), event);
  assert.equal((await refresh(after, second.refresh_token)).body['code'], 0);
  assert.match(String((await redeem(after, pendingCode)).body['scope']), /offline_access/, 'grants have accumulated');
  assert.ok(!(await connect(after, ANNA)).scope.includes('vc:reserve:readonly'));
  assert.equal(after.tokenExchanges().filter(({ grantType }) => grantType === 'refresh_token').length, 3);
});

test('A rotation whose answer was sent survives SIGKILL of the stand-in', async (context) => {
  const file = await stateFile(context);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'served-process.ts'), file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  context.after(() => child.kill('SIGKILL'));
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const killed = { url, app: readApp(DEFAULT_LARK_APP), clock: createMovableClock() } as Lark;
  const first = await connect(killed, ANNA);
  const second = (await refresh(killed, first.refresh_token)).body as unknown as TokenSet;
  await postEvent(killed, second.access_token, {}, KEY);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const after = await startLark({ clock: createMovableClock(), file, accounts });
  context.after(() => after.close());
  assert.equal((await refresh(after, first.refresh_token)).body['code'], 20073);
  assert.equal((await refresh(after, second.refresh_token)).body['code'], 0);
  assert.equal(after.events(openIdOf(after, ANNA)).length, 1);
});
