import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, type TestContext } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createApp } from '../../middleware/src/app.ts';
import { parseConfig } from '../../middleware/src/config.ts';
import { createLog } from '../../middleware/src/core/log.ts';
import type { ScheduleName } from '../../middleware/src/schedules.ts';
import { freePorts } from '../../middleware/test/kit/free-ports.ts';
import { openAnyDatabase } from '../../middleware/test/kit/databases.ts';
import { callerOf, createBrowser, offlineEnvironment } from '../../middleware/test/kit/world.ts';
import { approve } from '../../standins/lark/index.ts';
import { startLightning } from '../../standins/lightning/index.ts';
import { startStandins, type StandinsOptions } from '../../standins/registry.ts';
import { launchBrowser } from './browser.ts';

export type Stage = Awaited<ReturnType<typeof startStage>>;

const shots = path.resolve(import.meta.dirname, '../../.data/screenshots');

/** Everything a person in front of a browser needs: Lightning, Salesforce, Lark and the middleware, on real addresses. */
export async function startStage(options: { sample?: StandinsOptions['sample'] } = {}) {
  const port = await freePorts(2);
  const publicUrl = `http://localhost:${port}`;
  const lightningUrl = `http://localhost:${port + 1}`;
  // First, because nothing is to be closed yet if there is none.
  const browser = await launchBrowser();
  const standins = await startStandins({
    sample: options.sample ?? 'all',
    redirectUri: `${publicUrl}/api/lark/trainer/oauth/callback`,
  });
  const app = await createApp({
    config: parseConfig({
      ...offlineEnvironment,
      ...standins.environment(),
      CLOCK_URL: undefined,
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      RETURN_URL_ORIGINS: lightningUrl,
      DATA_DIR: 'memory://',
    }),
    log: createLog({ level: 'silent' }),
    now: standins.clock.now,
    database: await openAnyDatabase(),
  });
  await app.start();
  const middleware = { url: publicUrl, apiKey: 'offline-key-of-salesforce' };
  standins.salesforce.configureNamedCredential('Trainer_Connect', middleware);
  const lightning = await startLightning({
    clock: standins.clock,
    org: standins.salesforce,
    port: port + 1,
    middleware,
  });
  await lightning.built();
  return {
    standins,
    lightningUrl,
    middleware,
    browser,
    /** A call of the middleware as Salesforce makes it. */
    call: callerOf(() => publicUrl),
    /** Runs a schedule of the middleware now. */
    tick: (name: ScheduleName) => app.runSchedule(name),
    close: async () => {
      await browser.close();
      await lightning.close();
      await app.stop(2_000);
      await standins.close();
    },
  };
}

/** A trainer connects without a browser: how that looks is a journey of its own. */
export async function connectLark(stage: Pick<Stage, 'middleware'>, email: string, account = email): Promise<void> {
  const base = () => stage.middleware.url;
  const { body } = await callerOf(base)<{ url: string }>('POST', '/api/connections/lark/links', {
    body: { trainerEmail: email },
  });
  const browser = createBrowser(base);
  const page = await browser.request('GET', body.url);
  const ticket = /name="ticket" value="([^"]+)"/.exec(await page.text())?.[1] ?? assert.fail('no ticket');
  const sent = await browser.request('POST', `${base()}/api/lark/trainer/oauth/authorize`, { ticket });
  const back = await approve(sent.headers.get('location') ?? '', { email: account });
  await browser.request('GET', back);
}

export const wide = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Goes to a path of Lightning. */
  open(route: string): Promise<void>;
  /** Keeps a picture of the screen outside git; of another size, if that is told. */
  shot(name: string, size?: { width: number; height: number }): Promise<void>;
  /** Fails on any console error, page error or HTTP status ≥ 400 that was not announced by `expectTrouble`. */
  leave(): Promise<void>;
  expectTrouble(wanted: RegExp): void;
}

/** Who is in front of a browser now: after a test only those are left whose test failed. */
const present = new Set<BrowserContext>();

afterEach(async (test) => {
  for (const context of present) {
    for (const page of context.pages()) await tellWhatIsShown(test as TestContext, page);
    await context.close();
  }
  present.clear();
});

async function tellWhatIsShown(test: TestContext, page: Page): Promise<void> {
  const name = test.name.replaceAll(/\W+/g, '-').slice(0, 80);
  const shows = await page.locator('body').innerText({ timeout: 5_000 });
  // Without the query: it may carry a one-time link.
  test.diagnostic(`${new URL(page.url()).pathname} shows: ${shows.replaceAll(/\s+/g, ' ').slice(0, 1_000)}`);
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `failed-${name}.png`) });
}

/** One person in front of a browser, signed in to Lightning as a user of the org. */
export async function visit(
  stage: { browser: Browser; lightningUrl: string },
  username: string,
  {
    viewport = wide,
    language = 'en_US',
    app,
  }: { viewport?: { width: number; height: number }; language?: string; app?: string } = {},
): Promise<Visitor> {
  const context = await stage.browser.newContext({ viewport });
  context.setDefaultTimeout(60_000);
  present.add(context);
  const page = await context.newPage();
  const session = new URLSearchParams({ user: username, language, ...(app === undefined ? {} : { app }) });
  await context.addCookies([
    { name: 'lightning_session', value: encodeURIComponent(session.toString()), url: stage.lightningUrl },
  ]);
  const problems: string[] = [];
  const expected: RegExp[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  return {
    page,
    context,
    open: async (route) => {
      await page.goto(stage.lightningUrl + route);
    },
    shot: async (name, size = viewport) => {
      mkdirSync(shots, { recursive: true });
      // The window grows with the page: what sticks to its top would otherwise lie across the middle.
      const height = await page.evaluate<number>('document.documentElement.scrollHeight');
      await page.setViewportSize({ width: size.width, height: Math.max(height, size.height) });
      await page.screenshot({ path: path.join(shots, `${name}.png`) });
      await page.setViewportSize(size);
    },
    expectTrouble: (wanted) => void expected.push(wanted),
    leave: async () => {
      await context.close();
      present.delete(context);
      const unexpected = problems.filter((problem) => !expected.some((wanted) => wanted.test(problem)));
      assert.deepEqual(unexpected, []);
    },
  };
}
