import assert from 'node:assert/strict';
import test from 'node:test';
import { createFixturePackage, FRENCH_TRAINER, readContext, STAFF, startWorld, TRAINER } from './support.ts';

test('A browser without a session is the administrator, in the first of the apps that they may open', async (t) => {
  const { lightning } = await startWorld(t);
  const response = await fetch(`${lightning.url}/lightning/page/home`);
  const { user, app, apps, items, customPermissions } = readContext(await response.text());
  assert.deepEqual([user.name, user.role, app.label], ['Avery Admin', 'Admin', 'Trainer Connect']);
  assert.deepEqual(
    app.tabs.map(({ label, url }) => [label, url]),
    [
      ['Trainer Connections', '/lightning/n/Trainer_Connections'],
      ['Book Training', '/lightning/n/Book_Training'],
      ['Training Bookings', '/lightning/o/Training_Booking__c/list'],
      ['Trainers', '/lightning/o/Onboarding_Trainer__c/list'],
    ],
  );
  assert.deepEqual(
    apps.map(({ label, url }) => [label, url]),
    [
      ['Trainer Connect', '/lightning/app/c__Trainer_Connect'],
      ['Trainer Connect Administration', '/lightning/app/c__Trainer_Connect_Administration'],
    ],
  );
  const labels = items.map(({ label }) => label);
  assert.equal(new Set(labels).size, labels.length, 'no two tabs of the administrator are called the same');
  assert.deepEqual(customPermissions, ['Manage_Trainer_Connections']);
});

test('Each audience has its own app, sees the tabs that its permission sets open, and nobody else can be chosen', async (t) => {
  const { context } = await startWorld(t);
  const staff = await context('/lightning/page/home', { as: STAFF });
  const trainer = await context('/lightning/page/home', { as: TRAINER });
  const names = ({ app }: typeof staff) => app.tabs.map(({ name }) => name);
  assert.deepEqual(names(staff), ['Book_Training', 'Training_Booking__c', 'Onboarding_Trainer__c']);
  assert.deepEqual(names(trainer), ['Trainer_Connections', 'Training_Booking__c']);
  assert.deepEqual(
    [staff, trainer].map(({ apps }) => apps.map(({ name }) => name)),
    [['Trainer_Connect'], ['Trainer_Connect_Trainers']],
  );
  assert.deepEqual(trainer.customPermissions, []);
  const roles = new Set(staff.users.map(({ role }) => role));
  assert.deepEqual([...roles], ['Admin', 'Staff', 'Trainer'], 'the integration user opens no app');
  assert.ok(!staff.users.some(({ username }) => username.startsWith('tomas.novak')), 'inactive users are not offered');
});

test('An app that is chosen stays open, and its tabs are those of the audience', async (t) => {
  const { lightning } = await startWorld(t);
  let cookie = '';
  const visit = async (place: string) => {
    const response = await fetch(lightning.url + place, { headers: { Cookie: cookie }, redirect: 'manual' });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  const chosen = await visit('/lightning/app/c__Trainer_Connect_Administration');
  assert.deepEqual([chosen.status, chosen.headers.get('location')], [302, '/lightning/page/home']);
  const { app } = readContext(await (await visit('/lightning/n/Book_Training')).text());
  assert.equal(app.label, 'Trainer Connect Administration');
  assert.deepEqual(
    app.tabs.map(({ label }) => label),
    [
      'Connection Monitor',
      'Connection Setup',
      'Trainers',
      'Training Bookings',
      'Calendar Connections',
      'Trainer Connect Metrics',
    ],
  );
  for (const name of ['c__Trainer_Connect_Trainers', 'c__Nothing']) {
    assert.equal((await visit(`/lightning/app/${name}`)).headers.get('location'), '/lightning/page/home');
    const kept = readContext(await (await visit('/lightning/page/home')).text());
    assert.equal(kept.app.name, 'Trainer_Connect_Administration', `${name} is not theirs to open`);
  }
});

test('Choosing a user, when the answer sets a cookie, makes the next page theirs in their language', async (t) => {
  const { lightning } = await startWorld(t);
  const chosen = await fetch(`${lightning.url}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: FRENCH_TRAINER }),
  });
  assert.equal(chosen.status, 204);
  const cookie = chosen.headers.get('set-cookie') ?? '';
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Lax/);
  const page = await fetch(`${lightning.url}/lightning/page/home`, {
    headers: { Cookie: cookie.split(';')[0] ?? '' },
  });
  const { user, language, i18n } = readContext(await page.text());
  assert.equal(user.username, FRENCH_TRAINER);
  assert.deepEqual([language, i18n['lang'], i18n['locale'], i18n['timeZone']], ['fr', 'fr', 'fr-FR', 'Europe/Paris']);
});

test('A choice of somebody unknown, an unknown language or an unknown setting is refused', async (t) => {
  const { ask } = await startWorld(t);
  for (const body of [{ username: 'nobody@example.com' }, { language: 'tlh' }, { admin: true }]) {
    assert.equal((await ask('/session', { body })).status, 400);
  }
});

test('Labels, when a language is chosen, are its translations, and what has none stays as it was written', async (t) => {
  const { context } = await startWorld(t, { metadata: createFixturePackage(t) });
  const titles: Record<string, string | undefined> = {};
  for (const language of ['en_US', 'fr', 'zh_CN']) {
    const { labels } = await context('/lightning/page/home', { language });
    titles[language] = labels['TC_Fixture_Title'];
    assert.equal(labels['TC_Fixture_Untranslated'], 'Only English < untranslated');
  }
  assert.deepEqual(titles, { en_US: 'Hello & welcome', fr: 'Bonjour et bienvenue', zh_CN: '欢迎' });
});

test('The page, when a label holds markup, stays one script', async (t) => {
  const { lightning } = await startWorld(t, { metadata: createFixturePackage(t) });
  const html = await (await fetch(`${lightning.url}/lightning/n/Trainer_Connections`)).text();
  const json = /globalThis\.__SF__ = (.*);<\/script>/.exec(html)?.[1] ?? '<';
  assert.match(json, /Only English/);
  assert.doesNotMatch(json, /</);
});
