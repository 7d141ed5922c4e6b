import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { approve } from '../../../standins/lark/index.ts';
import { createLog } from '../../src/core/log.ts';
import { createBrowser, openLink, PUBLIC_URL, startWorld, until, type World } from '../kit/world.ts';

let world: World;
const logged: string[] = [];

before(async () => {
  const destination = { write: (line: string) => void logged.push(line) };
  world = await startWorld({ postgres: false, log: createLog({ level: 'debug', destination }) });
});
after(() => world.close());

interface Status {
  connected: boolean;
  status: string;
  account: string | null;
  heldAccount: string | null;
  error: string | null;
  scopes: string[];
  consentExpiresAt: string | null;
}

const RETURN_URL = 'http://localhost:4000/lightning/n/Trainer_Connect';
const exchanges = () => world.standins.lark.journal.entries({ path: /oauth\/token$/ }).length;
const statusOf = async (email: string) =>
  (await world.call<Status>('GET', `/api/lark/trainer/status?email=${encodeURIComponent(email)}`)).body;

async function authorizeUrlFor(
  email: string,
  browser = createBrowser(world.base),
  returnUrl: string | null = RETURN_URL,
) {
  const link = await world.call<{ url: string }>('POST', '/api/connections/lark/links', {
    body: { trainerEmail: email, ...(returnUrl === null ? {} : { returnUrl }) },
  });
  return { browser, authorizeUrl: await openLink(browser, link.body.url), link: link.body.url };
}

test('a trainer connects Lark from Salesforce and comes back connected; the tokens are sealed', async () => {
  const trainer = await world.trainer(0);
  const result = await world.connect(trainer.Email__c, { returnUrl: RETURN_URL });
  assert.equal(result.location, `${RETURN_URL}?c__lark_connected=true`);
  const status = await statusOf(trainer.Email__c);
  assert.equal(status.connected, true);
  assert.equal(status.account, trainer.Email__c);
  const availability = await world.call<{ trainer: { larkConnected: boolean } }>(
    'GET',
    `/api/lark/availability?trainerId=${trainer.Id}&date=2027-03-01`,
  );
  assert.equal(availability.body.trainer.larkConnected, true, 'known at once, not after a minute');
  assert.ok(status.scopes.includes('offline_access'));
  const days = (new Date(status.consentExpiresAt ?? 0).getTime() - world.clock.now().getTime()) / 86_400_000;
  assert.ok(days > 364 && days <= 365, `${days} days of consent`);
  const [row] = await world.soql(
    `SELECT Lark_Connected__c, Lark_Connection_Status__c, Lark_Access_Token__c, Lark_Refresh_Token__c,
      Lark_Token_Generation__c, Lark_User_ID__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`,
  );
  assert.equal(row?.['Lark_Connected__c'], true);
  assert.equal(row?.['Lark_Connection_Status__c'], 'Connected');
  assert.equal(row?.['Lark_Token_Generation__c'], 1);
  assert.match(String(row?.['Lark_User_ID__c']), /^ou_/);
  for (const field of ['Lark_Access_Token__c', 'Lark_Refresh_Token__c']) {
    assert.match(String(row?.[field]), /^v1\.[0-9a-f]{8}\./);
    assert.ok(String(row?.[field]).length > 2000, 'tokens have their real length');
  }
});

