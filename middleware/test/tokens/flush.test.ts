import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionId } from '../../src/core/connection.ts';
import { SalesforceError, soql } from '../../src/salesforce/records.ts';
import { flushUnsaved } from '../../src/tokens/flush.ts';
import { createFlusher } from '../../src/tokens/flusher.ts';
import { changeHead } from '../../src/tokens/head.ts';
import {
  HOUR,
  READ,
  WRITE,
  beforeWriting,
  bothObjects,
  callsOf,
  database,
  headOf,
  isSaved,
  room,
  savedConnection,
  shareOrgRoom,
  trainer,
  withUnsavedPair,
  withUnsavedPairs,
} from './org-kit.ts';
import { providerKinds } from './scripted-provider.ts';

shareOrgRoom();

const markUnsaved = (connectionId: ConnectionId, change: { error: string }) =>
  changeHead(database.db, connectionId, {}, { ...change, unsaved_since: room.deps.now() });

test('450 trainers are read and written in three calls each', async () => {
  const ids = await room.addTrainers(450);
  const now = room.deps.now();
  const first = await room.connect('single-use', ids[0] ?? '');
  const { version: _, ...head } = await headOf(first);
  const others = ids.slice(1).map((id) => ({ ...head, version: 1, connection_id: `lark:${id}`, unsaved_since: now }));
  await database.db.insertInto('token_head').values(others).execute();
  assert.deepEqual(await callsOf(() => room.flush()), { reads: 3, writes: 3, all: 6 });
  const saved = await room.records.query(soql`SELECT Id FROM Onboarding_Trainer__c WHERE Lark_Token_Generation__c = 1`);
  assert.equal(saved.length, 450);
  assert.equal((await callsOf(() => room.flush())).all, 0);
});

test('the flusher leaves what does not fill a second page for the next time', async () => {
  const ids = await room.addTrainers(250);
  const first = await room.connect('single-use', ids[0] ?? '');
  const { version: _, ...head } = await headOf(first);
  const others = ids.slice(1).map((id) => ({ ...head, version: 1, connection_id: `lark:${id}` }));
  await database.db.insertInto('token_head').values(others).execute();
  const flushed = await flushUnsaved(room.deps, undefined, { fullPagesOnly: true });
  assert.deepEqual(flushed, { written: 200, waiting: 0, left: 50 });
  assert.deepEqual(await room.flush(), { written: 50, waiting: 0, left: 0 });
});

test('connections of every provider are saved and come back when the database is lost', async () => {
  const id = await trainer();
  const connectionIds: ConnectionId[] = [];
  for (const kind of providerKinds) connectionIds.push(await room.connect(kind, id));
  const organisation = await room.connect('rotating-with-overlap', 'organisation');
  assert.equal(organisation, 'calendly:organisation');
  const all: ConnectionId[] = [...connectionIds, organisation];
  await room.flush();
  const [shown] = await room.records.query(
    soql`SELECT Trainer__c, Scope__c, Provider__c FROM Trainer_Connection__c WHERE Key__c = ${organisation}`,
  );
  assert.deepEqual(
    [shown?.['Trainer__c'], shown?.['Scope__c'], shown?.['Provider__c']],
    [null, 'Organisation', 'calendly'],
  );
  const [own] = await room.records.query(
    soql`SELECT Trainer__c, Scope__c FROM Trainer_Connection__c WHERE Key__c = ${`google:${id}`}`,
  );
  assert.deepEqual([own?.['Trainer__c'], own?.['Scope__c']], [id, 'Trainer']);

  await database.db.deleteFrom('token_head').execute();
  await database.db.deleteFrom('token_exchange').execute();
  for (const connectionId of all) {
    assert.match((await room.tokens.accessTokenFor(connectionId)).value, /^access-/);
  }
  room.clock.advance(2 * HOUR);
  for (const connectionId of all) await room.tokens.accessTokenFor(connectionId);
  await room.flush();
  for (const connectionId of all) {
    await isSaved(connectionId);
    assert.equal((await room.saved(connectionId)).generation, 2);
  }
});

test('a page of both objects takes one read and one write for each', async () => {
  const connectionIds = await withUnsavedPairs('single-use', 'family-revoking');
  assert.deepEqual(await callsOf(() => room.flush()), { reads: 2, writes: 2, all: 4 });
  for (const connectionId of connectionIds) await isSaved(connectionId);
});

