import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import type { ConnectionId } from '../../src/core/connection.ts';
import { soql, type Row } from '../../src/salesforce/records.ts';
import { readHead } from '../../src/tokens/head.ts';
import { openMemoryDatabase } from './kit.ts';
import { startOrgRoom } from './org-room.ts';
import type { ProviderKind } from './scripted-provider.ts';

/** For one test file: a local org that all its tests share, and a database that is empty before each. */
export let database: Awaited<ReturnType<typeof openMemoryDatabase>>;
export let room: Awaited<ReturnType<typeof startOrgRoom>>;

export function shareOrgRoom(): void {
  before(async () => {
    database = await openMemoryDatabase();
    room = await startOrgRoom(database.db);
  });
  after(async () => {
    await room[Symbol.asyncDispose]();
    await database.close();
  });
  beforeEach(async () => {
    room.org.faults.release();
    room.alerts.length = 0;
    for (const table of ['token_head', 'token_exchange', 'lease', 'outage'] as const) {
      await database.db.deleteFrom(table).execute();
    }
  });
}

export const HOUR = 3_600_000;
export const READ = /\/query$/;
export const WRITE = /\/composite\/sobjects/;
/** One kind of connection for each object that keeps them. */
export const bothObjects: ProviderKind[] = ['single-use', 'family-revoking'];

export const trainer = async () => (await room.addTrainers(1))[0] ?? assert.fail('no trainer');
export const savedConnection = async (kind: ProviderKind) => {
  const connectionId = await room.connect(kind, await trainer());
  await room.flush();
  return connectionId;
};
/** Connections whose newest pair Salesforce does not have yet. */
export const withUnsavedPairs = async (...kinds: ProviderKind[]) => {
  const connectionIds: ConnectionId[] = [];
  for (const kind of kinds) connectionIds.push(await savedConnection(kind));
  room.clock.advance(2 * HOUR);
  for (const connectionId of connectionIds) await room.tokens.accessTokenFor(connectionId);
  return connectionIds;
};
export const withUnsavedPair = async (kind: ProviderKind) => (await withUnsavedPairs(kind))[0] ?? assert.fail();
export const headOf = async (connectionId: ConnectionId) =>
  (await readHead(database.db, connectionId)) ?? assert.fail(connectionId);
export const isSaved = async (connectionId: ConnectionId) => {
  const head = await headOf(connectionId);
  const { generation, refresh } = await room.saved(connectionId);
  assert.deepEqual([generation, refresh], [head.generation, head.refresh_sealed]);
  assert.equal(head.unsaved_since, null);
};
export const isDisconnected = async (connectionId: ConnectionId, generation: number) => {
  await room.flush();
  const { status, access, refresh, generation: saved } = await room.saved(connectionId);
  const expected = { status: 'Not Connected', access: null, refresh: null, saved: generation };
  assert.deepEqual({ status, access, refresh, saved }, expected);
  assert.equal((await headOf(connectionId)).state, 'disconnected');
};
/** The calls of Salesforce that `work` made. */
export const callsOf = async (work: () => Promise<unknown>) => {
  // The session may have ended meanwhile; logging in again is not part of the work.
  await room.records.query(soql`SELECT Id FROM Onboarding_Trainer__c LIMIT 1`);
  const since = room.org.journal.mark();
  await work();
  return {
    reads: room.org.journal.entries({ since, path: READ }).length,
    writes: room.org.journal.entries({ since, path: WRITE }).length,
    all: room.org.journal.entries({ since }).length,
  };
};
/** The same room, where something happens right before a write arrives in Salesforce. */
export const beforeWriting = (happens: () => Promise<unknown>) => {
  let pending: (() => Promise<unknown>) | undefined = happens;
  const first = async () => {
    const run = pending;
    pending = undefined;
    await run?.();
  };
  const { records } = room;
  return {
    ...room.deps,
    records: {
      ...records,
      update: async (object: string, rows: readonly Row[]) => {
        await first();
        return records.update(object, rows);
      },
      upsert: async (object: string, key: string, rows: readonly Row[]) => {
        await first();
        return records.upsert(object, key, rows);
      },
    },
  };
};
