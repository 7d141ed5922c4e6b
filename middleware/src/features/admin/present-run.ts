import type { Run } from '../../storage/runs.ts';

/** A run as a caller follows it. */
export function presentRun(run: Run) {
  return {
    runId: run.id,
    // What one person asked for is a kind of its own, so that many can run at once.
    kind: run.kind.split(':')[0],
    scope: run.scope,
    state: run.state,
    note: run.note ?? null,
    total: run.total,
    done: run.done,
    succeeded: run.succeeded,
    failed: run.failed,
    skipped: run.skipped,
    errors: run.errors,
    startedAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
