import type { Database } from '../../storage/database.ts';
import { readRun, type Run } from '../../storage/runs.ts';
import type { RefreshRuns, RefreshScope } from '../../tokens/port.ts';

export interface SweepAndWaitDeps {
  db: Database;
  refreshRuns: RefreshRuns;
  wait: (milliseconds: number) => Promise<void>;
}

const POLL_MS = 200;
/** Cron services give up on a request after half a minute or so. */
const LONGEST_WAIT_MS = 20_000;

/** Starts a sweep, or joins the one that is open, and waits up to 20 seconds for its end. @returns how it stands then */
export async function sweepAndWait(
  deps: SweepAndWaitDeps,
  sweep: { scope: RefreshScope; startedBy: string },
): Promise<Run> {
  let run = await deps.refreshRuns.start(sweep);
  for (let waited = 0; run.finishedAt === undefined && waited < LONGEST_WAIT_MS; waited += POLL_MS) {
    await deps.wait(POLL_MS);
    run = (await readRun(deps, run.id)) ?? run;
  }
  return run;
}
