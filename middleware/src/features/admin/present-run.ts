import type { Run } from '../../storage/runs.ts';

/** A run as a caller follows it. */
export function presentRun(run: Run) {
  return {
    runId: run.id,
    kind: run.kind,
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
