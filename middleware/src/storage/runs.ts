import { sql } from 'kysely';
import { isUniqueViolation, type Database, type RunOutcome, type RunState } from './database.ts';

/** One failure of a run, named so that a person can find it. Never holds a secret. */
export interface RunError {
  /** Connection id, or what else the run works on. */
  id: string;
  message: string;
}

/** What became of one trainer. Never holds a secret. */
export interface RunResult {
  trainerId: string;
  connectionId?: string;
  outcome: RunOutcome;
  /** Stable, for programs. */
  code: string;
  /** For people. */
  message: string;
}

export interface Run {
  id: string;
  kind: string;
  scope: string;
  state: RunState;
  note: string | undefined;
  startedBy: string;
  total: number;
  /** Succeeded, failed and skipped together. */
  done: number;
  succeeded: number;
  failed: number;
  skipped: number;
  /** The first of them; `failed` counts all. */
  errors: readonly RunError[];
  position: string;
  createdAt: Date;
  updatedAt: Date;
  finishedAt: Date | undefined;
}

/** What one page of work adds. */
export interface Progress {
  position: string;
  succeeded: number;
  failed: number;
  skipped: number;
  errors: readonly RunError[];
  /** One for each trainer, where the run keeps them. */
  results?: readonly RunResult[];
}

export interface RunDeps {
  db: Database;
  now: () => Date;
}

const NAMED_ERRORS = 100;

/** Starts a run, or answers with the one of this kind that is open: there is one at a time over all replicas. */
export async function openRun(
  deps: RunDeps,
  run: { kind: string; scope: string; startedBy: string },
): Promise<{ run: Run; started: boolean }> {
  for (;;) {
    const now = deps.now();
    try {
      const row = await deps.db
        .insertInto('run')
        .values({
          kind: run.kind,
          scope: run.scope,
          started_by: run.startedBy,
          state: 'running',
          note: null,
          total: 0,
          succeeded: 0,
          failed: 0,
          skipped: 0,
          errors: '[]',
          position: '',
          created_at: now,
          updated_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return { run: toRun(row), started: true };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    const open = await currentRun(deps, run.kind);
    if (open && open.finishedAt === undefined) return { run: open, started: false };
  }
}

/** The open run of this kind, or else the last one. */
export async function currentRun(deps: Pick<RunDeps, 'db'>, kind: string): Promise<Run | undefined> {
  const row = await deps.db
    .selectFrom('run')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy((eb) => eb.case().when('finished_at', 'is', null).then(0).else(1).end())
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  return row && toRun(row);
}

export async function readRun(deps: Pick<RunDeps, 'db'>, id: string): Promise<Run | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined;
  const row = await deps.db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRun(row);
}

export async function setTotal(deps: RunDeps, id: string, total: number): Promise<void> {
  await deps.db.updateTable('run').set({ total, updated_at: deps.now() }).where('id', '=', id).execute();
}

/**
 * Adds what a page of work brought, if the run still stands where that page began: a page that a crashed or slow worker
 * counted already is not counted twice. Counts and results are one statement.
 * @returns the run, or undefined when somebody else has moved it on
 */
export async function advanceRun(
  deps: RunDeps,
  id: string,
  from: string,
  progress: Progress,
): Promise<Run | undefined> {
  const before = await readRun(deps, id);
  if (before?.position !== from) return undefined;
  const errors = [...before.errors, ...progress.errors].slice(0, NAMED_ERRORS);
  const now = deps.now();
  const row = await deps.db
    .with('advanced', (db) =>
      db
        .updateTable('run')
        .set((eb) => ({
          succeeded: eb('succeeded', '+', progress.succeeded),
          failed: eb('failed', '+', progress.failed),
          skipped: eb('skipped', '+', progress.skipped),
          errors: JSON.stringify(errors),
          position: progress.position,
          updated_at: now,
        }))
        .where('id', '=', id)
        .where('position', '=', from)
        .returningAll(),
    )
    .with('kept', () => keepResults(progress.results ?? [], now))
    .selectFrom('advanced')
    .selectAll()
    .executeTakeFirst();
  return row && toRun(row);
}

/** Inserts the results for the run that `advanced` has moved on: none if it has not. */
function keepResults(results: readonly RunResult[], at: Date) {
  return sql<{ number: string }>`(
    insert into run_result (run_id, connection_id, trainer_id, outcome, code, message, at)
    select advanced.id, one."connectionId", one."trainerId", one.outcome, one.code, one.message, ${at}
    from advanced, jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
      as one("connectionId" text, "trainerId" text, outcome text, code text, message text)
    returning number)`;
}

/** Ends, pauses or resumes a run that is in one of the states `from`. */
export async function setRunState(
  deps: RunDeps,
  id: string,
  change: { from: readonly RunState[]; to: RunState; note?: string },
): Promise<Run | undefined> {
  const now = deps.now();
  const isOver = change.to === 'done' || change.to === 'stopped';
  const row = await deps.db
    .updateTable('run')
    .set({
      state: change.to,
      note: change.note ?? null,
      updated_at: now,
      ...(isOver ? { finished_at: now } : {}),
    })
    .where('id', '=', id)
    .where('state', 'in', change.from)
    .returningAll()
    .executeTakeFirst();
  return row && toRun(row);
}

/** Ends a run that goes on or pauses: what it did not come to counts as skipped, so that nothing is missing from its total. */
export async function endRun(
  deps: RunDeps,
  id: string,
  end: { state: 'done' | 'stopped'; note?: string },
): Promise<Run | undefined> {
  const now = deps.now();
  const row = await deps.db
    .updateTable('run')
    .set({
      state: end.state,
      note: end.note ?? null,
      total: sql<number>`greatest(total, succeeded + failed + skipped)`,
      skipped: sql<number>`greatest(skipped, total - succeeded - failed)`,
      updated_at: now,
      finished_at: now,
    })
    .where('id', '=', id)
    .where('state', 'in', ['running', 'paused'])
    .returningAll()
    .executeTakeFirst();
  return row && toRun(row);
}

interface RunRow extends Omit<
  Run,
  'note' | 'startedBy' | 'done' | 'errors' | 'createdAt' | 'updatedAt' | 'finishedAt'
> {
  note: string | null;
  started_by: string;
  errors: string;
  created_at: Date;
  updated_at: Date;
  finished_at: Date | null;
}

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    kind: row.kind,
    scope: row.scope,
    state: row.state,
    note: row.note ?? undefined,
    startedBy: row.started_by,
    total: row.total,
    done: row.succeeded + row.failed + row.skipped,
    succeeded: row.succeeded,
    failed: row.failed,
    skipped: row.skipped,
    errors: JSON.parse(row.errors) as RunError[],
    position: row.position,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at ?? undefined,
  };
}
