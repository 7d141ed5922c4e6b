import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Database } from '../../src/storage/database.ts';
import { migrate, openDatabase } from '../../src/storage/open-database.ts';
import { createTestDatabase } from '../kit/databases.ts';
import { openMemoryDatabase } from '../kit/memory-database.ts';

const post = await createTestDatabase();

/** Every column and constraint of our tables, in words. */
async function shapeOf(db: Database): Promise<string[]> {
  const columns = await sql<{ line: string }>`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
    from information_schema.columns where table_schema = 'public'`.execute(db);
  const constraints = await sql<{ line: string }>`
    select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) as line
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'`.execute(db);
  const indexes = await sql<{ line: string }>`
    select indexdef as line from pg_indexes where schemaname = 'public'`.execute(db);
  return [...columns.rows, ...constraints.rows, ...indexes.rows].map(({ line }) => line).sort();
}

test('an empty PGlite gets all tables, a second time changes nothing, and a copy for tests has the same', async () => {
  const database = await openDatabase({ directory: 'memory://' });
  const copy = await openMemoryDatabase();
  try {
    await migrate(database.db);
    const shape = await shapeOf(database.db);
    assert.ok(shape.length > 100, `${shape.length} columns, constraints and indexes`);
    await migrate(database.db);
    assert.deepEqual(await shapeOf(database.db), shape);
    assert.deepEqual(await shapeOf(copy.db), shape);
  } finally {
    await database.close();
    await copy.close();
  }
});

test('two processes migrate one PostgreSQL at once, and it becomes what PGlite becomes', { skip: !post }, async () => {
  assert.ok(post);
  const databases = await Promise.all([openDatabase({ url: post.url }), openDatabase({ url: post.url })]);
  const memory = await openMemoryDatabase();
  try {
    await Promise.all(databases.map(({ db }) => migrate(db)));
    assert.deepEqual(await shapeOf(databases[0].db), await shapeOf(memory.db));
  } finally {
    await Promise.all([...databases, memory].map((database) => database.close()));
    await post.drop();
  }
});
