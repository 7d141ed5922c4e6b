import { z } from 'zod';
import type { JobDefinition, Queue } from '../queue/queue.ts';
import { isLeaseHeld } from '../storage/lease.ts';
import { currentRun, openRun, readRun, type Run } from '../storage/runs.ts';
import type { RefreshRuns, RefreshScope } from './port.ts';
import { sweep, sweepLease, type SweepDeps } from './sweep.ts';

export interface RefreshRunsDeps extends SweepDeps {
  queue: Pick<Queue, 'enqueue'>;
  sleep: (milliseconds: number) => Promise<void>;
}

export interface RefreshSweeps extends RefreshRuns {
  /** Takes an open run up again whose worker is gone. Safe at any time. */
  resume(): Promise<void>;
  /** A sweep in this very process; resolves with the run when it has ended. */
  perform(scope: RefreshScope): Promise<Run>;
}

/** A sweep over everybody must not be answered with the hourly one that happens to run. */
const kinds: Record<RefreshScope, string> = { due: 'refresh', all: 'refresh-all' };
const POLL_MS = 100;

const data = z.strictObject({ runId: z.uuid() });
type RefreshJob = z.output<typeof data>;

/** An attempt that fails or dies goes on from where the run stands; what remains after the last one `resume` takes up. */
export const refreshTokensJob: JobDefinition<RefreshJob> = {
  name: 'refresh-tokens',
  schema: data,
  retry: { limit: 10, delaySeconds: 5, maxDelaySeconds: 300 },
  expireInSeconds: 3_600,
  // One for each scope.
  concurrency: 2,
};

export async function runRefreshJob(deps: SweepDeps, { runId }: RefreshJob): Promise<void> {
  await sweep(deps, runId);
}

export function createRefreshSweeps(deps: RefreshRunsDeps): RefreshSweeps {
  const enqueue = (run: Run) => deps.queue.enqueue(refreshTokensJob, { runId: run.id }, { key: run.id });
  return {
    start: async (wanted) => {
      const { run } = await openRun(deps, { kind: kinds[wanted.scope], ...wanted });
      await enqueue(run);
      return run;
    },
    resume: async () => {
      for (const kind of Object.values(kinds)) {
        const run = await currentRun(deps, kind);
        if (run?.state === 'running' && !(await isLeaseHeld(deps, sweepLease(run.id)))) await enqueue(run);
      }
    },
    perform: async (scope) => {
      const { run } = await openRun(deps, { kind: kinds[scope], scope, startedBy: 'schedule' });
      for (;;) {
        await sweep(deps, run.id);
        const now = await readRun(deps, run.id);
        if (now === undefined || now.finishedAt !== undefined || deps.isStopping()) return now ?? run;
        await deps.sleep(POLL_MS);
      }
    },
  };
}
