import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { digest } from '../../../standins/kit/journal.ts';
import { approve } from '../../../standins/lark/index.ts';
import { startStandins, type Standins, type StandinsOptions } from '../../../standins/registry.ts';
import { createApp, type App } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createLog } from '../../src/core/log.ts';
import type { Log, Step } from '../../src/core/runtime.ts';
import type { ScheduleName } from '../../src/schedules.ts';
import { createTestDatabase } from './databases.ts';
import { openMemoryDatabase } from './memory-database.ts';
import { watchOutside } from './outside-calls.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
export const offlineEnvironment = parseEnv(readFileSync(path.join(repository, 'config/offline.env'), 'utf8'));

/** The middleware believes to be here; requests are sent to wherever it really listens. */
export const PUBLIC_URL = 'http://localhost:3000';
export const REDIRECT_URI = `${PUBLIC_URL}/api/lark/trainer/oauth/callback`;

export const keys = {
  salesforce: 'offline-key-of-salesforce',
  portal: 'offline-key-of-the-portal',
  operator: 'offline-key-of-the-operator',
};

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  body: T;
}

export interface SampleTrainer {
  Id: string;
  Name: string;
  Email__c: string;
  Time_Zone__c: string;
}

export interface WorldOptions {
  sample?: StandinsOptions['sample'];
  lark?: StandinsOptions['lark'];
  environment?: Record<string, string>;
  /** On true it must be PostgreSQL, on false it is PGlite; otherwise PostgreSQL where one answers: it starts faster. */
  postgres?: boolean;
  step?: Step;
  log?: Log;
  /** Without a middleware: the test starts its own processes. */
  withoutApp?: boolean;
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** The whole product in one process: real Express, real jsforce, real database; only the vendors are stand-ins. */
export async function startWorld(options: WorldOptions = {}) {
  const standins = await startStandins({
    sample: options.sample ?? 'trainers',
    redirectUri: REDIRECT_URI,
    ...(options.lark === undefined ? {} : { lark: options.lark }),
  });
  const database = wantsPostgres(options) ? await createTestDatabase() : undefined;
  if (options.postgres === true) assert.ok(database, 'this test needs PostgreSQL');
  const environment = {
    ...offlineEnvironment,
    ...standins.environment(),
    PORT: '0',
    DATA_DIR: 'memory://',
    LOG_LEVEL: 'silent',
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    ...options.environment,
  };
  let app = options.withoutApp === true ? undefined : await start(standins, environment, options);
  const reader = createReader(standins);
  const base = () => `http://127.0.0.1:${app?.port ?? assert.fail('this world has no middleware')}`;
  const call = callerOf(base);
  return {
    standins,
    environment,
    clock: standins.clock,
    base,
    call,
    soql: <T = Record<string, unknown>>(query: string, as = 'integration@trainer-connect.example') =>
      reader.soql<T>(query, as),
    /** Counts what the middleware sends out from now on. */
    watchOutside: () => watchOutside(standins, reader.onlookers),
    /** One of the sample trainers, each test its own. */
    trainer: async (index: number): Promise<SampleTrainer> => {
      const all = await reader.soql<SampleTrainer>(
        'SELECT Id, Name, Email__c, Time_Zone__c FROM Onboarding_Trainer__c WHERE Active__c = true ORDER BY Email__c',
        'integration@trainer-connect.example',
      );
      return all[index] ?? assert.fail(`no trainer ${index}`);
    },
    connect: (email: string, choice: { as?: string; deny?: boolean; returnUrl?: string } = {}) =>
      connect(base, call, email, choice),
    tick: (name: ScheduleName) => app?.app.runSchedule(name) ?? assert.fail('this world has no middleware'),
    /** Stops the middleware and starts it again. */
    restart: async ({ loseDatabase = false } = {}) => {
      await app?.app.stop(2_000);
      app = undefined;
      if (loseDatabase) {
        await database?.empty();
        if (!database && environment.DATA_DIR !== 'memory://') rmSync(environment.DATA_DIR, { recursive: true });
      }
      app = await start(standins, environment, options);
    },
    close: async () => {
      await app?.app.stop(2_000);
      await standins.close();
      await database?.drop();
    },
  };
}

function wantsPostgres({ postgres, withoutApp, environment }: WorldOptions): boolean {
  // Whoever starts processes, or names a folder, brings a database.
  return postgres ?? (withoutApp !== true && environment?.['DATA_DIR'] === undefined);
}

async function start(
  standins: Standins,
  environment: Record<string, string | undefined>,
  options: WorldOptions,
): Promise<{ app: App; port: number }> {
  const { CLOCK_URL: _same, ...settings } = environment;
  const app = await createApp({
    config: parseConfig(settings),
    log: options.log ?? createLog({ level: 'silent' }),
    now: standins.clock.now,
    ...(options.step === undefined ? {} : { step: options.step }),
    ...(settings['DATA_DIR'] === 'memory://' && !settings['DATABASE_URL']
      ? { database: await openMemoryDatabase() }
      : {}),
  });
  const { port } = await app.start();
  return { app, port };
}

export interface CallOptions {
  /** An API key; null sends none. */
  key?: string | null;
  body?: unknown;
  /** Sent as it is instead of `body`. */
  raw?: string;
  headers?: Record<string, string>;
}

const SOME_USER = '005000000000001AAA';

/** Calls an endpoint of the middleware as one of its callers. */
export function callerOf(base: () => string) {
  return async <T = Record<string, unknown>>(
    method: string,
    route: string,
    { key = keys.salesforce, body, raw, headers = {} }: CallOptions = {},
  ): Promise<Answer<T>> => {
    const asSalesforce = key === keys.salesforce ? { 'X-Salesforce-Org': offlineOrg(), 'X-Actor': SOME_USER } : {};
    const response = await fetch(base() + route, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...asSalesforce,
        ...(body === undefined && raw === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(raw === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: raw }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as T };
  };
}

function offlineOrg(): string {
  return offlineEnvironment['SALESFORCE_ORG_ID'] ?? '';
}

/** Reads from the local org as its users, over HTTP like anybody. Throws what the org answers. */
function createReader({ salesforce }: Standins) {
  const sessions = new Map<string, string>();
  return {
    /** Digests of the tokens that only look. */
    onlookers: new Set<string>(),
    sessionOf(username: string): string {
      const session = sessions.get(username) ?? salesforce.sessionFor(username);
      sessions.set(username, session);
      this.onlookers.add(digest(session));
      return session;
    },
    async soql<T>(query: string, username: string): Promise<T[]> {
      const ask = () =>
        fetch(`${salesforce.url}/services/data/v65.0/query?q=${encodeURIComponent(query)}`, {
          headers: { Authorization: `Bearer ${this.sessionOf(username)}` },
        });
      let response = await ask();
      if (response.status === 401) {
        sessions.delete(username);
        response = await ask();
      }
      const answer = (await response.json()) as { records: T[] } | { errorCode: string; message: string }[];
      if (Array.isArray(answer)) throw new Error(`${answer[0]?.errorCode}: ${answer[0]?.message}`);
      return answer.records;
    },
  };
}

/** A browser as far as connecting needs one: it keeps cookies and follows nothing by itself. */
export function createBrowser(base: () => string) {
  const cookies = new Map<string, string>();
  const request = async (method: string, address: string, form?: Record<string, string>): Promise<Response> => {
    const path = address.startsWith(PUBLIC_URL) ? address.slice(PUBLIC_URL.length) : address;
    const response = await fetch(path.startsWith('/') ? base() + path : path, {
      method,
      redirect: 'manual',
      headers: {
        Accept: 'text/html',
        ...(cookies.size === 0 ? {} : { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=', 2);
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    request,
    /** Goes to an address and on to the page it ends at, as long as it is one of ours. */
    open: async (address: string): Promise<Response> => {
      let response = await request('GET', address);
      for (;;) {
        const location = response.headers.get('location');
        if (location === null || !(location.startsWith('/') || location.startsWith(PUBLIC_URL))) return response;
        response = await request('GET', location);
      }
    },
  };
}

export type Browser = ReturnType<typeof createBrowser>;

/** Opens a one-time link and presses its button. Returns where the browser is sent: Lark's consent page. */
export async function openLink(browser: Browser, link: string): Promise<string> {
  const page = await browser.request('GET', link);
  const html = await page.text();
  const ticket = /name="ticket" value="([^"]+)"/.exec(html)?.[1];
  assert.ok(ticket !== undefined, `the link shows no button: ${page.status} ${html}`);
  const pressed = await browser.request('POST', `${PUBLIC_URL}/api/lark/trainer/oauth/authorize`, { ticket });
  assert.equal(pressed.status, 303);
  return pressed.headers.get('location') ?? assert.fail('no redirect to Lark');
}

/** A trainer connects Lark: link, page, consent, callback. */
async function connect(
  base: () => string,
  call: ReturnType<typeof callerOf>,
  email: string,
  { as = email, deny = false, returnUrl }: { as?: string; deny?: boolean; returnUrl?: string },
): Promise<{ status: number; location: string | null; html: string }> {
  const link = await call<{ url: string }>('POST', '/api/connections/lark/links', {
    body: { trainerEmail: email, ...(returnUrl === undefined ? {} : { returnUrl }) },
  });
  assert.equal(link.status, 200, link.text);
  const browser = createBrowser(base);
  const authorizeUrl = await openLink(browser, link.body.url);
  const back = await approve(authorizeUrl, { email: as, deny });
  const result = await browser.open(back);
  return { status: result.status, location: result.headers.get('location'), html: await result.text() };
}

/** The same through a middleware that runs in a process of its own. */
export async function connectThrough(
  middleware: { base: string; call: ReturnType<typeof callerOf> },
  email: string,
): Promise<void> {
  const { status, html } = await connect(() => middleware.base, middleware.call, email, {});
  assert.equal(status, 200, html);
}

/** Waits for something that happens by itself. */
export async function until<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  what = 'it',
): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    assert.ok(performance.now() < deadline, `${what} did not happen in time`);
    await sleep(25);
  }
}

/** A date in the future, well inside working hours everywhere, each `day` its own. */
export function dayAhead(clock: { now(): Date }, days: number): string {
  return new Date(clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);
}
