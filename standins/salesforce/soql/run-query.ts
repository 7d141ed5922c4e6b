import { randomBytes } from 'node:crypto';
import type { Actor } from '../access/actor.ts';
import { cellText } from '../bulk/csv-value.ts';
import { SalesforceError } from '../errors.ts';
import type { Schema } from '../schema/types.ts';
import { withChecksum } from '../store/ids.ts';
import type { SqlRow, SqlValue, Store } from '../store/open-store.ts';
import { fromSql } from '../store/rows.ts';
import { quoted } from '../store/sql-names.ts';
import { compileQuery, type CompiledChild, type CompiledQuery } from './compile-query.ts';
import { describeColumns } from './describe-columns.ts';
import { parseQuery } from './parse-query.ts';
import { renderRecord, type JsonRecord } from './render-records.ts';

export interface QueryResult {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: JsonRecord[];
}

export interface QueryCall {
  actor: Actor;
  /** `65.0` */
  version: string;
  now: Date;
  includeDeleted?: boolean;
  /** What `Sforce-Query-Options: batchSize=` asks for. */
  batchSize?: number;
}

/** An answered query of which pages are still to be fetched: the ids it found, in order. */
interface Cursor {
  userId: string;
  query: CompiledQuery;
  ids: string[];
  pageSize: number;
  openedAt: number;
}

/** A query of the Bulk API: refused at once or ready to run, its rows as texts. */
export interface BulkRows {
  object: string;
  columns: string[];
  rows(): string[][];
}

export interface Queries {
  run(soql: string, call: QueryCall): QueryResult;
  /** The columns that the query would have, without its rows. */
  columns(soql: string, call: QueryCall): ReturnType<typeof describeColumns>;
  /** `locator` is `<cursor>-<offset>`. */
  more(locator: string, call: QueryCall): QueryResult;
  bulk(soql: string, call: QueryCall): BulkRows;
}

const PAGE = 2_000;
/** Pages are small when two or more long text areas are selected. */
const PAGE_OF_LONG_TEXTS = 200;
const SMALLEST_PAGE = 200;
const CURSORS_OF_USER = 10;
const CURSOR_LIFE_MS = 2 * 24 * 60 * 60 * 1000;

export function createQueries(deps: { schema: Schema; store: Store }): Queries {
  const cursors = new Map<string, Cursor>();

  const keepCursor = (cursor: Cursor): string => {
    const own = [...cursors].filter(([, { userId }]) => userId === cursor.userId);
    const [oldest] = own;
    if (own.length >= CURSORS_OF_USER && oldest) cursors.delete(oldest[0]);
    const locator = withChecksum(`01gTC${randomBytes(5).toString('hex')}`);
    cursors.set(locator, cursor);
    return locator;
  };

  const page = (locator: string, cursor: Cursor, offset: number, version: string): QueryResult => {
    const ids = cursor.ids.slice(offset, offset + cursor.pageSize);
    const { query } = cursor;
    const where = `${query.where} AND ${query.alias}."Id" IN (SELECT value FROM json_each(?))`;
    const rows = deps.store.all(
      `SELECT ${query.select} ${query.from} WHERE ${where} ${query.orderBy}`,
      ...query.parameters,
      JSON.stringify(ids),
    );
    const next = offset + cursor.pageSize;
    const done = next >= cursor.ids.length;
    return {
      totalSize: cursor.ids.length,
      done,
      ...(done ? {} : { nextRecordsUrl: `/services/data/v${version}/query/${locator}-${next}` }),
      records: renderAll(deps.store, query, rows, version),
    };
  };

  return {
    run: (soql, call) => {
      const parsed = parseQuery(soql);
      const query = compileQuery({ ...deps, ...call }, parsed, { includeDeleted: call.includeDeleted ?? false });
      if (query.kind === 'count') return { totalSize: countRows(deps.store, query), done: true, records: [] };
      const pageSize = pageSizeOf(query, call.batchSize);
      const rows = selectRows(deps.store, query, pageSize + 1);
      if (rows.length <= pageSize) {
        return { totalSize: rows.length, done: true, records: renderAll(deps.store, query, rows, call.version) };
      }
      if (query.kind === 'aggregates') {
        throw new SalesforceError(
          'EXCEEDED_ID_LIMIT',
          'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
        );
      }
      const ids = selectIds(deps.store, query);
      const cursor = { userId: call.actor.userId, query, ids, pageSize, openedAt: call.now.getTime() };
      return page(keepCursor(cursor), cursor, 0, call.version);
    },
    columns: (soql, call) =>
      describeColumns(compileQuery({ ...deps, ...call }, parseQuery(soql), { includeDeleted: false })),
    more: (locator, call) => {
      const [, id = '', offset] = /^([A-Za-z0-9]+)-(\d+)$/.exec(locator) ?? [];
      const cursor = cursors.get(id);
      const expired = cursor && call.now.getTime() - cursor.openedAt >= CURSOR_LIFE_MS;
      if (!cursor || expired || cursor.userId !== call.actor.userId || Number(offset) >= cursor.ids.length) {
        throw new SalesforceError('INVALID_QUERY_LOCATOR', 'invalid query locator');
      }
      return page(id, cursor, Number(offset), call.version);
    },
    bulk: (soql, call) => {
      const parsed = parseQuery(soql);
      const query = compileQuery({ ...deps, ...call }, parsed, { includeDeleted: call.includeDeleted ?? false });
      const kind = query.kind === 'records' ? (query.children.length > 0 ? 'Nested queries' : undefined) : 'Aggregates';
      const unsupported = kind ?? (parsed.offset === undefined ? undefined : 'OFFSET');
      if (unsupported !== undefined) {
        throw new SalesforceError('API_ERROR', `${unsupported} not supported in Bulk V2 Query with CSV content type`);
      }
      return {
        object: query.object.name,
        columns: query.columns.map(({ path }) => path.join('.')),
        rows: () =>
          selectRows(deps.store, query, Number.MAX_SAFE_INTEGER).map((row) =>
            query.columns.map(({ field }, index) => cellText(fromSql(field, row[`c${index}`] ?? null))),
          ),
      };
    },
  };
}

