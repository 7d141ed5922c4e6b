import { PGlite, types } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import * as initial from '../../migrations/0001_initial.ts';
import * as tokenOperations from '../../migrations/0002_token_operations.ts';
import * as bookings from '../../migrations/0003_bookings.ts';
import * as portal from '../../migrations/0004_portal.ts';
import * as checks from '../../migrations/0005_checks.ts';
import * as refusedRows from '../../migrations/0006_refused_rows.ts';
import * as metrics from '../../migrations/0007_metrics.ts';
import * as runResults from '../../migrations/0008_run_results.ts';
import * as reminders from '../../migrations/0009_reminders.ts';
import * as mailedLinks from '../../migrations/0010_mailed_links.ts';
import * as signedCalendarLinks from '../../migrations/0011_signed_calendar_links.ts';
import * as mirrorByRecord from '../../migrations/0012_mirror_by_record.ts';
import { lockDataDirectory } from './data-dir-lock.ts';
import type { Database, Tables } from './database.ts';

export type OpenDatabase =
  | { kind: 'pglite'; db: Database; pglite: PGlite; close: () => Promise<void> }
  | { kind: 'postgres'; db: Database; url: string; close: () => Promise<void> };

/**
 * Opens PostgreSQL at `url`, or else the embedded PGlite in `directory` (`memory://` keeps nothing).
 * @param options.copyOf a dump of another PGlite, with which a new one begins
 */
export async function openDatabase(
  options: { url: string } | { directory: string; copyOf?: Blob },
): Promise<OpenDatabase> {
  if ('url' in options) {
    const pool = new pg.Pool({
      connectionString: options.url,
      max: 10,
      keepAlive: true,
      // A connection that hangs half open must fail, so that what waits for it can try again.
      connectionTimeoutMillis: 10_000,
      query_timeout: 60_000,
    });
    // Without a listener an idle connection that the server closes would end the process; the next query reconnects.
    pool.on('error', () => undefined);
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    return { kind: 'postgres', db, url: options.url, close: () => db.destroy() };
  }
  const inMemory = options.directory.startsWith('memory://');
  const lock = inMemory ? undefined : lockDataDirectory(options.directory);
  const pglite = await PGlite.create(options.directory, {
    extensions: { btree_gist },
    ...(options.copyOf === undefined ? {} : { loadDataDir: options.copyOf }),
    // PGlite would give numbers for bigint where pg gives strings.
    parsers: { [types.INT8]: (value: string) => value },
  });
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return {
    kind: 'pglite',
    db,
    pglite,
    close: async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
      lock?.release();
    },
  };
}

/** Safe in several processes at once: Kysely takes a lock and the losers find nothing to do. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: () =>
        Promise.resolve({
          '0001_initial': initial,
          '0002_token_operations': tokenOperations,
          '0003_bookings': bookings,
          '0004_portal': portal,
          '0005_checks': checks,
          '0006_refused_rows': refusedRows,
          '0007_metrics': metrics,
          '0008_run_results': runResults,
          '0009_reminders': reminders,
          '0010_mailed_links': mailedLinks,
          '0011_signed_calendar_links': signedCalendarLinks,
          '0012_mirror_by_record': mirrorByRecord,
        }),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error(`Migration failed: ${JSON.stringify(error)}`);
}