test('nobody but the integration user reads the token fields: not by query, not by FIELDS(ALL), not by describe', async () => {
  const trainer = await world.trainer(0);
  const users = (await world.soql<{ Username: string }>('SELECT Username FROM User WHERE IsActive = true')).map(
    (u) => u.Username,
  );
  const people = users.filter((name) => !name.startsWith('integration@'));
  assert.ok(people.length >= 4);
  for (const person of people) {
    await assert.rejects(
      world.soql(`SELECT Lark_Refresh_Token__c FROM Onboarding_Trainer__c`, person),
      /INVALID_FIELD/,
    );
    const rows = await world.soql('SELECT FIELDS(ALL) FROM Onboarding_Trainer__c LIMIT 200', person);
    assert.ok(
      rows.every((row) => !('Lark_Refresh_Token__c' in row) && !('Lark_Access_Token__c' in row)),
      person,
    );
    const { salesforce } = world.standins;
    const describe = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/describe`, {
      headers: { Authorization: `Bearer ${salesforce.sessionFor(person)}` },
    });
    const text = await describe.text();
    // The administrator who sets the org up has no permission set of ours.
    assert.equal(text.includes('Lark_Connected__c'), !person.startsWith('setup@'), person);
    assert.doesNotMatch(text, /Lark_Refresh_Token__c|Lark_Access_Token__c/);
  }
  const readable = await world.soql(
    `SELECT Lark_Refresh_Token__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`,
  );
  assert.equal(readable.length, 1);
});

test('opening the link spends nothing, pressing the button does; the newest link voids older ones', async () => {
  const trainer = await world.trainer(1);
  const ask = () =>
    world.call<{ url: string; expiresAt: string }>('POST', '/api/connections/lark/links', {
      body: { trainerId: trainer.Id },
    });
  const older = (await ask()).body.url;
  const newer = (await ask()).body.url;
  const scanner = createBrowser(world.base);
  assert.equal((await scanner.request('GET', older)).status, 400);
  assert.equal((await scanner.request('GET', newer)).status, 200);
  const browser = createBrowser(world.base);
  await openLink(browser, newer);
  const again = await browser.request('GET', newer);
  assert.equal(again.status, 400);
  assert.match(await again.text(), /ask for a new link/);
});

test('a link lives ten minutes, an invitation seven days', async () => {
  const trainer = await world.trainer(1);
  const lives = async (purpose: string) => {
    const { body } = await world.call<{ expiresAt: string }>('POST', '/api/connections/lark/links', {
      body: { trainerId: trainer.Id, purpose },
    });
    return Math.round((new Date(body.expiresAt).getTime() - world.clock.now().getTime()) / 60_000);
  };
  assert.equal(await lives('now'), 10);
  assert.equal(await lives('invite'), 7 * 24 * 60);
});

test('the sign-in leaves no trace: no-store, no referrer, a cookie that is bound to this host', async () => {
  const trainer = await world.trainer(1);
  const { url } = (
    await world.call<{ url: string }>('POST', '/api/connections/lark/links', { body: { trainerId: trainer.Id } })
  ).body;
  const browser = createBrowser(world.base);
  const page = await browser.request('GET', url);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self' http:\/\/127\.0\.0\.1:\d+/);
  const ticket = /name="ticket" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const pressed = await browser.request('POST', `${PUBLIC_URL}/api/lark/trainer/oauth/authorize`, { ticket });
  const cookie = pressed.headers.get('set-cookie') ?? '';
  for (const part of ['__Host-', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
    assert.ok(cookie.includes(part), part);
  const authorize = new URL(pressed.headers.get('location') ?? '');
  assert.equal(authorize.searchParams.get('code_challenge_method'), 'S256');
  assert.ok((authorize.searchParams.get('state') ?? '').length >= 43);
});

test('denied consent: the trainer is sent back with a code, nothing is exchanged or saved', async () => {
  const trainer = await world.trainer(2);
  const before = exchanges();
  const result = await world.connect(trainer.Email__c, { deny: true, returnUrl: RETURN_URL });
  assert.equal(result.location, `${RETURN_URL}?c__error=access_denied`);
  assert.equal(exchanges(), before);
  assert.equal((await statusOf(trainer.Email__c)).status, 'Not Connected');
});

test('a program that calls the callback with a bad state gets the error as JSON', async () => {
  const answer = await world.call<{ error: { code: string } }>(
    'GET',
    '/api/lark/trainer/oauth/callback?code=x&state=y',
    {
      key: null,
    },
  );
  assert.deepEqual([answer.status, answer.body.error.code], [400, 'state_invalid']);
});

test('a trainer without a return URL sees once as whom they are connected', async () => {
  const trainer = await world.trainer(10);
  const { browser, authorizeUrl } = await authorizeUrlFor(trainer.Email__c, undefined, null);
  const page = await browser.open(await approve(authorizeUrl, { email: trainer.Email__c }));
  assert.equal(new URL(page.url).pathname, '/trainers/authorize/result');
  assert.match(await page.text(), new RegExp(`You connected ${trainer.Email__c}`));
  assert.equal((await browser.open('/trainers/authorize/result')).status, 404);
});

test('denied consent without a return URL: a page says so in words', async () => {
  const trainer = await world.trainer(2);
  const result = await world.connect(trainer.Email__c, { deny: true });
  assert.equal(result.status, 403);
  assert.match(result.html, /You did not allow the access/);
});

test('a replayed, foreign, expired, altered or missing state ends before any exchange', async () => {
  const trainer = await world.trainer(2);
  const { browser, authorizeUrl } = await authorizeUrlFor(trainer.Email__c);
  const back = await approve(authorizeUrl, { email: trainer.Email__c });
  const before = exchanges();
  const refused = async (address: string, as = browser) => {
    const response = await as.open(address);
    assert.equal(response.status, 400, address);
    assert.match(await response.text(), /Please start again/);
    assert.doesNotMatch(response.url, /code=|state=/, 'the history keeps neither code nor state');
  };
  await refused(back, createBrowser(world.base));
  const { browser: foreign } = await authorizeUrlFor((await world.trainer(3)).Email__c);
  await refused(back, foreign);
  await refused(back.replace(/state=[^&]+/, 'state=abc'));
  await refused(back.replace(/&?state=[^&]+/, ''));
  await refused(`${PUBLIC_URL}/api/lark/trainer/oauth/callback`);
  assert.equal(exchanges(), before);
  assert.equal((await browser.request('GET', back)).status, 303);
  assert.equal(exchanges(), before + 1);
  await refused(back);
  assert.equal(exchanges(), before + 1);

  const late = await authorizeUrlFor(trainer.Email__c);
  const lateBack = await approve(late.authorizeUrl, { email: trainer.Email__c });
  world.clock.advance(10 * 60_000 + 1_000);
  await refused(lateBack, late.browser);
  assert.equal(exchanges(), before + 1);
});

test('two tabs of one browser do not spoil each other', async () => {
  const [one, two] = [await world.trainer(3), await world.trainer(4)];
  const browser = createBrowser(world.base);
  const first = await authorizeUrlFor(one.Email__c, browser);
  const second = await authorizeUrlFor(two.Email__c, browser);
  for (const [tab, trainer] of [
    [second, two],
    [first, one],
  ] as const) {
    const result = await browser.request('GET', await approve(tab.authorizeUrl, { email: trainer.Email__c }));
    assert.equal(result.headers.get('location'), `${RETURN_URL}?c__lark_connected=true`);
  }
});

test('Lark does not grant offline_access: a clear error, nothing saved', async () => {
  const trainer = await world.trainer(5);
  world.standins.lark.withholdScopes(['offline_access']);
  const result = await world.connect(trainer.Email__c, { returnUrl: RETURN_URL });
  world.standins.lark.withholdScopes([]);
  assert.equal(result.location, `${RETURN_URL}?c__error=offline_access_missing`);
  const [row] = await world.soql(
    `SELECT Lark_Refresh_Token__c, Lark_Token_Generation__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`,
  );
  assert.deepEqual([row?.['Lark_Refresh_Token__c'], row?.['Lark_Token_Generation__c']], [null, null]);
});

test('Lark does not grant the calendar: the missing scope is named', async () => {
  const trainer = await world.trainer(5);
  world.standins.lark.withholdScopes(['calendar:calendar.event:create']);
  const result = await world.connect(trainer.Email__c);
  world.standins.lark.withholdScopes([]);
  assert.equal(result.status, 403);
  assert.match(result.html, /calendar:calendar\.event:create/);
  assert.equal((await statusOf(trainer.Email__c)).connected, false);
});

test("somebody else's Lark account is refused with words that say whose is wanted", async () => {
  const [trainer, other] = [await world.trainer(5), await world.trainer(6)];
  const result = await world.connect(trainer.Email__c, { as: other.Email__c });
  assert.equal(result.status, 403);
  assert.match(result.html, new RegExp(`sign in to Lark as ${trainer.Email__c}`));
  assert.equal((await statusOf(trainer.Email__c)).status, 'Not Connected');
});

test('an account that nobody can judge waits for an administrator, and no token of it is kept', async () => {
  const trainer = await world.trainer(7);
  const account = world.standins.lark.accounts.find(({ email }) => email === trainer.Email__c);
  world.standins.lark.changeAccount(account?.openId ?? '', { inContactRange: false });
  const result = await world.connect(trainer.Email__c, { as: 'robin@elsewhere.example', returnUrl: RETURN_URL });
  assert.equal(result.location, `${RETURN_URL}?c__error=identity_on_hold`);
  const status = await statusOf(trainer.Email__c);
  assert.equal(status.status, 'On Hold');
  assert.equal(status.heldAccount, 'robin@elsewhere.example');
  const [row] = await world.soql(`SELECT Lark_Refresh_Token__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`);
  assert.equal(row?.['Lark_Refresh_Token__c'], null);
});

test('an administrator allows that account once: then it connects, and the next stranger waits again', async () => {
  const trainer = await world.trainer(7);
  const route = `/api/admin/connections/lark:${trainer.Id}/allow-identity-once`;
  const allowed = await world.call<{ account: string }>('POST', route);
  assert.deepEqual([allowed.status, allowed.body.account], [200, 'robin@elsewhere.example']);
  assert.equal((await world.call('POST', route)).text, allowed.text, 'a second click changes nothing');
  const result = await world.connect(trainer.Email__c, { as: 'robin@elsewhere.example', returnUrl: RETURN_URL });
  assert.equal(result.location, `${RETURN_URL}?c__lark_connected=true`);
  const stranger = await world.connect(trainer.Email__c, { as: 'claire.dubois@example.com', returnUrl: RETURN_URL });
  assert.equal(stranger.location, `${RETURN_URL}?c__error=identity_on_hold`);
  const status = await statusOf(trainer.Email__c);
  assert.deepEqual(
    [status.connected, status.account, status.heldAccount],
    [true, 'robin@elsewhere.example', 'claire.dubois@example.com'],
  );
});

test('disconnect clears the fields and keeps a hash, so that another account is noticed; doing it twice is no error', async () => {
  const trainer = await world.trainer(0);
  const route = `/api/lark/trainer/oauth/disconnect?email=${trainer.Email__c}`;
  for (const _ of [1, 2]) assert.deepEqual((await world.call('DELETE', route)).body, { success: true });
  const [row] = await world.soql(
    `SELECT Lark_Refresh_Token__c, Lark_Access_Token__c, Lark_Identity_Hash__c, Lark_Connected__c, Lark_Connection_Status__c
      FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`,
  );
  assert.equal(row?.['Lark_Refresh_Token__c'], null);
  assert.equal(row?.['Lark_Access_Token__c'], null);
  assert.equal(row?.['Lark_Connected__c'], false);
  assert.equal(row?.['Lark_Connection_Status__c'], 'Not Connected');
  assert.match(String(row?.['Lark_Identity_Hash__c']), /^[0-9a-f]{64}$/);
  const again = await world.connect(trainer.Email__c, { returnUrl: RETURN_URL });
  assert.equal(again.location, `${RETURN_URL}?c__lark_connected=true`);
});

test('Lark drops the connection during the exchange: a clear error, and connecting again works', async () => {
  const trainer = await world.trainer(8);
  world.standins.lark.faults.add({ kind: 'effect-then-drop', path: 'oauth/token$' });
  const result = await world.connect(trainer.Email__c, { returnUrl: RETURN_URL });
  assert.equal(result.location, `${RETURN_URL}?c__error=provider_unavailable`);
  const again = await world.connect(trainer.Email__c, { returnUrl: RETURN_URL });
  assert.equal(again.location, `${RETURN_URL}?c__lark_connected=true`);
});

test('Salesforce does not answer at the callback: the trainer is sent back with a code, or to a page without code and state', async () => {
  for (const returnUrl of [RETURN_URL, null]) {
    const trainer = await world.trainer(9);
    const { browser, authorizeUrl } = await authorizeUrlFor(trainer.Email__c, undefined, returnUrl);
    const back = await approve(authorizeUrl, { email: trainer.Email__c });
    world.clock.advance(61_000);
    const fault = world.standins.salesforce.faults.add({ kind: 'status', status: 503, method: 'GET', times: 0 });
    const result = await browser.request('GET', back);
    assert.equal(
      result.headers.get('location'),
      returnUrl === null ? '/trainers/authorize/result' : `${RETURN_URL}?c__error=salesforce_unavailable`,
    );
    world.standins.salesforce.faults.release(fault.id);
    if (returnUrl === null) assert.match(await (await browser.open('/trainers/authorize/result')).text(), /Salesforce/);
  }
  assert.ok(logged.some((line) => line.includes('an authorization failed on our side or in Salesforce')));
});

test('Salesforce goes down while a trainer connects: they are connected, and Salesforce learns of it later', async () => {
  const trainer = await world.trainer(9);
  const { browser, authorizeUrl } = await authorizeUrlFor(trainer.Email__c);
  const back = await approve(authorizeUrl, { email: trainer.Email__c });
  const fault = world.standins.salesforce.faults.add({ kind: 'status', status: 503, method: 'PATCH', times: 0 });
  const result = await browser.request('GET', back);
  assert.equal(result.headers.get('location'), `${RETURN_URL}?c__lark_connected=true`);
  world.standins.salesforce.faults.release(fault.id);
  await until(async () => {
    const [row] = await world.soql(`SELECT Lark_Connected__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`);
    return row?.['Lark_Connected__c'] === true;
  }, 'the late write');
});

test('no token, code, state, ticket, key or secret is in the log of all this', () => {
  const text = logged.join('');
  assert.ok(logged.length > 50, 'the log was watched');
  assert.doesNotMatch(text, /eyJ[\w-]{20}/, 'a Lark token');
  assert.doesNotMatch(text, /00D\w+!/, 'a Salesforce session');
  assert.doesNotMatch(text, /offline-(key|lark|client-secret|cron|state)/, 'a secret of ours');
  assert.doesNotMatch(text, /(ticket|state|code)=[\w-]{20}/, 'an address with a query');
});
