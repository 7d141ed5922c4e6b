import type { ListView } from '../metadata/read-list-views.ts';
import { nameOfReference, type DescribedField, type DescribedObject } from './describe.ts';
import { readFieldValue, recordUrl, type FieldValue, type HasPage, type Row } from './field-values.ts';
import { soqlText, type OrgClient } from './org-client.ts';

export interface ListRequest {
  view: ListView;
  /** Field to sort by; the view's first column where it is absent or cannot be sorted by. */
  sort?: string;
  direction?: string;
  /** Rows; 2,000 at most, as in Lightning. */
  limit: number;
}

export interface RecordList {
  columns: { name: string; label: string }[];
  sort: { field: string; direction: 'asc' | 'desc' };
  rows: { id: string; cells: FieldValue[] }[];
  /** There are more rows than were asked for. */
  more: boolean;
}

const MOST = 2_000;

const OPERATORS: Record<string, string> = {
  equals: '=',
  notEqual: '!=',
  greaterThan: '>',
  greaterOrEqual: '>=',
  lessThan: '<',
  lessOrEqual: '<=',
};

/** The rows of a list view that the user may see, with the columns that they may read. */
export async function listRecords(
  client: OrgClient,
  object: DescribedObject,
  request: ListRequest,
  hasPage: HasPage,
): Promise<RecordList> {
  const columns = request.view.columns.flatMap((name) => object.fields.get(name) ?? []);
  const sorted = columns.find((column) => column.name === request.sort && column.sortable) ?? columns[0];
  const field = sorted?.name ?? 'Name';
  const direction = request.direction === 'desc' ? 'desc' : 'asc';
  const limit = Math.min(Math.max(1, request.limit), MOST);
  const selected = new Set([
    'Id',
    'Name',
    ...columns.flatMap((column) => [column.name, nameOfReference(column) ?? column.name]),
  ]);
  const conditions = request.view.filters.map((filter) => condition(object, filter));
  const rows = await client.query<Row>(
    [
      `SELECT ${[...selected].join(', ')} FROM ${object.name}`,
      ...(conditions.length > 0 ? [`WHERE ${conditions.join(' AND ')}`] : []),
      `ORDER BY ${sorted ? (nameOfReference(sorted) ?? field) : field} ${direction} NULLS LAST, Id ASC`,
      `LIMIT ${limit + 1}`,
    ].join(' '),
  );
  return {
    columns: columns.map(({ name, label }) => ({ name, label })),
    sort: { field, direction },
    rows: rows.slice(0, limit).map((row) => ({ id: String(row['Id']), cells: cellsOf(row, columns, object, hasPage) })),
    more: rows.length > limit,
  };
}

function cellsOf(row: Row, columns: DescribedField[], object: DescribedObject, hasPage: HasPage): FieldValue[] {
  return columns.map((column) => {
    const cell = readFieldValue(row, column, hasPage);
    return column.nameField && hasPage(object.name)
      ? { ...cell, href: recordUrl(object.name, String(row['Id'])) }
      : cell;
  });
}

/** A filter as SOQL; several values behind one equals are alternatives. */
function condition(object: DescribedObject, filter: ListView['filters'][number]): string {
  const field = object.fields.get(filter.field);
  const operator = OPERATORS[filter.operation];
  if (!field || operator === undefined) {
    throw new Error(`The list view filters by ${filter.field} ${filter.operation}, which cannot be read here.`);
  }
  const literals = filter.value.split(',').map((value) => literal(field, value.trim()));
  if (literals.length === 1) return `${field.name} ${operator} ${literals[0]}`;
  if (operator === '=') return `${field.name} IN (${literals.join(', ')})`;
  if (operator === '!=') return `${field.name} NOT IN (${literals.join(', ')})`;
  throw new Error(`The list view compares ${filter.field} with several values by ${filter.operation}.`);
}

function literal(field: DescribedField, value: string): string {
  if (value === '') return 'null';
  switch (field.type) {
    case 'boolean':
      return value === '1' || value === 'True' ? 'TRUE' : 'FALSE';
    case 'double':
    case 'percent':
      return String(Number(value));
    case 'date':
    case 'datetime':
      return value;
    default:
      return soqlText(value);
  }
}
