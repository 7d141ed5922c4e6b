import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SalesforceError } from '../../src/salesforce/records.ts';
import {
  HOUR,
  WRITE,
  bothObjects,
  headOf,
  isDisconnected,
  isSaved,
  room,
  savedConnection,
  shareOrgRoom,
  withUnsavedPair,
} from './org-kit.ts';

shareOrgRoom();

for (const kind of bothObjects) {
  for (const fault of ['drop', 'effect-then-drop'] as const) {
    test(`${kind}: no answer to a disconnect that was written (${fault}), then connected again: connected`, async () => {
      const connectionId = await withUnsavedPair(kind);
      await room.flush();
      room.clock.advance(HOUR);
      await room.lifecycle.disconnect(connectionId);
      room.org.faults.add({ kind: fault, method: 'PATCH', path: WRITE.source });
      await assert.rejects(room.flush(), SalesforceError);
      room.clock.advance(HOUR);
      await room.connect(kind, connectionId.slice(connectionId.indexOf(':') + 1));
      await room.flush();
      await isSaved(connectionId);
      assert.equal((await headOf(connectionId)).state, 'connected');
    });

    test(`${kind}: cleared by hand after a write without an answer (${fault}): stays disconnected`, async () => {
      const connectionId = await withUnsavedPair(kind);
      room.org.faults.add({ kind: fault, method: 'PATCH', path: WRITE.source });
      await assert.rejects(room.flush(), SalesforceError);
      await room.changeByHand(connectionId, { refresh: null, status: 'Not Connected' });
      await room.flush();
      await isDisconnected(connectionId, 3);
    });
  }

  test(`${kind}: cleared by hand at a generation that was never known to be saved: stays disconnected`, async () => {
    const connectionId = await savedConnection(kind);
    await room.lifecycle.disconnect(connectionId);
    await room.flush();
    await room.connect(kind, connectionId.slice(connectionId.indexOf(':') + 1));
    room.org.faults.add({ kind: 'effect-then-drop', method: 'PATCH', path: WRITE.source });
    await assert.rejects(room.flush(), SalesforceError);
    await room.changeByHand(connectionId, { refresh: null });
    room.clock.advance(2 * HOUR);
    await room.tokens.accessTokenFor(connectionId);
    await room.flush();
    await isDisconnected(connectionId, 5);
  });

  test(`${kind}: the tokens are cleared by hand while a pair waits: stays disconnected`, async () => {
    const connectionId = await withUnsavedPair(kind);
    await room.changeByHand(connectionId, { access: null, refresh: null, connectedAt: null, status: 'Not Connected' });
    await room.flush();
    await isDisconnected(connectionId, 3);
  });

  test(`${kind}: cleared by hand, then connected again in the same second: connected`, async () => {
    const connectionId = await savedConnection(kind);
    await room.changeByHand(connectionId, { access: null, refresh: null });
    await room.connect(kind, connectionId.slice(connectionId.indexOf(':') + 1));
    await room.flush();
    await isSaved(connectionId);
    assert.equal((await room.saved(connectionId)).status, 'Connected');
  });

  test(`${kind}: connected again while Salesforce was away, and cleared there afterwards: stays disconnected`, async () => {
    const connectionId = await savedConnection(kind);
    room.clock.advance(HOUR);
    await room.connect(kind, connectionId.slice(connectionId.indexOf(':') + 1));
    room.clock.advance(60_000);
    await room.changeByHand(connectionId, { refresh: null });
    await room.flush();
    await isDisconnected(connectionId, 3);
  });

  test(`${kind}: Salesforce itself refuses a smaller generation, and a blank one`, async () => {
    const connectionId = await savedConnection(kind);
    await assert.rejects(room.changeByHand(connectionId, { generation: 0 }), /FIELD_CUSTOM_VALIDATION_EXCEPTION/);
    await assert.rejects(room.changeByHand(connectionId, { generation: null }), /FIELD_CUSTOM_VALIDATION_EXCEPTION/);
  });
}

test('a connection whose row was deleted by hand stays disconnected, until its owner connects again', async () => {
  const connectionId = await withUnsavedPair('family-revoking');
  await room.records.delete('Trainer_Connection__c', String((await room.row(connectionId))?.['Id']));
  await room.flush();
  await isDisconnected(connectionId, 3);
  await room.records.delete('Trainer_Connection__c', String((await room.row(connectionId))?.['Id']));
  await room.connect('family-revoking', connectionId.slice('outlook:'.length));
  await room.flush();
  await isSaved(connectionId);
  assert.equal((await room.saved(connectionId)).status, 'Connected');
});
