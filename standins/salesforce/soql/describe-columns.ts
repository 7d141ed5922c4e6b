import type { OutputColumn } from './select-columns.ts';
import type { CompiledQuery } from './compile-query.ts';

interface ColumnMetadata {
  columnName: string;
  displayName: string;
  aggregate: boolean;
  joinColumns: ColumnMetadata[];
}

/** What `columns=true` answers beside nothing else: the CLI asks for it to lay out its table. */
export function describeColumns(query: CompiledQuery): { columnMetadata: ColumnMetadata[]; entityName: string } {
  return { columnMetadata: columnsOf(query), entityName: query.object.name };
}

function columnsOf(query: CompiledQuery): ColumnMetadata[] {
  const columns: ColumnMetadata[] = [];
  for (const column of query.columns) addPath(columns, column.path, column);
  for (const { relationshipName, query: child } of query.children) {
    columns.push({ ...named(relationshipName, true), joinColumns: columnsOf(child) });
  }
  return columns;
}

/** `Trainer__r.Name` is a column inside a column. */
function addPath(columns: ColumnMetadata[], path: readonly string[], column: OutputColumn): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    columns.push(named(name, column.aggregate));
    return;
  }
  let parent = columns.find(({ columnName }) => columnName === name);
  if (!parent) columns.push((parent = named(name, false)));
  addPath(parent.joinColumns, rest, column);
}

const named = (columnName: string, aggregate: boolean): ColumnMetadata => ({
  columnName,
  displayName: columnName,
  aggregate,
  joinColumns: [],
});
