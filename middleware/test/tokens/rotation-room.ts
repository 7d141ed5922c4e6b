import assert from 'node:assert/strict';
import type { ConnectionId } from '../../src/core/connection.ts';
import type { Step } from '../../src/core/runtime.ts';
import type { Queue } from '../../src/queue/queue.ts';
import type { SalesforceRecords, Soql } from '../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import { flushUnsaved } from '../../src/tokens/flush.ts';
import { readHead, type Head } from '../../src/tokens/head.ts';
import { createKeyRotation, type KeyRotationWorker } from '../../src/tokens/key-rotation.ts';
import { createSealer, tokenHash, type Sealer } from '../../src/tokens/seal.ts';
import { ORG, SECRET, tokenRoom } from './kit.ts';

export const NEW_SECRET = 'b2'.repeat(32);
export const oldSealer = createSealer({ orgId: ORG, secret: SECRET, previousSecrets: [] });
export const newSealer = createSealer({ orgId: ORG, secret: NEW_SECRET, previousSecrets: [SECRET] });
export const foreignSealer = createSealer({ orgId: ORG, secret: 'c3'.repeat(32), previousSecrets: [] });
/** Of a server that was not restarted with the new key yet, but opens it. */
export const lateSealer = createSealer({ orgId: ORG, secret: SECRET, previousSecrets: [NEW_SECRET] });
export const [OLD, NEW, FOREIGN] = [oldSealer, newSealer, foreignSealer].map(({ sealingKeyId }) => sealingKeyId);

export function trainerIdOf(index: number): string {
  return `a00${String(index).padStart(12, '0')}AAA`;
}
export const connection = (index: number): ConnectionId => `lark:${trainerIdOf(index)}`;

/** Salesforce with many trainers, page by page; a hook can change it between two pages. */
function manyTrainers(room: ReturnType<typeof tokenRoom>, ids: readonly string[]) {
  const pages = { read: 0, beforeRead: () => Promise.resolve() };
  const records: SalesforceRecords = {
    ...room.salesforce.records,
    query: async <T>(query: Soql): Promise<T[]> => {
      const limit = / ORDER BY Id LIMIT (\d+)$/.exec(query.text)?.[1];
      if (limit === undefined) return room.salesforce.records.query(query) as Promise<T[]>;
      await room.salesforce.records.query({ text: `SELECT Id FROM X WHERE Id IN ('${trainerIdOf(0)}')` });
      await pages.beforeRead();
      pages.read++;
      const from = /WHERE Id > '(\w+)'/.exec(query.text)?.[1] ?? '';
      const page = ids.filter((id) => id > from).toSorted();
      return page.slice(0, Number(limit)).map((id) => ({
        Lark_Access_Token__c: null,
        Lark_Refresh_Token__c: null,
        ...room.salesforce.row(id),
      })) as T[];
    },
  };
  return { pages, records };
}

/** Connections whose tokens another key has sealed, in the database and in Salesforce, and a rotation to the new key. */
export async function connectedTrainers(
  { db }: Pick<OpenDatabase, 'db'>,
  count: number,
  options: { step?: Step; sealerOf?: (index: number) => Sealer; sealer?: Sealer } = {},
) {
  const room = tokenRoom(db);
  const ids = Array.from({ length: count }, (_, index) => trainerIdOf(index));
  const { pages, records } = manyTrainers(room, ids);
  const deps = { ...room.deps, records, sealer: options.sealer ?? newSealer };
  const refreshTokens = ids.map(() => room.provider.pair().refreshToken ?? '');
  for (const id of ids) room.salesforce.add(id);
  const heads = ids.map((_id, index) => {
    const sealer = options.sealerOf?.(index) ?? oldSealer;
    const connectionId = connection(index);
    const refreshToken = refreshTokens[index] ?? '';
    return {
      connection_id: connectionId,
      epoch: 3,
      generation: 7,
      version: 1,
      saved_generation: 0,
      saved_state: null,
      state: 'connected' as const,
      access_sealed: sealer.seal({ connectionId, field: 'access' }, `access of ${index}`),
      refresh_sealed: sealer.seal({ connectionId, field: 'refresh' }, refreshToken),
      refresh_hash: tokenHash(refreshToken),
      access_expires_at: new Date(deps.now().getTime() + 7_200_000),
      connected_at: deps.now(),
      scopes: '',
      unsaved_since: deps.now(),
      updated_at: deps.now(),
    };
  });
  for (let first = 0; first < heads.length; first += 500) {
    await db
      .insertInto('token_head')
      .values(heads.slice(first, first + 500))
      .execute();
  }
  const flush = () => flushUnsaved(deps);
  await flush();

  const jobs: { data: unknown }[] = [];
  const queue = {
    enqueue: (_job: unknown, data: unknown) => Promise.resolve(void jobs.push({ data })),
  } as unknown as Queue;
  const rotationWith = (changes: { step?: Step; sealer?: Sealer } = {}) =>
    createKeyRotation({
      ...deps,
      queue,
      flush,
      isStopping: () => false,
      pageRows: 20,
      loadEverything: () => Promise.resolve(),
      ...(options.step === undefined ? {} : { step: options.step }),
      ...changes,
    });
  return {
    room,
    deps,
    pages,
    ids,
    refreshTokens,
    rotation: rotationWith(),
    rotationWith,
    flush,
    /** Works until no job waits. */
    work: async (rotation: KeyRotationWorker) => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        await rotation.work(job.data as { runId: string }, { attempt: 1, lastAttempt: false });
      }
    },
    forgetJobs: () => void jobs.splice(0),
    head: async (index: number): Promise<Head> =>
      (await readHead(db, connection(index))) ?? assert.fail(`no head ${index}`),
    saved: (index: number) => {
      const row = room.salesforce.row(trainerIdOf(index));
      return [row['Lark_Access_Token__c'], row['Lark_Refresh_Token__c']].map(String);
    },
  };
}
