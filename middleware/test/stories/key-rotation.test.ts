import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { createSealer, keyIdOf } from '../../src/tokens/seal.ts';
import { book, bookingOf } from '../kit/bookings.ts';
import { createTestDatabase } from '../kit/databases.ts';
import { freePorts } from '../kit/free-ports.ts';
import { startMiddleware, type MiddlewareProcess } from '../kit/processes.ts';
import {
  connectThrough,
  keys,
  offlineEnvironment,
  startWorld,
  until,
  type SampleTrainer,
  type World,
} from '../kit/world.ts';

const OLD_SECRET = '0a'.repeat(32);
const NEW_SECRET = '0b'.repeat(32);
const idOf = (secret: string) => createSealer({ orgId: '', secret, previousSecrets: [] }).sealingKeyId;
const [OLD, NEW] = [idOf(OLD_SECRET), idOf(NEW_SECRET)];

interface RotationAnswer {
  state: string;
  total: number;
  done: number;
  failed: number;
  startedAt: string | null;
  keys: { id: string; sealing: boolean; references: Record<string, number | null>; retirable: boolean }[];
  error?: { code: string; message: string };
}

let world: World;
let trainers: [SampleTrainer, SampleTrainer];
let directory: string;
let postgres: Awaited<ReturnType<typeof createTestDatabase>>;
let environment: Record<string, string | undefined>;
let server: MiddlewareProcess | undefined;

before(async () => {
  world = await startWorld({ withoutApp: true });
  trainers = [await world.trainer(0), await world.trainer(1)];
  directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  postgres = await createTestDatabase();
  environment = {
    ...world.environment,
    DATA_DIR: path.join(directory, 'data'),
    // The command keeps asking at one address while the server is started again.
    PORT: String(await freePorts(1)),
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
  };
});
after(async () => {
  await server?.kill();
  await world.close();
  await postgres?.drop();
  rmSync(directory, { recursive: true, force: true });
});

async function restart(
  secrets: { ENCRYPTION_SECRET: string; ENCRYPTION_PREVIOUS_SECRETS?: string },
  options: { stopAt?: string } = {},
): Promise<MiddlewareProcess> {
  await server?.stop();
  server = await startMiddleware({ ...environment, ...secrets }, options);
  return server;
}

const bothKeys = { ENCRYPTION_SECRET: NEW_SECRET, ENCRYPTION_PREVIOUS_SECRETS: OLD_SECRET };

/** npm run rotate-keys, as an operator runs it. */
function rotateKeys(base: string, options: string[] = [], settings: Record<string, string> = {}) {
  const script = path.resolve(import.meta.dirname, '../../../scripts/rotate-encryption-key.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, '--url', base, ...options], {
    env: { TRAINER_CONNECT_KEY: keys.operator, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number, output }));
  return { ended, output: () => output };
}

/** Ids of the keys that the fields of all trainers in Salesforce name. */
async function keysInSalesforce(): Promise<(string | undefined)[]> {
  const rows = await world.soql<{ Lark_Access_Token__c: string | null; Lark_Refresh_Token__c: string | null }>(
    'SELECT Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c',
  );
  return rows
    .flatMap((row) => [row.Lark_Access_Token__c, row.Lark_Refresh_Token__c])
    .filter((sealed) => sealed !== null)
    .map(keyIdOf);
}

async function assertBooks(at: Pick<World, 'call'>, trainer: SampleTrainer, days: number): Promise<void> {
  const { status, body, text } = await book(at, bookingOf(world, trainer, days));
  assert.equal(status, 201, text);
  assert.equal(body.meetingLinkStatus, 'Ready', text);
}

test('the key is changed while trainings are booked, through a kill of the server, and the old key can be thrown away', async () => {
  const [one, two] = trainers;
  const first = await restart({ ENCRYPTION_SECRET: OLD_SECRET });
  await connectThrough(first, one.Email__c);
  await connectThrough(first, two.Email__c);
  await assertBooks(first, one, 3);
  assert.deepEqual(await keysInSalesforce(), [OLD, OLD, OLD, OLD]);

  const victim = await restart(bothKeys, { stopAt: 'rotation.page' });
  const command = rotateKeys(victim.base);
  await victim.reached;
  await assertBooks(victim, one, 4);
  const during = await victim.call<RotationAnswer>('GET', '/api/admin/key-rotation', { key: keys.operator });
  assert.deepEqual([during.body.state, during.body.total, during.body.done], ['running', 2, 0]);
  assert.equal(
    during.body.keys.some(({ retirable }) => retirable),
    false,
  );
  await victim.kill();
  server = undefined;
  await until(() => command.output().includes('does not answer'), 'the notice that the server is away');

  const survivor = await restart(bothKeys);
  await assertBooks(survivor, two, 5);
  const { exitCode, output } = await command.ended;
  assert.equal(exitCode, 0, output);
  assert.match(output, new RegExp(`Key ${OLD} can be retired: remove it from ENCRYPTION_PREVIOUS_SECRETS`));
  assert.match(output, new RegExp(`Key ${NEW} seals`));
  assert.match(output, /Done: 2 of 2 \(100 %\)/);
  for (const secret of [OLD_SECRET, NEW_SECRET]) assert.equal(output.includes(secret), false);

  const onlyNew = await restart({ ENCRYPTION_SECRET: NEW_SECRET });
  await assertBooks(onlyNew, one, 6);
  await assertBooks(onlyNew, two, 6);
  assert.deepEqual(await keysInSalesforce(), [NEW, NEW, NEW, NEW]);
});

