import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createHealth, type HealthDeps } from '../../../src/features/health/health.ts';
import { healthRouter } from '../../../src/features/health/routes.ts';
import { createHttpApp, listen } from '../../../src/http/server.ts';
import { SalesforceError } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';

const MINUTE_MS = 60_000;
const now = new Date('2027-02-10T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let database: OpenDatabase;
let db: Database;
before(async () => {
  database = await openMemoryDatabase();
  db = database.db;
});
after(() => database.close());
beforeEach(async () => {
  await db.deleteFrom('token_head').execute();
  await db.deleteFrom('outage').execute();
});

let heads = 0;
const addHead = (change: { unsaved_since?: Date; refused_at?: Date; state?: 'needs-reconnect' } = {}) =>
  db
    .insertInto('token_head')
    .values({
      ...{ connection_id: `lark:${++heads}`, epoch: 1, generation: 1, version: 1, saved_generation: 1 },
      ...{ state: 'connected', scopes: '', updated_at: now, ...change },
    })
    .execute();

interface Report {
  status: string;
  database: string;
  salesforce: string;
  larkAuth: string;
  tokenRefresh: string;
  connections?: Record<string, unknown>;
}

/** What the address answers. */
async function ask(change: Partial<HealthDeps> = {}, path = '/api/health/lark') {
  const health = createHealth({
    ...{ db, log: silent, now: () => now, databaseKind: 'pglite', checkLark: () => Promise.resolve() },
    records: { query: () => Promise.resolve([]) },
    switches: () => ({ mockLarkBooking: false, mockLarkBusy: false }),
    isStopping: () => false,
    ...change,
  });
  const app = createHttpApp({ log: silent, trustedProxies: [], formTargets: [], routers: [healthRouter(health)] });
  const server = await listen(app, 0);
  try {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: response.status, body: (await response.json()) as Report };
  } finally {
    await server.close(1_000);
  }
}

const verdicts = ({ body }: { body: Report }) => [body.database, body.salesforce, body.larkAuth, body.tokenRefresh];

test('all is well: 200, with how many connections there are', async () => {
  await addHead();
  await addHead({ unsaved_since: ago(4) });
  await addHead({ state: 'needs-reconnect' });
  const answer = await ask();
  assert.deepEqual([answer.status, answer.body.status], [200, 'ok']);
  assert.deepEqual(verdicts(answer), ['ok', 'ok', 'ok', 'ok']);
  assert.deepEqual(answer.body.connections, {
    ...{ connected: 2, needsReconnect: 1, unsaved: 1, refused: 0, oldestUnsavedSeconds: 240, outageSince: null },
  });
});

test('in an outage no token can be refreshed: 503 until it is over', async () => {
  await addHead();
  await db
    .insertInto('outage')
    .values({ provider: 'lark', opened_at: ago(30) })
    .execute();
  const answer = await ask();
  assert.equal(answer.status, 503);
  assert.deepEqual(verdicts(answer), ['ok', 'ok', 'ok', 'failing']);
  assert.equal(answer.body.connections?.['outageSince'], ago(30).toISOString());
  await db.deleteFrom('outage').execute();
  assert.equal((await ask()).status, 200);
});

test('pairs that have waited for Salesforce for more than five minutes: 503', async () => {
  await addHead({ unsaved_since: ago(6) });
  const answer = await ask();
  assert.deepEqual([answer.status, answer.body.tokenRefresh], [503, 'failing']);
});

test('one trainer whom Salesforce refuses is told to administrators and is no reason for 503; most of them are', async () => {
  for (let index = 0; index < 2; index++) await addHead();
  await addHead({ unsaved_since: ago(600), refused_at: ago(5) });
  const one = await ask();
  assert.deepEqual([one.status, one.body.tokenRefresh], [200, 'ok']);
  assert.deepEqual([one.body.connections?.['refused'], one.body.connections?.['unsaved']], [1, 1]);
  for (let index = 0; index < 2; index++) await addHead({ unsaved_since: ago(600), refused_at: ago(5) });
  assert.deepEqual([(await ask()).status, (await ask()).body.tokenRefresh], [503, 'failing']);
});

test('Salesforce does not answer: 503; it is asked once a minute, however often we are', async () => {
  let asked = 0;
  let at = now;
  const health = createHealth({
    ...{ db, log: silent, now: () => at, databaseKind: 'pglite', checkLark: undefined },
    records: {
      query: () => {
        asked++;
        return Promise.reject(new SalesforceError('unreachable', 'ECONNREFUSED'));
      },
    },
    switches: () => ({ mockLarkBooking: false, mockLarkBusy: false }),
    isStopping: () => false,
  });
  const [first] = await Promise.all([health.lark(), health.lark()]);
  assert.deepEqual(verdicts({ body: first as Report }), ['ok', 'failing', 'off', 'ok']);
  assert.equal(first.status, 'degraded');
  at = new Date(now.getTime() + 2 * MINUTE_MS);
  await health.lark();
  assert.equal(asked, 2);
});

test('Lark refuses the app, or the database is gone: 503', async () => {
  const lark = await ask({ checkLark: () => Promise.reject(new Error('app secret invalid')) });
  assert.deepEqual([lark.status, ...verdicts(lark)], [503, 'ok', 'ok', 'failing', 'ok']);
  assert.doesNotMatch(JSON.stringify(lark.body), /secret/);
  const closed = await openMemoryDatabase();
  await closed.close();
  const without = await ask({ db: closed.db });
  assert.deepEqual([without.status, ...verdicts(without)], [503, 'failing', 'ok', 'ok', 'failing']);
  assert.equal((await ask({ db: closed.db }, '/health/ready')).status, 503);
});

test('a server that stops is not ready, and still alive', async () => {
  assert.equal((await ask({}, '/health/ready')).status, 200);
  assert.equal((await ask({ isStopping: () => true }, '/health/ready')).status, 503);
  assert.equal((await ask({ isStopping: () => true }, '/health/live')).status, 200);
});
