import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLog } from '../../src/core/log.ts';
import { book, bookingOf } from '../kit/bookings.ts';
import { createBrowser, openLink, PUBLIC_URL, startWorld, until, type World } from '../kit/world.ts';

let world: World;
const logged: string[] = [];
before(async () => {
  const destination = { write: (line: string) => void logged.push(line) };
  world = await startWorld({
    log: createLog({ level: 'warn', destination }),
    // So that a test can come from many addresses.
    environment: { TRUSTED_PROXIES: 'loopback' },
  });
});
after(() => world.close());

test('a return URL elsewhere is refused, and so is a link for an unknown or ambiguous trainer', async () => {
  const trainer = await world.trainer(0);
  const ask = (body: object) =>
    world.call<{ error: { code: string; message: string } }>('POST', '/api/connections/lark/links', { body });
  const elsewhere = await ask({ trainerId: trainer.Id, returnUrl: 'https://evil.example/' });
  assert.deepEqual([elsewhere.status, elsewhere.body.error.code], [400, 'return_url_not_allowed']);
  const script = await ask({ trainerId: trainer.Id, returnUrl: 'javascript:alert(1)' });
  assert.equal(script.body.error.code, 'return_url_not_allowed');
  const nobody = await ask({ trainerEmail: 'nobody@example.com' });
  assert.deepEqual([nobody.status, nobody.body.error.code], [404, 'trainer_not_found']);
  const neither = await ask({});
  assert.deepEqual([neither.status, neither.body.error.code], [400, 'invalid_input']);
  const nameless = await world.call<{ error: { code: string; message: string } }>('GET', '/api/lark/trainer/status');
  assert.deepEqual([nameless.status, nameless.body.error.code], [400, 'invalid_input']);
  assert.match(nameless.body.error.message, /email/);
  const off = await world.call<{ error: { code: string } }>('POST', '/api/connections/google/links', {
    body: { trainerId: trainer.Id },
  });
  assert.deepEqual([off.status, off.body.error.code], [409, 'provider_off']);
});

test('a trainer without a Salesforce login asks for a link by e-mail; unknown addresses get the same answer and no mail', async () => {
  const trainer = await world.trainer(3);
  const browser = createBrowser(world.base);
  const form = await browser.request('GET', `${PUBLIC_URL}/trainers/authorize`);
  assert.match(await form.text(), /Work e-mail/);
  const answers = [];
  for (const email of [trainer.Email__c, 'nobody@example.com']) {
    const response = await browser.request('POST', `${PUBLIC_URL}/trainers/authorize`, { email });
    answers.push({ status: response.status, text: await response.text() });
  }
  assert.deepEqual(answers[0], answers[1]);
  const mail = await until(
    () => world.standins.salesforce.outbox.mails().find(({ to }) => to.includes(trainer.Email__c)),
    'the mail',
  );
  const link = /(http\S+ticket=\S+)/.exec(mail.body)?.[1] ?? '';
  assert.match(link, /^http:\/\/localhost:3000\//);
  assert.equal((await browser.request('GET', link)).status, 200);
  assert.equal(
    world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes('nobody@example.com')).length,
    0,
  );
});

test('a mailed link does not end the one that somebody is about to use; a link that is asked for ends the mailed one', async () => {
  const trainer = await world.trainer(4);
  const ask = async () => {
    const body = { trainerId: trainer.Id };
    return (await world.call<{ url: string }>('POST', '/api/connections/lark/links', { body })).body.url;
  };
  const statusOf = async (link: string) => (await createBrowser(world.base).request('GET', link)).status;
  const opened = await ask();
  await createBrowser(world.base).request('POST', `${PUBLIC_URL}/trainers/authorize`, { email: trainer.Email__c });
  const mail = await until(
    () => world.standins.salesforce.outbox.mails().find(({ to }) => to.includes(trainer.Email__c)),
    'the mail',
  );
  const mailed = /(http\S+ticket=\S+)/.exec(mail.body)?.[1] ?? '';
  assert.deepEqual([await statusOf(opened), await statusOf(mailed)], [200, 200]);
  const newest = await ask();
  assert.deepEqual([await statusOf(opened), await statusOf(mailed), await statusOf(newest)], [400, 400, 200]);
});