test('again: nothing is left to do; --status says the same, and where the retired key stands in the settings', async () => {
  const { base } = await restart(bothKeys);
  const again = await rotateKeys(base, [], { ENCRYPTION_PREVIOUS_SECRETS: OLD_SECRET }).ended;
  assert.equal(again.exitCode, 0, again.output);
  assert.match(again.output, /Nothing had to be sealed anew/);
  assert.match(again.output, new RegExp(`Key ${OLD} \\(entry 1 of ENCRYPTION_PREVIOUS_SECRETS .*\\) can be retired`));
  const status = await rotateKeys(base, ['--status']).ended;
  assert.equal(status.exitCode, 0, status.output);
  assert.match(status.output, /Done: 2 of 2/);
});

test('paused, the server holds still until it is resumed', async () => {
  const stopped = await restart(
    { ENCRYPTION_SECRET: OLD_SECRET, ENCRYPTION_PREVIOUS_SECRETS: NEW_SECRET },
    { stopAt: 'rotation.page' },
  );
  const command = rotateKeys(stopped.base);
  await stopped.reached;
  const pause = await rotateKeys(stopped.base, ['--pause']).ended;
  assert.deepEqual([pause.exitCode, /Paused/.test(pause.output)], [0, true], pause.output);
  stopped.goOn();
  const { exitCode, output } = await command.ended;
  assert.deepEqual([exitCode, /--resume goes on/.test(output)], [0, true], output);
  const resumed = await rotateKeys(stopped.base, ['--resume']).ended;
  assert.equal(resumed.exitCode, 0, resumed.output);
  assert.match(resumed.output, new RegExp(`Key ${NEW} can be retired`));
  assert.deepEqual(await keysInSalesforce(), [OLD, OLD, OLD, OLD]);
});

test('a key that is missing is named, and adding it is enough', async () => {
  const broken = await restart({ ENCRYPTION_SECRET: NEW_SECRET });
  const failed = await rotateKeys(broken.base).ended;
  assert.equal(failed.exitCode, 1, failed.output);
  assert.match(failed.output, new RegExp(`encryption_key_unknown: .*${OLD}`));
  assert.match(failed.output, /2 could not be sealed anew/);
  const [row] = await world.soql<{ Lark_Connection_Status__c: string }>(
    `SELECT Lark_Connection_Status__c FROM Onboarding_Trainer__c WHERE Id = '${trainers[0].Id}'`,
  );
  assert.equal(row?.Lark_Connection_Status__c, 'Connected');

  const mended = await restart(bothKeys);
  const { exitCode, output } = await rotateKeys(mended.base).ended;
  assert.equal(exitCode, 0, output);
  assert.deepEqual(await keysInSalesforce(), [NEW, NEW, NEW, NEW]);
});

test('only the scope admin may look or act; nothing to pause is 409; an unknown action names the field', async () => {
  const { call } = await restart(bothKeys);
  const route = '/api/admin/key-rotation';
  for (const [method, body] of [
    ['GET', undefined],
    ['POST', { action: 'start' }],
  ] as const) {
    const refused = await call<RotationAnswer>(method, route, { key: keys.portal, ...(body ? { body } : {}) });
    assert.deepEqual([refused.status, refused.body.error?.code], [403, 'scope_missing']);
  }
  for (const action of ['pause', 'resume']) {
    const refused = await call<RotationAnswer>('POST', route, { key: keys.operator, body: { action } });
    assert.deepEqual([refused.status, refused.body.error?.code], [409, 'key_rotation_not_open']);
  }
  const wrong = await call<RotationAnswer>('POST', route, { key: keys.operator, body: { action: 'stop' } });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error?.message ?? '', /action: must be start, pause or resume/);
});

test('the command says what is wrong: no server, a key that is refused, no key, two options', async () => {
  const { base } = await restart(bothKeys);
  const refused = await rotateKeys(base, [], { TRAINER_CONNECT_KEY: 'not-a-key-of-this-server' }).ended;
  assert.deepEqual([refused.exitCode, /refuses the key/.test(refused.output)], [2, true], refused.output);
  const scopeless = await rotateKeys(base, [], { TRAINER_CONNECT_KEY: keys.portal }).ended;
  assert.deepEqual([scopeless.exitCode, /scope admin/.test(scopeless.output)], [2, true], scopeless.output);
  const keyless = await rotateKeys(base, [], { TRAINER_CONNECT_KEY: '', API_KEYS: '' }).ended;
  assert.deepEqual([keyless.exitCode, /set TRAINER_CONNECT_KEY/.test(keyless.output)], [2, true], keyless.output);
  const fromSettings = await rotateKeys(base, ['--status'], {
    TRAINER_CONNECT_KEY: '',
    API_KEYS: offlineEnvironment['API_KEYS'] ?? '',
  }).ended;
  assert.equal(fromSettings.exitCode, 0, fromSettings.output);
  const both = await rotateKeys(base, ['--pause', '--status']).ended;
  assert.deepEqual([both.exitCode, /Give only one/.test(both.output)], [2, true], both.output);
  const nothingToPause = await rotateKeys(base, ['--pause']).ended;
  assert.deepEqual([nothingToPause.exitCode, /no key rotation to pause/.test(nothingToPause.output)], [2, true]);
  await server?.stop();
  server = undefined;
  const away = await rotateKeys(base).ended;
  assert.deepEqual([away.exitCode, /does not answer at .*ECONNREFUSED/.test(away.output)], [3, true], away.output);
});
