import { isNumber, type FieldDef, type ObjectDef, type Schema } from '../schema/types.ts';
import { customKeyPrefix } from './ids.ts';
import type { Store } from './open-store.ts';
import { foldedColumn, isFolded, quoted } from './sql-names.ts';

const INTERNAL_TABLES = [
  'CREATE TABLE IF NOT EXISTS _sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _object (name TEXT PRIMARY KEY, key_prefix TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _field (object TEXT, name TEXT, kind TEXT NOT NULL, PRIMARY KEY (object, name))',
  'CREATE TABLE IF NOT EXISTS _session (token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, client_id TEXT, issued_at INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _mail (id INTEGER PRIMARY KEY, mail TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _component (type TEXT, name TEXT, component TEXT NOT NULL, PRIMARY KEY (type, name))',
];

/** What the org needs for itself, whatever its schema. */
export function prepareInternalTables(store: Store): void {
  for (const sql of INTERNAL_TABLES) store.run(sql);
}

/**
 * Creates what the schema has and the tables lack: new objects and fields appear in an org that is already filled.
 * Also gives custom objects the key prefix that they keep for life.
 */
export function prepareTables(store: Store, schema: Schema, file: string | undefined): void {
  for (const object of schema.objects.values()) {
    prepareObject(store, object);
    const known = new Map(
      store
        .all('SELECT name, kind FROM _field WHERE object = ?', object.name)
        .map((row) => [String(row['name']), String(row['kind'])]),
    );
    // Long texts come last, so that scans of the other columns do not walk through them.
    const ordered = object.fields.toSorted((left, right) => Number(left.longText) - Number(right.longText));
    for (const field of ordered.filter(({ formula }) => !formula))
      prepareField(store, object, field, known.get(field.name), file);
  }
}

function prepareObject(store: Store, object: ObjectDef): void {
  const row = store.get('SELECT key_prefix FROM _object WHERE name = ?', object.name);
  if (row) {
    object.keyPrefix = String(row['key_prefix']);
    return;
  }
  if (object.keyPrefix === '') object.keyPrefix = customKeyPrefix(store.nextNumber('custom objects'));
  store.run('INSERT INTO _object (name, key_prefix) VALUES (?, ?)', object.name, object.keyPrefix);
  store.run(`CREATE TABLE ${quoted(object.name)} ("Id" TEXT PRIMARY KEY) WITHOUT ROWID`);
  if (!object.byName.has('isdeleted')) {
    store.run(`ALTER TABLE ${quoted(object.name)} ADD COLUMN "IsDeleted" INTEGER NOT NULL DEFAULT 0`);
  }
}

function prepareField(
  store: Store,
  object: ObjectDef,
  field: FieldDef,
  known: string | undefined,
  file: string | undefined,
): void {
  const kind = storedKind(field);
  if (known === kind) return;
  if (known !== undefined) {
    throw new Error(
      `The field ${object.name}.${field.name} was stored as "${known}" and is "${kind}" now. ` +
        `The local org cannot convert its data: delete ${file ?? 'the database'} and start again.`,
    );
  }
  store.run('INSERT INTO _field (object, name, kind) VALUES (?, ?, ?)', object.name, field.name, kind);
  if (field.name === 'Id') return;
  const table = quoted(object.name);
  const type = field.type === 'boolean' ? 'INTEGER NOT NULL DEFAULT 0' : isNumber(field) ? 'REAL' : 'TEXT';
  store.run(`ALTER TABLE ${table} ADD COLUMN ${quoted(field.name)} ${type}`);
  if (isFolded(field)) store.run(`ALTER TABLE ${table} ADD COLUMN ${quoted(foldedColumn(field))} TEXT`);
  if (field.indexed) {
    const index = quoted(`${object.name}.${field.name}`);
    store.run(`CREATE INDEX ${index} ON ${table} (${quoted(foldedColumn(field))})`);
  }
}

/** What the column of a field holds; a field of another kind needs another column. */
export function storedKind(field: FieldDef): string {
  const reference = field.reference ? ` to ${field.reference.to}` : '';
  const exact = field.caseSensitive ? ', case-sensitive' : '';
  return `${field.longText ? 'long text' : field.type}${reference}${exact}`;
}
