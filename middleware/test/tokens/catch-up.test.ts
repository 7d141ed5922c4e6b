import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Row, SalesforceRecords, Soql } from '../../src/salesforce/records.ts';
import { changeHead, readHead, type NewHead } from '../../src/tokens/head.ts';
import { catchUp, type CatchUpDeps } from '../../src/tokens/catch-up.ts';
import { createSealer, tokenHash } from '../../src/tokens/seal.ts';
import { headAt, insertHeads, trainerIdAt } from './heads.ts';
import { openMemoryDatabase, ORG, SECRET, silentLog } from './kit.ts';

const { db, close } = await openMemoryDatabase();
after(close);
beforeEach(() => db.deleteFrom('token_head').execute());

const now = new Date('2027-03-01T12:00:00.000Z');
const sealer = createSealer({ orgId: ORG, secret: SECRET, previousSecrets: [] });
const connectionIdAt = (index: number) => `lark:${trainerIdAt(index)}` as const;

function savedRow(index: number, generation: number, change: Row = {}): Row {
  const connectionId = connectionIdAt(index);
  return {
    Id: trainerIdAt(index),
    Lark_Access_Token__c: sealer.seal({ connectionId, field: 'access' }, `access-${index}-${generation}`),
    Lark_Refresh_Token__c: sealer.seal({ connectionId, field: 'refresh' }, `refresh-${index}-${generation}`),
    Lark_Connection_Status__c: 'Connected',
    Lark_Last_Token_Refresh__c: '2027-02-27T12:00:00.000Z',
    Lark_Token_Generation__c: generation,
    ...change,
  };
}

/** Salesforce with these trainers; what was asked is kept. */
function salesforce(rows: Row[], whenTokensAreRead?: () => Promise<void>) {
  const queries: string[] = [];
  const records = {
    query: async ({ text }: Soql) => {
      queries.push(text.replaceAll(/\s+/g, ' '));
      const ids = /Id IN \(([^)]+)\)/.exec(text)?.[1];
      if (ids !== undefined) {
        await whenTokensAreRead?.();
        const fields = (/SELECT (.+?) FROM/s.exec(text)?.[1] ?? '').split(',').map((field) => field.trim());
        const asSelected = (row: Row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
        return rows.filter(({ Id }) => ids.includes(`'${String(Id)}'`)).map(asSelected);
      }
      const after = /Id > '(\w+)'/.exec(text)?.[1] ?? '';
      const limit = Number(/LIMIT (\d+)/.exec(text)?.[1]);
      return rows
        .filter((row) => String(row['Id']) > after && Number(row['Lark_Token_Generation__c'] ?? 0) > 0)
        .slice(0, limit)
        .map(({ Id, Lark_Token_Generation__c }) => ({ Id, Lark_Token_Generation__c }));
    },
  } as unknown as SalesforceRecords;
  const alerts: string[] = [];
  const deps: CatchUpDeps = {
    db,
    sealer,
    records,
    now: () => now,
    log: silentLog,
    alert: (message) => void alerts.push(message),
    isStopping: () => false,
  };
  return { deps, queries, alerts };
}

test('a lost database gets everybody back, page by page, tokens 200 at a time', async () => {
  const { deps, queries } = salesforce(Array.from({ length: 450 }, (_, index) => savedRow(index, index + 1)));
  assert.deepEqual(await catchUp(deps, 300), { loaded: 450, adopted: 0, unreadable: 0 });
  assert.equal(queries.filter((text) => text.includes('LIMIT 300')).length, 3);
  const [light] = queries;
  assert.doesNotMatch(light ?? '', /Access_Token__c|Refresh_Token__c|Scopes__c/);
  const tokenReads = queries.filter((text) => text.includes('Lark_Refresh_Token__c'));
  assert.deepEqual(
    tokenReads.map((text) => text.split("'a00").length - 1),
    [200, 100, 150],
  );

  const head = await readHead(db, connectionIdAt(300));
  assert.deepEqual(
    [head?.state, head?.generation, head?.saved_generation, head?.unsaved_since],
    ['connected', 301, 301, null],
  );
  assert.equal(head?.refresh_hash, tokenHash('refresh-300-301'));

  const before = queries.length;
  assert.deepEqual(await catchUp(deps, 300), { loaded: 0, adopted: 0, unreadable: 0 });
  assert.equal(queries.length - before, 3);
});

test('a newer generation is adopted with a new epoch; what is equal, older or unsaved here stays', async () => {
  const heads: NewHead[] = [
    headAt(0, now, { generation: 4, epoch: 7 }),
    headAt(1, now, { generation: 5 }),
    headAt(2, now, { generation: 9 }),
    headAt(3, now, { generation: 4, unsaved_since: now }),
    headAt(4, now, { generation: 6, state: 'disconnected' }),
  ];
  await insertHeads(db, heads);
  const { deps } = salesforce([0, 1, 2, 3, 4].map((index) => savedRow(index, 5)));
  assert.deepEqual(await catchUp(deps), { loaded: 0, adopted: 1, unreadable: 0 });
  const adopted = await readHead(db, connectionIdAt(0));
  assert.deepEqual([adopted?.generation, adopted?.epoch, adopted?.version], [5, 8, 2]);
  assert.equal(adopted?.refresh_hash, tokenHash('refresh-0-5'));
  for (const index of [1, 2, 3, 4]) {
    const head = await readHead(db, connectionIdAt(index));
    assert.deepEqual([head?.generation, head?.version], [heads[index]?.generation, 1], `trainer ${index}`);
  }
});

test('a pair that arrives while Salesforce is read is not replaced', async () => {
  await insertHeads(db, [headAt(0, now, { generation: 4 })]);
  const { deps } = salesforce([savedRow(0, 5), savedRow(1, 5)], async () => {
    await changeHead(db, connectionIdAt(0), {}, { generation: 6, unsaved_since: now });
    await insertHeads(db, [headAt(1, now, { generation: 6 })]);
  });
  assert.deepEqual(await catchUp(deps), { loaded: 0, adopted: 0, unreadable: 0 });
  assert.equal((await readHead(db, connectionIdAt(0)))?.generation, 6);
  assert.equal((await readHead(db, connectionIdAt(1)))?.generation, 6);
});

test('tokens that cannot be opened keep nobody else out, and one alert tells of them all', async () => {
  const foreign = savedRow(9, 5)['Lark_Refresh_Token__c'];
  const rows = [0, 1, 2, 3].map((index) => savedRow(index, 5, index < 2 ? { Lark_Refresh_Token__c: foreign } : {}));
  const { deps, alerts } = salesforce(rows);
  assert.deepEqual(await catchUp(deps), { loaded: 2, adopted: 0, unreadable: 2 });
  assert.equal(alerts.length, 1);
  assert.match(alerts[0] ?? '', /2 connections/);
  assert.equal(await readHead(db, connectionIdAt(0)), undefined);
  assert.ok(await readHead(db, connectionIdAt(3)));
});
