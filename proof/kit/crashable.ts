import type { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import pg from 'pg';
import { createTestDatabase } from '../../middleware/test/kit/databases.ts';
import { openMemoryDatabase } from '../../middleware/test/kit/memory-database.ts';
import { callerOf, keys, type World } from '../../middleware/test/kit/world.ts';
import { createApp, type App } from '../../middleware/src/app.ts';
import { parseConfig } from '../../middleware/src/config.ts';
import { createLog } from '../../middleware/src/core/log.ts';
import type { Log } from '../../middleware/src/core/runtime.ts';
import type { Tables } from '../../middleware/src/storage/database.ts';
import type { OpenDatabase } from '../../middleware/src/storage/open-database.ts';

/** A database that outlives the middlewares on it, and a look into its queue. */
export interface Storage {
  environment: Record<string, string>;
  /** A connection that can be cut, as the death of a process does; undefined: each process makes its own. */
  attach?: () => { database: OpenDatabase; cut(): void };
  sql<T>(text: string): Promise<T[]>;
  close(): Promise<void>;
}

export async function openMemory(): Promise<Storage> {
  const database = await openMemoryDatabase();
  if (database.kind !== 'pglite') throw new Error('memory is PGlite');
  const { pglite } = database;
  return {
    environment: { DATA_DIR: 'memory://' },
    attach: () => attachTo(pglite),
    sql: async <T>(text: string) => (await pglite.query<T>(text)).rows,
    close: () => pglite.close(),
  };
}

/** undefined: no PostgreSQL answers here. */
export async function openPostgres(): Promise<Storage | undefined> {
  const created = await createTestDatabase();
  if (!created) return undefined;
  const pool = new pg.Pool({ connectionString: created.url, max: 2 });
  pool.on('error', () => undefined);
  return {
    environment: { DATABASE_URL: created.url },
    sql: async <T>(text: string) => (await pool.query(text)).rows as T[],
    close: async () => {
      await pool.end();
      await created.drop();
    },
  };
}

const asking: readonly PropertyKey[] = ['query', 'exec', 'runExclusive', 'listen'];

/** What a transaction has begun it ends; whatever is asked after the cut fails. */
function attachTo(pglite: PGlite): { database: OpenDatabase; cut(): void } {
  let isCut = false;
  const connection = new Proxy(pglite, {
    get: (target, name) => {
      if (name === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      // Kysely lets nobody catch a transaction that does not begin.
      if (isCut && name === 'transaction') return () => new Promise(() => undefined);
      if (isCut && asking.includes(name)) return () => Promise.reject(new Error('this process is dead'));
      return value.bind(target) as unknown;
    },
  });
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: connection }) });
  return {
    database: { kind: 'pglite', db, pglite: connection, close: () => db.destroy() },
    cut: () => void (isCut = true),
  };
}

/** A middleware that can die. */
export interface Replica {
  base: string;
  call: ReturnType<typeof callerOf>;
  isDead(): boolean;
  /** As SIGKILL: nothing is finished. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface LocalReplica extends Replica {
  tick: App['runSchedule'];
  /** Dies when this step is reached next. Resolves when it has. */
  dieAt(step: string): Promise<void>;
}

/** Starts a middleware in this process. After its death it neither writes anything down nor begins anything. */
export async function startReplica(world: World, storage: Storage, log: Log = silent): Promise<LocalReplica> {
  const place = storage.attach?.();
  const { CLOCK_URL: _same, DATABASE_URL: _other, ...environment } = world.environment as Record<string, string>;
  let isDead = false;
  let fatal: { step: string; reached: () => void } | undefined;
  const app = await createApp({
    config: parseConfig({ ...environment, ...storage.environment }),
    log,
    now: world.clock.now,
    ...(place === undefined ? {} : { database: place.database }),
    step: (name) => {
      if (!isDead && name === fatal?.step) {
        die();
        fatal.reached();
      }
      return isDead ? new Promise(() => undefined) : Promise.resolve();
    },
  });
  const { port } = await app.start();
  const base = `http://127.0.0.1:${port}`;
  let ended: Promise<unknown> | undefined;
  function die(): void {
    if (isDead) return;
    isDead = true;
    place?.cut();
    // Frees ports and timers; what it waits for never comes.
    ended = app.stop(0).catch(() => undefined);
  }
  return {
    base,
    call: callerOf(() => base),
    isDead: () => isDead,
    tick: (name) => app.runSchedule(name),
    dieAt: (step) => new Promise<void>((resolve) => (fatal = { step, reached: resolve })),
    crash: () => {
      die();
      return Promise.resolve();
    },
    stop: async () => {
      await (ended ?? app.stop(10_000));
    },
  };
}

/** Salesforce's Flow calls this middleware from now on. */
export function pointSalesforceAt(world: World, { base }: Pick<Replica, 'base'>): void {
  world.standins.salesforce.configureNamedCredential('Trainer_Connect', { url: base, apiKey: keys.salesforce });
}

const silent = createLog({ level: 'silent' });
