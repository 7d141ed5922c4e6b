import { createHash } from 'node:crypto';
import { z } from 'zod';
import { connectionStatuses } from '../../core/connection.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type Row, type Soql } from '../../salesforce/records.ts';

export const sorts = ['name', 'status', 'connectedAt', 'endsAt', 'lastRefresh', 'id'] as const;
export type Sort = (typeof sorts)[number];

/** An order, and what else a position in it depends on. */
export interface Order {
  provider: string;
  state?: string | undefined;
  search?: string | undefined;
  sort: Sort;
  direction: 'asc' | 'desc';
}

/** The last trainer of a page: the next one begins behind. */
export interface Cursor {
  /** What the list is sorted by, as Salesforce gave it; null: blank there, or all of it is in the id. */
  value: string | null;
  /** Empty: before the first one with this value. */
  id: string;
}

const position = z.tuple([z.string(), z.string().max(300).nullable(), z.string()]);

export function writeCursor(order: Order, { value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([fingerprint(order), value, id])).toString('base64url');
}

/** Undefined: not a position of this list. */
export function readCursor(text: string, order: Order): Cursor | undefined {
  try {
    const [of, value, id] = position.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    const isId = toLongId(id) === id || (id === '' && order.sort === 'status');
    return of === fingerprint(order) && isId && fits(order.sort, value) ? { value, id } : undefined;
  } catch {
    return undefined;
  }
}

function fits(sort: Sort, value: string | null): boolean {
  if (sort === 'status') return connectionStatuses.some((status) => status === value);
  if (sort === 'name' || sort === 'id') return true;
  return value === null || !Number.isNaN(Date.parse(value));
}

function fingerprint({ provider, state, search, sort, direction }: Order): string {
  const parts = JSON.stringify([provider, state ?? '', search ?? '', sort, direction]);
  return createHash('sha256').update(parts).digest('base64url').slice(0, 12);
}

const columns = {
  name: { field: 'Name', column: soql`Name` },
  connectedAt: { field: 'Lark_Connected_At__c', column: soql`Lark_Connected_At__c` },
  endsAt: { field: 'Lark_Consent_Expires_At__c', column: soql`Lark_Consent_Expires_At__c` },
  lastRefresh: { field: 'Lark_Last_Token_Refresh__c', column: soql`Lark_Last_Token_Refresh__c` },
} as const;

interface PageWanted {
  fields: Soql;
  where: Soql;
  after: Cursor | undefined;
  limit: number;
}

export interface PageOfOrder {
  /** The rows of one after the other are the page; together they find one more than it takes, if there is one. */
  queries: readonly Soql[];
  /** Where to go on when they find no row too many; undefined: that was the end. */
  further: Cursor | undefined;
  cursorOf: (row: Row) => Cursor;
}

/** The queries of one page, blank values last. */
export function pageOf({ sort, direction }: Pick<Order, 'sort' | 'direction'>, page: PageWanted): PageOfOrder {
  const walk = direction === 'asc' ? { towards: soql`ASC`, later: soql`>` } : { towards: soql`DESC`, later: soql`<` };
  if (sort === 'status') return pageByStatus(direction, walk, page);
  return sort === 'id' ? pageById(walk, page) : pageByField(sort, walk, page);
}

interface Walk {
  towards: Soql;
  /** The comparison of what comes behind. */
  later: Soql;
}

function pageById({ towards, later }: Walk, { fields, where, after, limit }: PageWanted): PageOfOrder {
  const rest = after === undefined ? soql`` : soql` AND Id ${later} ${after.id}`;
  return {
    queries: [
      soql`SELECT ${fields} FROM Onboarding_Trainer__c WHERE ${where}${rest} ORDER BY Id ${towards} LIMIT ${limit + 1}`,
    ],
    further: undefined,
    cursorOf: (row) => ({ value: null, id: idOf(row) }),
  };
}

function pageByField(
  sort: keyof typeof columns,
  { towards, later }: Walk,
  { fields, where, after, limit }: PageWanted,
): PageOfOrder {
  const { field, column } = columns[sort];
  const behind = ({ value, id }: Cursor) => {
    if (value === null) return soql`(${column} = null AND Id ${later} ${id})`;
    const here = sort === 'name' ? value : new Date(value);
    return soql`(${column} ${later} ${here} OR (${column} = ${here} AND Id ${later} ${id}) OR ${column} = null)`;
  };
  const rest = after === undefined ? soql`` : soql` AND ${behind(after)}`;
  return {
    queries: [
      soql`SELECT ${fields} FROM Onboarding_Trainer__c WHERE ${where}${rest}
        ORDER BY ${column} ${towards} NULLS LAST, Id ${towards} LIMIT ${limit + 1}`,
    ],
    further: undefined,
    cursorOf: (row) => ({ value: textOf(row[field]), id: idOf(row) }),
  };
}

/**
 * The rest of one status and the next one, each by id. Salesforce sorts a picklist as its set-up says and compares it as
 * text, so that neither could be relied upon for the place in the list.
 */
function pageByStatus(
  direction: Order['direction'],
  { towards, later }: Walk,
  { fields, where, after, limit }: PageWanted,
): PageOfOrder {
  const statuses = direction === 'asc' ? connectionStatuses : connectionStatuses.toReversed();
  const first = after === undefined ? 0 : statuses.findIndex((status) => status === after.value);
  const next = statuses[first + 2];
  return {
    queries: statuses.slice(first, first + 2).map((status, index) => {
      const rest = index === 0 && after && after.id !== '' ? soql` AND Id ${later} ${after.id}` : soql``;
      return soql`SELECT ${fields} FROM Onboarding_Trainer__c WHERE ${where} AND ${hasStatus(status)}${rest}
        ORDER BY Id ${towards} LIMIT ${limit + 1}`;
    }),
    further: next === undefined ? undefined : { value: next, id: '' },
    cursorOf: (row) => ({ value: textOf(row['Lark_Connection_Status__c']) ?? 'Not Connected', id: idOf(row) }),
  };
}

function hasStatus(status: string): Soql {
  return status === 'Not Connected'
    ? soql`(Lark_Connection_Status__c = 'Not Connected' OR Lark_Connection_Status__c = null)`
    : soql`Lark_Connection_Status__c = ${status}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function idOf(row: Row): string {
  return toLongId(String(row['Id'])) ?? String(row['Id']);
}