test('a flush leaves the settings of a connection alone', async () => {
  const connectionId = await savedConnection('non-rotating');
  const row = await room.row(connectionId);
  const settings = { Id: row?.['Id'], Sync_Enabled__c: true, Title_Template__c: 'Training: {{merchantName}}' };
  await room.records.update('Trainer_Connection__c', [settings]);
  room.clock.advance(2 * HOUR);
  await room.tokens.accessTokenFor(connectionId);
  await room.flush();
  await isSaved(connectionId);
  const [kept] = await room.records.query(
    soql`SELECT Sync_Enabled__c, Title_Template__c FROM Trainer_Connection__c WHERE Key__c = ${connectionId}`,
  );
  assert.deepEqual([kept?.['Sync_Enabled__c'], kept?.['Title_Template__c']], [true, 'Training: {{merchantName}}']);
});

test('a connection that has no row yet is one that was never connected; without its trainer there is none', async () => {
  const id = await trainer();
  assert.equal((await room.lifecycle.stateOf(`google:${id}`)).status, 'Not Connected');
  await assert.rejects(room.lifecycle.stateOf('google:a00000000000000AAA'), { code: 'trainer_not_found' });
  assert.equal(await room.row(`google:${id}`), undefined, 'looking leaves nothing behind');
});

for (const kind of bothObjects) {
  test(`${kind}: a newer generation that arrives while a row is written wins, without an alert`, async () => {
    const connectionId = await withUnsavedPair(kind);
    const newer = await room.saved(connectionId);
    const late = beforeWriting(() => room.changeByHand(connectionId, { generation: 9 }));
    assert.deepEqual(await flushUnsaved(late), { written: 0, waiting: 1, left: 0 });
    assert.equal((await room.saved(connectionId)).refresh, newer.refresh, 'Salesforce refused the older generation');
    await room.flush();
    assert.equal((await headOf(connectionId)).generation, 9);
    await isSaved(connectionId);
    assert.deepEqual(room.alerts, []);
  });

  test(`${kind}: two processes flush at once, and a row that is new`, async () => {
    const saved = await withUnsavedPair(kind);
    const fresh = await room.connect(kind, await trainer());
    await Promise.all([room.flush(), room.flush()]);
    await room.flush();
    await isSaved(saved);
    await isSaved(fresh);
    assert.deepEqual(room.alerts, []);
  });

  test(`${kind}: a slow process writes an older state of the same generation over a newer one: corrected`, async () => {
    const connectionId = await withUnsavedPair(kind);
    const slow = beforeWriting(async () => {
      await markUnsaved(connectionId, { error: 'something new' });
      await room.flush();
      assert.equal((await room.saved(connectionId)).error, 'something new');
    });
    assert.deepEqual(await flushUnsaved(slow), { written: 1, waiting: 1, left: 0 });
    assert.equal((await room.saved(connectionId)).error, null);
    await room.flush();
    assert.equal((await room.saved(connectionId)).error, 'something new');
    assert.deepEqual(await room.flush(), { written: 0, waiting: 0, left: 0 });
  });

  for (const fault of ['drop', 'effect-then-drop'] as const) {
    test(`${kind}: no answer to a write (${fault}): the next flush converges`, async () => {
      const connectionId = await withUnsavedPair(kind);
      room.org.faults.add({ kind: fault, method: 'PATCH', path: WRITE.source });
      await assert.rejects(room.flush(), SalesforceError);
      assert.notEqual((await headOf(connectionId)).unsaved_since, null);
      await room.flush();
      await isSaved(connectionId);
      assert.equal((await headOf(connectionId)).state, 'connected');
    });
  }

  test(`${kind}: a locked row waits, without an alert`, async () => {
    const connectionId = await withUnsavedPair(kind);
    const lock = { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] };
    const body = [{ success: false, errors: [lock] }];
    room.org.faults.add({ kind: 'status', status: 200, body, method: 'PATCH', path: WRITE.source });
    assert.deepEqual(await room.flush(), { written: 0, waiting: 1, left: 0 });
    assert.deepEqual(room.alerts, []);
    assert.deepEqual(await room.flush(), { written: 1, waiting: 0, left: 0 });
    await isSaved(connectionId);
  });

  test(`${kind}: one row that Salesforce will never take is reported and blocks nobody`, async () => {
    const [bad = assert.fail(), alsoBad = assert.fail(), good = assert.fail()] = await withUnsavedPairs(
      kind,
      kind,
      kind,
    );
    for (const connectionId of [bad, alsoBad]) {
      await changeHead(database.db, connectionId, {}, { subject_id: 'x'.repeat(300) });
    }
    assert.deepEqual(await room.flush(), { written: 1, waiting: 0, left: 0 });
    await isSaved(good);
    assert.notEqual((await headOf(bad)).unsaved_since, null);
    assert.equal(room.alerts.length, 1, 'one message for one cause');
    assert.match(room.alerts[0] ?? '', /cannot be saved to Salesforce: STRING_TOO_LONG/);
  });

  test(`${kind}: a trainer who was deleted keeps nothing waiting`, async () => {
    await trainer();
    const id = await trainer();
    const connectionId = await room.connect(kind, id);
    await room.records.delete('Onboarding_Trainer__c', id);
    assert.deepEqual(await room.flush(), { written: 0, waiting: 0, left: 0 });
    assert.equal((await headOf(connectionId)).unsaved_since, null);
    assert.deepEqual(room.alerts, []);
  });

  test(`${kind}: Salesforce that shows no trainers at all is not taken for deleted trainers`, async () => {
    const connectionId = await room.connect(kind, await trainer());
    const body = { totalSize: 0, done: true, records: [] };
    room.org.faults.add({ kind: 'status', status: 200, body, path: READ.source, times: 0 });
    await room.flush();
    assert.notEqual((await headOf(connectionId)).unsaved_since, null);
    assert.match(room.alerts[0] ?? '', /Trainer_Connect_Integration/);
    room.org.faults.release();
    await room.flush();
    await isSaved(connectionId);
  });
}

