import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'jsforce';
import { call, connectAs, queryPath, refusal, startTestOrg, USERS, type TestOrg } from './support.ts';

interface Page {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: { Name: string }[];
}

const ROWS = 450;

describe('paging in the local org', () => {
  let org: TestOrg;
  let connection: Connection;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
    connection = connectAs(org, USERS.integration);
    const rows = Array.from({ length: ROWS }, (_one, n) => ({ Name: `Trainer ${String(n).padStart(3, '0')}` }));
    await connection.sobject('Onboarding_Trainer__c').create(rows, { allowRecursive: true });
  });
  after(() => org.close());

  const first = async (soql: string, headers: Record<string, string> = {}) =>
    (await call(org, USERS.integration, 'GET', queryPath(soql), undefined, headers)).body as Page;
  const next = (page: Page) => (page.nextRecordsUrl ?? '').replace('/services/data/v65.0', '');

  it('one page holds 2000 rows, but 200 when two long texts are selected', async () => {
    const plain = await first('SELECT Name, Lark_Access_Token__c FROM Onboarding_Trainer__c');
    assert.deepEqual([plain.records.length, plain.done], [ROWS, true]);
    const soql = 'SELECT Name, Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c ORDER BY Name';
    const page = await first(soql);
    assert.deepEqual([page.records.length, page.totalSize, page.done], [200, ROWS, false]);
    assert.match(page.nextRecordsUrl ?? '', /^\/services\/data\/v65\.0\/query\/01g\w+-200$/);
    const second = (await call(org, USERS.integration, 'GET', next(page))).body as Page;
    assert.deepEqual([second.records.length, second.records[0]?.Name], [200, 'Trainer 200']);
    const third = (await call(org, USERS.integration, 'GET', next(second))).body as Page;
    assert.deepEqual([third.records.length, third.done, third.nextRecordsUrl], [50, true, undefined]);
  });

  it('jsforce fetches all pages by itself', async () => {
    const soql = 'SELECT Name, Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c ORDER BY Name';
    const all = await connection.query<{ Name: string }>(soql, { autoFetch: true, maxFetch: 1_000 });
    assert.equal(new Set(all.records.map(({ Name }) => Name)).size, ROWS);
  });

  it('batchSize is honoured from 200 upwards', async () => {
    const soql = 'SELECT Name FROM Onboarding_Trainer__c';
    assert.equal((await first(soql, { 'sforce-query-options': 'batchSize=300' })).records.length, 300);
    assert.equal((await first(soql, { 'sforce-query-options': 'batchSize=10' })).records.length, 200);
    const malformed = await call(org, USERS.integration, 'GET', queryPath(soql), undefined, {
      'sforce-query-options': 'size=1',
    });
    assert.equal(malformed.status, 400);
  });

  it('rows that are found later do not move the pages; deleted ones are left out', async () => {
    const soql = 'SELECT Name FROM Onboarding_Trainer__c ORDER BY Name';
    const page = await first(soql, { 'sforce-query-options': 'batchSize=200' });
    await connection.sobject('Onboarding_Trainer__c').create({ Name: 'AAA first of all' });
    const second = (await call(org, USERS.integration, 'GET', next(page))).body as Page;
    assert.equal(second.records[0]?.Name, 'Trainer 200');
  });

  it('a locator belongs to its user', async () => {
    const page = await first('SELECT Name FROM Onboarding_Trainer__c', { 'sforce-query-options': 'batchSize=200' });
    assert.equal(await refusal(org, USERS.admin, 'GET', next(page)), '400 INVALID_QUERY_LOCATOR');
  });

  it('batchSize is honoured up to 2000, and never beyond 200 where two long texts are selected', async () => {
    const rows = Array.from({ length: 1_800 }, (_one, n) => ({ Name: `More ${n}` }));
    await connection.sobject('Onboarding_Trainer__c').create(rows, { allowRecursive: true });
    const sizes = (soql: string, size: number) =>
      first(soql, { 'sforce-query-options': `batchSize=${size}` }).then(({ records }) => records.length);
    const soql = 'SELECT Name FROM Onboarding_Trainer__c';
    assert.deepEqual(
      await Promise.all([199, 200, 201, 2_000, 2_001].map((size) => sizes(soql, size))),
      [200, 200, 201, 2_000, 2_000],
    );
    const long = 'SELECT Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c';
    assert.equal(await sizes(long, 1_000), 200);
  });

  it('a locator ends after two days, and is no locator behind its last page', async () => {
    const soql = 'SELECT Name FROM Onboarding_Trainer__c ORDER BY Name';
    const page = await first(soql, { 'sforce-query-options': 'batchSize=200' });
    const path = next(page);
    assert.equal((await call(org, USERS.integration, 'GET', path)).status, 200);
    const beyond = path.replace(/-\d+$/, `-${page.totalSize}`);
    assert.equal(await refusal(org, USERS.integration, 'GET', beyond), '400 INVALID_QUERY_LOCATOR');
    org.clock.advance(2 * 24 * 3_600_000 - 60_000);
    assert.equal((await call(org, USERS.integration, 'GET', path)).status, 200);
    org.clock.advance(60_000);
    assert.equal(await refusal(org, USERS.integration, 'GET', path), '400 INVALID_QUERY_LOCATOR');
  });
});
