import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLog } from '../../src/core/log.ts';
import { keys, startWorld, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
const logged: string[] = [];
before(async () => {
  const destination = { write: (line: string) => void logged.push(line) };
  world = await startWorld({ log: createLog({ level: 'info', destination }) });
});
after(() => world.close());

const RETURN_URL = 'http://localhost:4000/lightning/n/Trainer_Connect';
const ROBIN = 'robin@elsewhere.example';

interface Status {
  connected: boolean;
  status: string;
  account: string | null;
  heldAccount: string | null;
  error: string | null;
}
interface Failure {
  error: { code: string; message: string; details?: { fields?: { field: string }[] } };
}

const routeOf = (id: string) => `/api/admin/connections/${id}/allow-identity-once`;
const allow = ({ Id }: SampleTrainer) => world.call<{ account: string } & Failure>('POST', routeOf(`lark:${Id}`));
const statusOf = async ({ Email__c }: SampleTrainer) =>
  (await world.call<Status>('GET', `/api/lark/trainer/status?email=${encodeURIComponent(Email__c)}`)).body;

/** A trainer whom Lark's directory does not know, so that nobody can say whose account is theirs. */
async function unknownTrainer(index: number): Promise<SampleTrainer> {
  const trainer = await world.trainer(index);
  const account = world.standins.lark.accounts.find(({ email }) => email === trainer.Email__c);
  world.standins.lark.changeAccount(account?.openId ?? '', { inContactRange: false });
  return trainer;
}

/** `connected`, or the code of the error. */
async function outcomeOf(trainer: SampleTrainer, as: string): Promise<string> {
  const { location } = await world.connect(trainer.Email__c, { as, returnUrl: RETURN_URL });
  const query = new URL(location ?? assert.fail('no way back')).searchParams;
  return query.get('c__lark_connected') === 'true' ? 'connected' : (query.get('c__error') ?? 'nothing');
}

const refusals: [string, () => Promise<string>, number, string][] = [
  ['no connection id at all', () => Promise.resolve('robin'), 400, 'invalid_input'],
  ['another provider', async () => `google:${(await world.trainer(0)).Id}`, 400, 'invalid_input'],
  ['an id of 15 characters', async () => `lark:${(await world.trainer(0)).Id.slice(0, 15)}`, 400, 'invalid_input'],
  [
    'an id with a wrong checksum',
    async () => `lark:${(await world.trainer(0)).Id.slice(0, 15)}ZZZ`,
    400,
    'invalid_input',
  ],
  ['a trainer who does not exist', () => Promise.resolve('lark:a01000000000999AAA'), 404, 'trainer_not_found'],
  ['a trainer for whom nothing waits', async () => `lark:${(await world.trainer(0)).Id}`, 404, 'not_found'],
];
for (const [name, id, status, code] of refusals) {
  test(`allowing an account once, given ${name}: ${status} ${code}`, async () => {
    const answer = await world.call<Failure>('POST', routeOf(encodeURIComponent(await id())));
    assert.deepEqual([answer.status, answer.body.error.code], [status, code], answer.text);
    if (status === 400) assert.equal(answer.body.error.details?.fields?.[0]?.field, 'id');
    if (code === 'not_found') assert.match(answer.body.error.message, /No account of .+ waits for permission/);
  });
}

test('the portal may not allow anybody', async () => {
  const answer = await world.call<Failure>('POST', routeOf('lark:x'), { key: keys.portal });
  assert.deepEqual([answer.status, answer.body.error.code], [403, 'scope_missing']);
});

test('held, allowed once, connected: who allowed it is in the log, without the address of the account', async () => {
  const trainer = await unknownTrainer(1);
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold');
  const held = await statusOf(trainer);
  assert.deepEqual([held.status, held.heldAccount, held.account], ['On Hold', ROBIN, null]);
  const allowed = await allow(trainer);
  assert.deepEqual([allowed.status, allowed.body.account], [200, ROBIN]);
  const entry =
    logged.find((line) => line.includes('an administrator allowed an account once')) ?? assert.fail('no log');
  const fields = JSON.parse(entry) as Record<string, unknown>;
  assert.equal(fields['connectionId'], `lark:${trainer.Id}`);
  assert.match(String(fields['actor']), /^005/);
  assert.doesNotMatch(entry, /robin/);
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected');
  const now = await statusOf(trainer);
  assert.deepEqual([now.status, now.account, now.heldAccount, now.error], ['Connected', ROBIN, null, null]);
});

test('the account that is bound now may come back; a second stranger is held beside it', async () => {
  const trainer = await world.trainer(1);
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected', 'the same person again');
  const stranger = (await world.trainer(5)).Email__c;
  assert.equal(await outcomeOf(trainer, stranger), 'identity_on_hold');
  const status = await statusOf(trainer);
  assert.deepEqual([status.connected, status.account, status.heldAccount], [true, ROBIN, stranger]);
});

test('a permission is spent by one connection: whoever was allowed before another took over is held again', async () => {
  const trainer = await world.trainer(1);
  const other = (await world.trainer(5)).Email__c;
  assert.equal((await allow(trainer)).body.account, other);
  assert.equal(await outcomeOf(trainer, other), 'connected');
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold');
  const status = await statusOf(trainer);
  assert.deepEqual([status.account, status.heldAccount], [other, ROBIN]);
});

test('a permission goes only to the account that waits, not to the next stranger', async () => {
  const trainer = await unknownTrainer(2);
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold');
  assert.equal((await allow(trainer)).status, 200);
  const stranger = (await world.trainer(6)).Email__c;
  assert.equal(await outcomeOf(trainer, stranger), 'identity_on_hold');
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected');
  assert.equal((await allow(trainer)).status, 404, 'with a connection nothing is left waiting');
});

test('a double click allows one account, the newest: the older stranger still waits', async () => {
  const trainer = await unknownTrainer(4);
  const stranger = (await world.trainer(6)).Email__c;
  assert.equal(await outcomeOf(trainer, stranger), 'identity_on_hold');
  world.clock.advance(60_000);
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold');
  const first = await allow(trainer);
  world.clock.advance(1_000);
  const second = await allow(trainer);
  assert.deepEqual([first.status, first.body.account, second.text], [200, ROBIN, first.text]);
  const list = await world.call<{ connections: { trainer: { id: string }; heldAccount: string | null }[] }>(
    'GET',
    '/api/admin/connections?limit=200',
  );
  const listed = list.body.connections.find((connection) => connection.trainer.id === trainer.Id);
  for (const shown of [await statusOf(trainer), listed]) {
    assert.equal(shown?.heldAccount, null, 'what a click would allow is shown, nothing else');
  }
  assert.equal(await outcomeOf(trainer, stranger), 'identity_on_hold');
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected');
});

test('Lark fails while the allowed account connects: the permission is still there for the next attempt', async () => {
  const trainer = await unknownTrainer(3);
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold');
  assert.equal((await allow(trainer)).status, 200);
  world.standins.lark.faults.add({ kind: 'status', status: 503, path: 'oauth/token$' });
  assert.equal(await outcomeOf(trainer, ROBIN), 'provider_unavailable');
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected');
});

test('a permission lasts a week: the answer says until when, and afterwards the account waits again', async () => {
  const trainer = await unknownTrainer(8);
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold');
  const allowed = await world.call<{ allowedUntil: string }>('POST', routeOf(`lark:${trainer.Id}`));
  const lastsMs = Date.parse(allowed.body.allowedUntil) - world.clock.now().getTime();
  assert.ok(Math.abs(lastsMs - 7 * 86_400_000) < 5_000, String(lastsMs));
  assert.equal((await statusOf(trainer)).heldAccount, null);
  world.clock.advance(7 * 86_400_000 + 1);
  assert.equal(await outcomeOf(trainer, ROBIN), 'identity_on_hold', 'the permission has run out');
  assert.equal((await statusOf(trainer)).heldAccount, ROBIN);
  assert.equal((await allow(trainer)).status, 200);
  world.clock.advance(8 * 86_400_000);
  await world.tick('clean-up');
  assert.equal((await statusOf(trainer)).heldAccount, ROBIN, 'nobody has to try first');
  assert.equal((await allow(trainer)).status, 200);
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected');
});

test('disconnected and back with the same account: no administrator is needed; with another one is', async () => {
  const trainer = await world.trainer(3);
  const gone = await world.call('DELETE', `/api/lark/trainer/oauth/disconnect?email=${trainer.Email__c}`);
  assert.equal(gone.status, 200);
  assert.equal(await outcomeOf(trainer, (await world.trainer(7)).Email__c), 'identity_on_hold');
  assert.equal((await statusOf(trainer)).status, 'On Hold');
  assert.equal(await outcomeOf(trainer, ROBIN), 'connected');
});