test('the daily limit is used up: everything waits, nobody is alerted', async () => {
  const connectionId = await withUnsavedPair('single-use');
  const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
  room.org.faults.add({ kind: 'status', status: 403, body, path: WRITE.source });
  await assert.rejects(room.flush(), (error) => error instanceof SalesforceError && error.failure === 'busy');
  assert.deepEqual(room.alerts, []);
  await room.flush();
  await isSaved(connectionId);
});

test('an object that Salesforce refuses does not keep the connections of the other one from being saved', async () => {
  const [lark = assert.fail(), outlook = assert.fail()] = await withUnsavedPairs('single-use', 'family-revoking');
  const body = [{ errorCode: 'INVALID_FIELD', message: "No such column 'Lark_User_ID__c'" }];
  room.org.faults.add({ kind: 'status', status: 400, body, path: READ.source });
  await assert.rejects(room.flush(), (error) => error instanceof SalesforceError && error.code === 'INVALID_FIELD');
  await isSaved(outlook);
  assert.notEqual((await headOf(lark)).unsaved_since, null);
  assert.match(room.alerts.join(), /Onboarding_Trainer__c: .*INVALID_FIELD/);
  await room.flush();
  await isSaved(lark);
});

test('a trainer who has a connection cannot be deleted', async () => {
  const connectionId = await savedConnection('non-rotating');
  const id = connectionId.slice('google:'.length);
  await assert.rejects(
    room.records.delete('Onboarding_Trainer__c', id),
    (error) => error instanceof SalesforceError && error.failure === 'refused',
  );
  assert.equal((await room.records.query(soql`SELECT Id FROM Onboarding_Trainer__c WHERE Id = ${id}`)).length, 1);
});

test('nobody but the integration user reads the tokens of a connection', async () => {
  await savedConnection('non-rotating');
  const q = encodeURIComponent('SELECT Refresh_Token__c FROM Trainer_Connection__c');
  for (const username of ['admin@trainer-connect.example', 'sam.staff@trainer-connect.example']) {
    const response = await fetch(`${room.org.url}/services/data/v65.0/query?q=${q}`, {
      headers: { authorization: `Bearer ${room.org.sessionFor(username)}` },
    });
    assert.equal(response.status, 400, username);
  }
});

test('the flusher: what changes together is written together, one flush after the other, and a locked row comes again', async () => {
  const connectionId = await withUnsavedPair('single-use');
  const flusher = createFlusher(room.deps);
  const lock = { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] };
  const body = [{ success: false, errors: [lock] }];
  room.org.faults.add({ kind: 'status', status: 200, body, method: 'PATCH', path: WRITE.source });
  const calls = await callsOf(async () => {
    for (let i = 0; i < 20; i++) flusher.soon();
    while ((await headOf(connectionId)).unsaved_since !== null) await room.deps.sleep(20);
    await flusher.stop();
  });
  assert.deepEqual(calls, { reads: 2, writes: 2, all: 4 });
  await isSaved(connectionId);
  assert.deepEqual(room.alerts, []);
});

test('the flusher: 200 changes do not wait for the second to be over, and a second flush waits for the first', async () => {
  const connectionId = await withUnsavedPair('single-use');
  const flusher = createFlusher(room.deps);
  const withheld = room.org.faults.add({ kind: 'withhold', method: 'PATCH', path: WRITE.source });
  const calls = await callsOf(async () => {
    for (let i = 0; i < 200; i++) flusher.soon();
    while (withheld.used === 0) await room.deps.sleep(5);
    for (let i = 0; i < 200; i++) flusher.soon();
    const everything = flusher.all();
    await room.deps.sleep(50);
    assert.equal(room.org.journal.entries({ path: WRITE }).filter(({ endedAt }) => endedAt === undefined).length, 1);
    room.org.faults.release();
    await everything;
    await flusher.stop();
  });
  assert.equal(calls.writes, 1);
  await isSaved(connectionId);
});
