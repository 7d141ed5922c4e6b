import assert from 'node:assert/strict';
import test from 'node:test';
import { createFixturePackage, FRENCH_TRAINER, readContext, STAFF, startWorld, TRAINER } from './support.ts';

test('A browser without a session is the administrator, with every tab of the app', async (t) => {
  const { lightning } = await startWorld(t);
  const response = await fetch(`${lightning.url}/lightning/page/home`);
  const { user, app, customPermissions } = readContext(await response.text());
  assert.deepEqual([user.name, user.role], ['Avery Admin', 'Admin']);
  assert.deepEqual(
    app.tabs.map(({ label, url }) => [label, url]),
    [
      ['Trainer Connections', '/lightning/n/Trainer_Connections'],
      ['Book Training', '/lightning/n/Book_Training'],
      ['Training Bookings', '/lightning/o/Training_Booking__c/list'],
      ['Trainers', '/lightning/o/Onboarding_Trainer__c/list'],
    ],
  );
  assert.deepEqual(customPermissions, ['Manage_Trainer_Connections']);
});

test('Staff and trainers see the tabs that their permission sets open, and nobody else can be chosen', async (t) => {
  const { context } = await startWorld(t);
  const staff = await context('/lightning/page/home', { as: STAFF });
  const trainer = await context('/lightning/page/home', { as: TRAINER });
  const names = ({ app }: typeof staff) => app.tabs.map(({ name }) => name);
  assert.deepEqual(names(staff), ['Book_Training', 'Training_Booking__c', 'Onboarding_Trainer__c']);
  assert.deepEqual(names(trainer), ['Trainer_Connections', 'Training_Booking__c']);
  assert.deepEqual(trainer.customPermissions, []);
  const roles = new Set(staff.users.map(({ role }) => role));
  assert.deepEqual([...roles], ['Admin', 'Staff', 'Trainer'], 'the integration user opens no app');
  assert.ok(!staff.users.some(({ username }) => username.startsWith('tomas.novak')), 'inactive users are not offered');
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
