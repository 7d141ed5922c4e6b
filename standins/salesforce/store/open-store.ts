import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Schema } from '../schema/types.ts';
import { addFormulas } from './formula-sql.ts';
import { prepareInternalTables, prepareTables } from './prepare-tables.ts';

/** Nothing here is stored as a blob or a big integer. */
export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

export interface Store {
  all(sql: string, ...values: SqlValue[]): SqlRow[];
  get(sql: string, ...values: SqlValue[]): SqlRow | undefined;
  run(sql: string, ...values: SqlValue[]): void;
  /** Everything inside happens or nothing; may be nested. */
  transaction<T>(work: () => T): T;
  /** Like a transaction, but undone when `keep` says so; for all-or-none calls that answer instead of throwing. */
  attempt<T>(work: () => T, keep: (result: T) => boolean): T;
  /** Runs when everything that is open now is committed; never if it is undone. */
  afterCommit(work: () => void): void;
  /** The next number of a named sequence, from 1. */
  nextNumber(sequence: string): number;
  /**
   * Brings the tables up to the schema, in one transaction, and calculates its formula fields from then on.
   * @throws Error where the stored tables cannot hold the schema
   */
  adopt(schema: Schema): void;
  close(): void;
}

const STATEMENTS_KEPT = 1_000;

/**
 * Opens (or creates) the database of the org and brings its tables up to the schema.
 * @throws Error telling to delete the data where the stored tables cannot hold the schema.
 */
export function openStore(file: string | undefined, schema: Schema): Store {
  const store = openDatabase(file);
  try {
    store.adopt(schema);
  } catch (error) {
    store.close();
    throw error;
  }
  return store;
}

/** The database alone, before anybody knows what it holds. */
export function openDatabase(file: string | undefined): Store {
  if (file !== undefined) mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const database = new DatabaseSync(file ?? ':memory:');
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  const store = createStore(database, file);
  store.transaction(() => prepareInternalTables(store));
  return store;
}

function createStore(database: DatabaseSync, file: string | undefined): Store {
  const statements = new Map<string, StatementSync>();
  let depth = 0;
  let waiting: { depth: number; work: () => void }[] = [];

  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    const [oldest] = statements.keys();
    if (statements.size >= STATEMENTS_KEPT && oldest !== undefined) statements.delete(oldest);
    statements.set(sql, statement);
    return statement;
  };

  const begin = () => {
    database.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT level${depth}`);
    depth++;
  };
  const keepChanges = () => {
    depth--;
    database.exec(depth === 0 ? 'COMMIT' : `RELEASE level${depth}`);
    for (const one of waiting) one.depth = Math.min(one.depth, depth);
    if (depth > 0) return;
    const committed = waiting;
    waiting = [];
    for (const { work } of committed) work();
  };
  const undoChanges = () => {
    depth--;
    database.exec(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO level${depth}; RELEASE level${depth}`);
    waiting = waiting.filter((one) => one.depth <= depth);
  };

  const attempt = <T>(work: () => T, keep: (result: T) => boolean): T => {
    begin();
    let result: T;
    try {
      result = work();
    } catch (error) {
      undoChanges();
      throw error;
    }
    if (keep(result)) keepChanges();
    else undoChanges();
    return result;
  };

  const store: Store = {
    all: (sql, ...values) => prepared(sql).all(...values) as SqlRow[],
    get: (sql, ...values) => prepared(sql).get(...values) as SqlRow | undefined,
    run: (sql, ...values) => void prepared(sql).run(...values),
    transaction: (work) => attempt(work, () => true),
    attempt,
    afterCommit: (work) => {
      if (depth === 0) work();
      else waiting.push({ depth, work });
    },
    nextNumber: (sequence) => {
      const row = prepared(
        'INSERT INTO _sequence (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value',
      ).get(sequence);
      return Number(row?.['value']);
    },
    adopt: (schema) => {
      // Statements that were prepared for other tables and formulas must not outlive them.
      statements.clear();
      addFormulas(database, schema);
      store.transaction(() => prepareTables(store, schema, file));
    },
    close: () => database.close(),
  };
  return store;
}
