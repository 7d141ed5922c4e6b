import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keys, offlineEnvironment, startWorld, type World } from '../kit/world.ts';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.close());

interface Setup {
  providers: {
    id: string;
    state: string;
    redirectUri: string;
    scopes: string[];
    missing: { what: string; where: string; howTo: string }[];
    lastCheck: { at: string; ok: boolean; message: string } | null;
  }[];
  salesforce: {
    orgId: string;
    user: string | null;
    mailSender: string;
    mailRemaining: number;
    state: string;
    missing: { what: string }[];
  };
  templates: { name: string; state: string }[];
}
interface Check {
  ok: boolean;
  at: string;
  steps: { name: string; ok: boolean; message: string; howTo?: string }[];
}

const show = () => world.call<Setup>('GET', '/api/admin/setup');
const check = (subject: string) => world.call<Check>('POST', `/api/admin/setup/${subject}/check`);
const lark = async () => (await show()).body.providers.find(({ id }) => id === 'lark') ?? assert.fail('no Lark');
const later = () => world.clock.advance(11_000);

test('what is set up, what is off and what mails are left; never a secret', async () => {
  const { status, body, text } = await show();
  assert.equal(status, 200, text);
  assert.deepEqual(
    body.providers.map(({ id, state }) => [id, state]),
    [
      ['lark', 'ready'],
      ['google', 'off'],
      ['outlook', 'off'],
      ['calendly', 'off'],
    ],
  );
  const [first, ...others] = body.providers;
  assert.equal(first?.redirectUri, 'http://localhost:3000/api/lark/trainer/oauth/callback');
  assert.ok(first.scopes.includes('offline_access'));
  assert.deepEqual([first.missing, first.lastCheck], [[], null]);
  for (const { missing } of others) assert.ok(missing[0]?.what && missing[0].howTo && missing[0].where);
  assert.match(body.salesforce.user ?? '', /^integration@/);
  assert.deepEqual([body.salesforce.state, body.salesforce.mailRemaining], ['ready', 5_000]);
  assert.deepEqual(
    body.templates.map(({ state }) => state),
    ['own', 'own', 'own'],
  );
  for (const [name, value] of Object.entries(offlineEnvironment)) {
    if (/SECRET|API_KEYS|PRIVATE/.test(name)) assert.ok(!text.includes(String(value)), name);
  }
  assert.equal((await world.call('GET', '/api/admin/setup', { key: keys.portal })).status, 403);
});

test('a live check of Lark: green, remembered, and not twice in ten seconds', async () => {
  const { status, body, text } = await check('lark');
  assert.equal(status, 200, text);
  assert.ok(body.ok, text);
  assert.equal(body.steps.length, 5);
  assert.equal((await lark()).lastCheck?.ok, true);
  const again = await check('lark');
  assert.equal(again.status, 429);
  assert.ok(Number(again.headers.get('retry-after')) > 0);
});

test('Lark does not take the app any more: the step says so and what to do, and the card shows it', async () => {
  later();
  world.standins.lark.faults.add({
    kind: 'status',
    status: 200,
    path: 'tenant_access_token',
    body: { code: 10014, msg: 'app secret invalid' },
  });
  const { body, text } = await check('lark');
  assert.equal(body.ok, false, text);
  const [step, ...rest] = body.steps;
  assert.deepEqual([step?.ok, rest.length], [false, 0]);
  assert.match(step?.howTo ?? '', /LARK_APP_SECRET/);
  const shown = await lark();
  assert.deepEqual([shown.state, shown.lastCheck?.ok], ['failing', false]);
  later();
  assert.equal((await check('lark')).body.ok, true);
  assert.equal((await lark()).state, 'ready');
});

test('a live check of Salesforce: signed in, write-back, mails, sender, templates', async () => {
  const { body, text } = await check('salesforce');
  assert.ok(body.ok, text);
  assert.equal(body.steps.length, 5);
  later();
  world.standins.salesforce.mailLimit.max = 0;
  const spent = await check('salesforce');
  assert.equal(spent.body.ok, false);
  assert.match(spent.body.steps.find(({ ok }) => !ok)?.howTo ?? '', /daily limit/);
  assert.equal((await show()).body.salesforce.state, 'failing', 'as the check has found it');
  world.standins.salesforce.mailLimit.max = 5_000;
  later();
  assert.ok((await check('salesforce')).body.ok);
  assert.equal((await show()).body.salesforce.state, 'ready');
});

test('Salesforce does not answer: the page still comes and says so', async () => {
  const fault = world.standins.salesforce.faults.add({ kind: 'status', status: 503, times: 0 });
  const { status, body } = await show();
  world.standins.salesforce.faults.release(fault.id);
  assert.equal(status, 200);
  assert.equal(body.salesforce.state, 'failing');
  assert.match(body.salesforce.missing[0]?.what ?? '', /does not answer/);
});

test('what cannot be checked is refused', async () => {
  assert.equal((await check('google')).status, 409);
  assert.equal((await check('myspace')).status, 404);
});
