import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { providerOf, trainerIdOf } from '../core/connection.ts';
import type { Log, Now, Step } from '../core/runtime.ts';
import type { Database } from '../storage/database.ts';
import { extendLease, releaseLease, takeLease } from '../storage/lease.ts';
import { advanceRun, endRun, readRun, setTotal, type Progress, type Run, type RunResult } from '../storage/runs.ts';
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
        await skipTheRest(deps, run, selection, reason);
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
  const results: RunResult[] = [];
  await atOnce(AT_ONCE, heads, async ({ connectionId, ...head }) => {
    const became = await renewOne(deps, run, { connectionId, ...head });
    results.push({ trainerId: trainerIdOf(connectionId), connectionId, ...became });
  });
  return progressOf(heads.at(-1)?.connectionId ?? run.position, results);
}

type Became = Pick<RunResult, 'outcome' | 'code' | 'message'>;

const renewed: Became = { outcome: 'succeeded', code: 'renewed', message: 'The access was renewed.' };
const notConnected: Became = {
  outcome: 'skipped',
  code: 'not_connected',
  message: 'It is not connected any more: there was nothing to renew.',
};

async function renewOne(deps: SweepDeps, run: Run, head: SweptHead): Promise<Became> {
  // Renewed since the run began, by a worker that died before it was counted or by somebody who needed the token.
  if (head.refreshedAt !== null && head.refreshedAt > run.createdAt) return renewed;
  if (head.retryAt !== null && head.retryAt > deps.now()) {
    return { outcome: 'skipped', code: 'retry_later', message: 'The last attempt failed; the next one is due later.' };
  }
  try {
    const { status, error } = await deps.upkeep.renew(head.connectionId);
    if (status === 'Connected') return renewed;
    // Disconnected or put on hold after the page was read: there is nothing to renew.
    if (status !== 'Needs Reconnect') return notConnected;
    return { outcome: 'failed', code: 'needs_reconnect', message: error ?? 'The trainer has to connect again.' };
  } catch (error) {
    if (!(error instanceof AppError)) {
      deps.log.error({ err: error, connectionId: head.connectionId }, 'a connection could not be renewed');
      return { outcome: 'failed', code: 'internal', message: UNEXPECTED };
    }
    if (error.code === 'not_connected' || error.code === 'on_hold') return notConnected;
    return { outcome: 'failed', code: error.code, message: error.message };
  }
}

/** So that everybody of a run that stops early has a line that says why. */
async function skipTheRest(deps: SweepDeps, from: Run, selection: Selection, reason: string): Promise<void> {
  for (let run = from; ;) {
    const page = await nextPage(deps.db, selection, run.position);
    const position = page.at(-1)?.connectionId;
    if (position === undefined) return;
    const results = page.map(({ connectionId }): RunResult => ({
      trainerId: trainerIdOf(connectionId),
      connectionId,
      outcome: 'skipped',
      code: 'stopped',
      message: reason,
    }));
    const advanced = await advanceRun(deps, run.id, run.position, progressOf(position, results));
    if (!advanced) return;
    run = advanced;
  }
}

function progressOf(position: string, results: readonly RunResult[]): Progress {
  const count = (outcome: RunResult['outcome']) => results.filter((one) => one.outcome === outcome).length;
  const errors = results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ connectionId, trainerId, message }) => ({ id: connectionId ?? trainerId, message }));
  const counts = { succeeded: count('succeeded'), failed: count('failed'), skipped: count('skipped') };
  return { position, ...counts, errors, results };
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