test('a mailed link that the trainer has open outlives the mail of a booking; pressing its button ends the others', async () => {
  const trainer = await world.trainer(7);
  const mails = () => world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(trainer.Email__c));
  const links = () => mails().map(({ body }) => /(http\S+ticket=\S+)/.exec(body)?.[1] ?? '');
  const browser = createBrowser(world.base);
  await browser.request('POST', `${PUBLIC_URL}/trainers/authorize`, { email: trainer.Email__c });
  await until(() => mails().length === 1, 'the mail');
  assert.equal((await browser.request('GET', links()[0] ?? '')).status, 200);
  assert.equal((await book(world, bookingOf(world, trainer, 3))).status, 201);
  await until(() => mails().length === 2, 'the invitation');
  const [opened = '', later = ''] = links();
  assert.equal((await browser.request('GET', later)).status, 200);
  await openLink(browser, opened);
  assert.equal((await browser.request('GET', later)).status, 400);
});

test('a link that somebody asked for is mailed although Salesforce was away at first', async () => {
  const trainer = await world.trainer(5);
  const { faults, outbox } = world.standins.salesforce;
  const body = [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }];
  faults.add({ kind: 'status', status: 503, body, path: 'emailSimple', times: 1 });
  await createBrowser(world.base).request('POST', `${PUBLIC_URL}/trainers/authorize`, { email: trainer.Email__c });
  await until(() => outbox.mails().find(({ to }) => to.includes(trainer.Email__c)), 'the mail');
});

test('two trainings that are booked while the first invitation is under way: one mail', async () => {
  const trainer = await world.trainer(6);
  const { faults, outbox } = world.standins.salesforce;
  const held = faults.add({ kind: 'withhold', path: 'emailSimple', times: 1 });
  const mails = () => outbox.mails().filter(({ to }) => to.includes(trainer.Email__c)).length;
  assert.equal((await book(world, bookingOf(world, trainer, 3))).status, 201);
  await until(() => mails() === 1, 'the first mail, whose answer is held back');
  assert.equal((await book(world, bookingOf(world, trainer, 4))).status, 201);
  await until(() => mails() > 1 || logged.some((line) => line.includes('is under way')), 'the second invitation');
  faults.release(held.id);
  const noted = async () =>
    (
      await world.soql<{ Reminder_Count__c: number | null }>(
        `SELECT Reminder_Count__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`,
      )
    )[0]?.Reminder_Count__c;
  await until(async () => (await noted()) === 1, 'the note');
  assert.equal(mails(), 1);
});

test('the form that sends mail has a limit, and says when to come back', async () => {
  const browser = createBrowser(world.base);
  const statuses = new Set<number>();
  let last: Response | undefined;
  for (let count = 0; count < 12; count++) {
    last = await browser.request('POST', `${PUBLIC_URL}/trainers/authorize`, { email: 'nobody@example.com' });
    statuses.add(last.status);
  }
  assert.deepEqual([...statuses], [200, 429]);
  assert.equal(last?.headers.get('retry-after'), '60');
});

test('older names of the plan redirect with their query', async () => {
  const browser = createBrowser(world.base);
  const response = await browser.request('GET', `${PUBLIC_URL}/api/lark/auth/callback?code=1&state=2`);
  assert.equal(response.status, 307);
  assert.equal(response.headers.get('location'), '/api/lark/trainer/oauth/callback?code=1&state=2');
});

test('links are asked for from many addresses: few reach Salesforce, the page says the same, an hour later it goes on', async () => {
  const trainer = await world.trainer(8);
  const { journal, outbox } = world.standins.salesforce;
  const askedFrom = (count: number, email: string) =>
    fetch(`${world.base()}/trainers/authorize`, {
      method: 'POST',
      headers: { Accept: 'text/html', 'X-Forwarded-For': `203.0.113.${count}` },
      body: new URLSearchParams({ email }),
    });
  const lookups = () => journal.entries().filter(({ query }) => /nobody-\d+/.test(JSON.stringify(query))).length;
  const pages = new Set<string>();
  for (let count = 0; count < 70; count++) {
    const response = await askedFrom(count, `nobody-${count}@example.com`);
    pages.add(`${response.status} ${await response.text()}`);
  }
  const refused = await askedFrom(200, trainer.Email__c);
  pages.add(`${refused.status} ${await refused.text()}`);
  assert.equal(pages.size, 1);
  world.clock.advance(3_600_000);
  await askedFrom(201, trainer.Email__c);
  await until(() => outbox.mails().find(({ to }) => to.includes(trainer.Email__c)), 'the mail');
  assert.ok(lookups() > 20 && lookups() <= 51, `${lookups()} lookups`);
  assert.equal(outbox.mails().filter(({ to }) => to.includes(trainer.Email__c)).length, 1);
});