function pageSizeOf(query: CompiledQuery, asked: number | undefined): number {
  const largest = query.longTexts >= 2 ? PAGE_OF_LONG_TEXTS : PAGE;
  return Math.min(largest, Math.max(SMALLEST_PAGE, asked ?? PAGE));
}

function selectRows(store: Store, query: CompiledQuery, most: number): SqlRow[] {
  const limit = Math.min(most, query.limit ?? most);
  return store.all(
    `SELECT ${query.select} ${query.from} WHERE ${query.where} ${query.grouping} ${query.orderBy} LIMIT ${limit} OFFSET ${query.offset}`,
    ...query.parameters,
  );
}

function selectIds(store: Store, query: CompiledQuery): string[] {
  return store
    .all(
      `SELECT ${query.alias}."Id" AS id ${query.from} WHERE ${query.where} ${query.orderBy} LIMIT ${query.limit ?? -1} OFFSET ${query.offset}`,
      ...query.parameters,
    )
    .map((row) => String(row['id']));
}

function countRows(store: Store, query: CompiledQuery): number {
  const row = store.get(`SELECT ${query.select} ${query.from} WHERE ${query.where}`, ...query.parameters);
  const count = Math.max(0, Number(row?.['c0']) - query.offset);
  return query.limit === undefined ? count : Math.min(count, query.limit);
}

function renderAll(store: Store, query: CompiledQuery, rows: SqlRow[], version: string): JsonRecord[] {
  const records = rows.map((row) => renderRecord(query, row, version));
  const ids = rows.map((row) => String(row['id']));
  for (const child of query.children) {
    const found = childrenOf(store, child, ids, version);
    records.forEach((record, index) => {
      const own = found.get(ids[index] ?? '');
      record[child.relationshipName] = own ? { totalSize: own.length, done: true, records: own } : null;
    });
  }
  return records;
}

/** The children of all parents of a page in one statement; the limit of the sub-select is per parent. */
function childrenOf(
  store: Store,
  child: CompiledChild,
  parentIds: string[],
  version: string,
): Map<string, JsonRecord[]> {
  const { query, foreignKey } = child;
  const key = `${query.alias}.${quoted(foreignKey.name)}`;
  const parameters: SqlValue[] = [...query.parameters, JSON.stringify(parentIds)];
  const rows = store.all(
    `SELECT * FROM (SELECT ${query.select}, ROW_NUMBER() OVER (PARTITION BY ${key} ${query.orderBy}) AS place
       ${query.from} WHERE ${query.where} AND ${key} IN (SELECT value FROM json_each(?)))
      WHERE place <= ${query.limit ?? Number.MAX_SAFE_INTEGER} ORDER BY parent, place`,
    ...parameters,
  );
  const found = new Map<string, JsonRecord[]>();
  for (const row of rows) {
    const parent = String(row['parent']);
    const list = found.get(parent) ?? [];
    list.push(renderRecord(query, row, version));
    found.set(parent, list);
  }
  return found;
}
