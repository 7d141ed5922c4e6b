import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { providerOf } from '../core/connection.ts';
import type { Log, Now, Step } from '../core/runtime.ts';
import type { Database } from '../storage/database.ts';
import { extendLease, releaseLease, takeLease } from '../storage/lease.ts';
import { advanceRun, endRun, readRun, setTotal, type Progress, type Run } from '../storage/runs.ts';
import { bookingsNeedTokensBefore } from './due.ts';
import type { RefreshScope, Upkeep } from './port.ts';
import { countSelected, nextPage, type Selection, type SweptHead } from './sweep-page.ts';

export interface SweepDeps {
  db: Database;
  now: Now;
  log: Log;
  step: Step;
  upkeep: Upkeep;
  /** Trainers with a training that begins before this and is not over. */
  trainersNeedingTokens: (before: Date) => Promise<ReadonlySet<string>>;
  /** Whether this process is about to end: the sweep then waits for another one. */
  isStopping: () => boolean;
}

/** Between two of these a sweep looks whether it may go on, and writes down how far it is. */
const CHUNK = 25;
const AT_ONCE = 16;
/** A worker that says nothing for so long is dead; longer than a chunk of exchanges with a slow provider takes. */
const LEASE_MS = 2 * 60_000;

const UNEXPECTED = 'It could not be renewed because of an unexpected problem; the log of the server has the details.';

export function sweepLease(runId: string): string {
  return `run:${runId}`;
}

/**
 * Works on a run of kind `refresh` from where it stands until it ends. Any number of processes may be asked to: one works.
 * What goes wrong with a connection is named in the run. Throws when the database fails; the run then stays open.
 */
export async function sweep(deps: SweepDeps, runId: string): Promise<void> {
  const lease = { name: sweepLease(runId), owner: randomUUID(), durationMs: LEASE_MS };
  if (!(await takeLease(deps, lease))) return;
  try {
    const run = await readRun(deps, runId);
    if (run?.state === 'running') await goOn(deps, run, () => extendLease(deps, lease));
  } finally {
    await releaseLease(deps, lease);
  }
}

async function goOn(deps: SweepDeps, from: Run, stillOurs: () => Promise<boolean>): Promise<void> {
  let run = from;
  const selection = await select(deps, run.scope as RefreshScope);
  if (run.position === '') await setTotal(deps, run.id, await countSelected(deps.db, selection));
  for (;;) {
    const page = await nextPage(deps.db, selection, run.position);
    if (page.length === 0) {
      await finish(deps, run, { state: 'done' });
      return;
    }
    for (const chunk of chunksOf(page)) {
      if (deps.isStopping()) return;
      const reason = await pauseReason(deps.upkeep, chunk);
      if (reason !== undefined) {
        await finish(deps, run, { state: 'stopped', note: reason });
        return;
      }
      const progress = await renewAll(deps, run, chunk);
      await deps.step('sweep.renewed');
      const advanced = await advanceRun(deps, run.id, run.position, progress);
      if (!advanced || !(await stillOurs())) return;
      run = advanced;
      await deps.step('sweep.counted');
    }
  }
}

async function select(deps: SweepDeps, scope: RefreshScope): Promise<Selection> {
  const now = deps.now();
  const bookedSoon =
    scope === 'due' ? await deps.trainersNeedingTokens(bookingsNeedTokensBefore(now)) : new Set<string>();
  return { scope, now, bookedSoon };
}

async function pauseReason(upkeep: Upkeep, heads: readonly SweptHead[]): Promise<string | undefined> {
  for (const provider of new Set(heads.map(({ connectionId }) => providerOf(connectionId)))) {
    const reason = await upkeep.pauseReason(provider);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function renewAll(deps: SweepDeps, run: Run, heads: readonly SweptHead[]): Promise<Progress> {
  const progress = {
    position: heads.at(-1)?.connectionId ?? run.position,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    errors: [] as { id: string; message: string }[],
  };
  await atOnce(AT_ONCE, heads, async (head) => {
    const outcome = await renewOne(deps, run, head);
    if (outcome === 'succeeded' || outcome === 'skipped') {
      progress[outcome]++;
      return;
    }
    progress.failed++;
    progress.errors.push({ id: head.connectionId, message: outcome.failure });
  });
  return progress;
}

type Outcome = 'succeeded' | 'skipped' | { failure: string };

async function renewOne(deps: SweepDeps, run: Run, head: SweptHead): Promise<Outcome> {
  // Renewed since the run began, by a worker that died before it was counted or by somebody who needed the token.
  if (head.refreshedAt !== null && head.refreshedAt > run.createdAt) return 'succeeded';
  if (head.retryAt !== null && head.retryAt > deps.now()) return 'skipped';
  try {
    const { status, error } = await deps.upkeep.renew(head.connectionId);
    if (status === 'Connected') return 'succeeded';
    // Disconnected or put on hold after the page was read: there is nothing to renew.
    if (status !== 'Needs Reconnect') return 'skipped';
    return { failure: error ?? 'The trainer has to connect again.' };
  } catch (error) {
    if (!(error instanceof AppError)) {
      deps.log.error({ err: error, connectionId: head.connectionId }, 'a connection could not be renewed');
      return { failure: UNEXPECTED };
    }
    return error.code === 'not_connected' || error.code === 'on_hold' ? 'skipped' : { failure: error.message };
  }
}

async function finish(deps: SweepDeps, run: Run, end: { state: 'done' | 'stopped'; note?: string }): Promise<void> {
  const ended = await endRun(deps, run.id, end);
  if (!ended) return;
  const { id, scope, state, note, total, succeeded, failed, skipped } = ended;
  deps.log.info({ runId: id, scope, state, note, total, succeeded, failed, skipped }, 'a refresh sweep has ended');
}

function chunksOf(page: readonly SweptHead[]): SweptHead[][] {
  return Array.from({ length: Math.ceil(page.length / CHUNK) }, (_, index) =>
    page.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}

async function atOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
