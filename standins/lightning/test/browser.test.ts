import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../../e2e/kit/browser.ts';
import { createFixturePackage, startWorld, type World } from './support.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

interface Opened extends World {
  page: Page;
  /** Console errors, page errors and answers from 400 on, as they happen. */
  problems: string[];
  calls: { method: string; params: object }[];
}

/** The fixtures in a browser; their Apex counts how often it was asked. */
async function open(t: TestContext, place: string, width = 1280): Promise<Opened> {
  const calls: Opened['calls'] = [];
  const world = await startWorld(t, {
    metadata: createFixturePackage(t),
    apex: {
      call: (_username, method, params) => {
        calls.push({ method, params });
        if (method === 'Fixture.fail') return Promise.reject(new Error('It failed on purpose.'));
        return Promise.resolve({ times: calls.length });
      },
    },
  });
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  t.after(() => context.close());
  // The first visit builds the pages, which takes a while on a busy machine.
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(world.lightning.url + place);
  return { ...world, page, problems, calls };
}

test('A visitor opens the app, goes through its tabs and back, and reads a record', async (t) => {
  const { page, problems } = await open(t, '/');
  await page.getByRole('heading', { level: 1, name: 'Trainer Connections' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/lightning/n/Trainer_Connections');
  assert.equal(await page.title(), 'Trainer Connections | Salesforce');

  await page.getByRole('link', { name: 'Training Bookings' }).click();
  await page.getByRole('heading', { level: 1, name: 'All Bookings' }).waitFor();
  await page.getByRole('button', { name: 'Select a list view' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Upcoming Bookings' }).click();
  await page.getByRole('heading', { level: 1, name: 'Upcoming Bookings' }).waitFor();
  assert.equal(new URL(page.url()).search, '?filterName=Upcoming');
  await page.goBack();
  await page.getByRole('link', { name: 'TB-00003' }).click();
  await page.getByRole('heading', { level: 1, name: 'TB-00003' }).waitFor();
  await page.getByText('Training_Booking__c is Confirmed').waitFor();
  assert.equal(await page.title(), 'TB-00003 | Training Booking | Salesforce');
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'All Bookings' }).waitFor();

  await page.getByRole('button', { name: 'App Launcher' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Trainers', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Active Trainers' }).waitFor();
  assert.deepEqual(problems, []);
});

test('The app launcher switches between the apps of a user, and a tab of another app opens all the same', async (t) => {
  const { page, problems } = await open(t, '/');
  await page.getByRole('heading', { level: 1, name: 'Trainer Connections' }).waitFor();
  await page.getByRole('button', { name: 'App Launcher' }).click();
  const launcher = page.getByRole('dialog');
  assert.equal(await launcher.locator('[aria-current="true"]').count(), 1);
  await launcher.getByRole('link', { name: /^Trainer Connect Administration/ }).click();
  const navigation = page.getByRole('navigation', { name: 'Trainer Connect Administration' });
  await navigation.getByRole('link', { name: 'Trainer Connect Metrics' }).click();
  await page.getByRole('heading', { level: 1, name: 'All Days' }).waitFor();
  assert.equal(await navigation.getByRole('link', { name: 'Book Training' }).count(), 0);

  await page.getByRole('button', { name: 'App Launcher' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Trainer Connections', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Trainer Connections' }).waitFor();
  await navigation.waitFor();
  assert.deepEqual(problems, []);
});

test('Editing a record shows the platform’s refusal at its field, saves, and tells every component', async (t) => {
  const { page, problems, bookingId } = await open(t, '/lightning/page/home');
  await page.goto(`${new URL(page.url()).origin}/lightning/r/${await bookingId('TB-00003')}/view`);
  await page.getByRole('button', { name: 'Edit Status' }).click();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Requested' }).click();
  const endDate = page.getByRole('group', { name: 'End' }).getByLabel('Date');
  await endDate.fill('Jan 1, 2020');
  await endDate.blur();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('Review the following fields: End').waitFor();
  await page.getByText('The end must be after the start.').waitFor();

  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Edit Status' }).click();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Requested' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Training Booking "TB-00003" was saved.').waitFor();
  await page.getByText('Training_Booking__c is Requested').waitFor();
  assert.deepEqual(problems, []);
});

test('Navigation, menus, lists and forms of the pages themselves have no accessibility faults', async (t) => {
  const { page, bookingId } = await open(t, '/lightning/o/Training_Booking__c/list');
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const faults = async () => {
    await page.evaluate(axe);
    const found = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))');
    return found as string[];
  };
  await page.getByRole('link', { name: 'TB-00003' }).waitFor();
  assert.deepEqual(await faults(), [], 'list');
  await page.getByRole('button', { name: 'View profile' }).click();
  await page.getByRole('button', { name: 'Sam Porter' }).waitFor();
  assert.deepEqual(await faults(), [], 'user menu');
  await page.keyboard.press('Escape');
  await page.goto(`${new URL(page.url()).origin}/lightning/r/${await bookingId('TB-00003')}/view`);
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('button', { name: 'Save' }).waitFor();
  assert.deepEqual(await faults(), [], 'form');
});

test('Components that read the same share one call, and refreshApex reaches both', async (t) => {
  const { page, calls, problems } = await open(t, '/lightning/n/Trainer_Connections');
  await page.getByText('read 1 times').waitFor();
  await page.getByText('also 1').waitFor();
  await page.getByRole('button', { name: 'Refresh all' }).click();
  await page.getByText('read 2 times').waitFor();
  await page.getByText('also 2').waitFor();
  await page.getByText('Refreshed').waitFor();
  assert.equal(calls.length, 2, 'and nothing was asked while a parameter was undefined');
  assert.deepEqual(problems, []);
});

test('Errors of Apex carry their words, and navigation brings its namespaced state', async (t) => {
  const { page } = await open(t, '/lightning/n/Trainer_Connections?c__lark_connected=true&other=1');
  await page.getByText('{"c__lark_connected":"true"}').waitFor();
  await page.getByRole('button', { name: 'Fail' }).click();
  await page.getByText('It failed on purpose.').waitFor();
  await page.getByRole('button', { name: 'Go' }).click();
  await page.getByText('{"c__went":"there"}').waitFor();
  await page.goBack();
  await page.getByText('{"c__lark_connected":"true"}').waitFor();
});

test('On a phone, switching the user and the language shows their tabs in their words', async (t) => {
  const { page, problems } = await open(t, '/', 390);
  await page.getByRole('button', { name: 'View profile' }).click();
  await page.getByRole('button', { name: 'Claire Dubois' }).click();
  await page.getByRole('heading', { name: 'Bonjour et bienvenue' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Book Training' }).count(), 0);
  await page.getByRole('button', { name: 'Afficher le profil' }).click();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('heading', { name: '欢迎' }).waitFor();
  const sideways = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  assert.equal(sideways, false, 'nothing is wider than the window');
  assert.deepEqual(problems, []);
});

test('Pages that do not exist or are not for this user say so', async (t) => {
  const { page, problems } = await open(t, '/lightning/n/Nowhere');
  const origin = new URL(page.url()).origin;
  await page.getByRole('heading', { name: 'You do not have access to this page' }).waitFor();
  await page.goto(`${origin}/lightning/x`);
  await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
  await page.goto(`${origin}/lightning/r/a03000000000000AAA/view`);
  await page.getByRole('heading', { name: 'This record does not exist' }).waitFor();
  assert.deepEqual(problems, []);
});
