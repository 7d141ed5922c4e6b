import { z } from 'zod';
import { messageOf } from '../core/errors.ts';
import type { JobContext, JobDefinition, Queue } from '../queue/queue.ts';
import { SalesforceError } from '../salesforce/records.ts';
import { currentRun, openRun, setRunState, type Run } from '../storage/runs.ts';
import { keyReferences } from './key-references.ts';
import type { KeyRotation, KeyRotationStatus } from './port.ts';
import { readPosition } from './rotation-position.ts';
import { rotateKeys, type RotateKeysDeps } from './rotate-keys.ts';

export interface KeyRotationDeps extends RotateKeysDeps {
  queue: Queue;
}

const KIND = 'key-rotation';
const jobSchema = z.strictObject({ runId: z.uuid() });

export const rotateKeysJob: JobDefinition<z.infer<typeof jobSchema>> = {
  name: 'rotate-keys',
  schema: jobSchema,
  retry: { limit: 5, delaySeconds: 2, maxDelaySeconds: 60 },
  expireInSeconds: 300,
  concurrency: 1,
};

const WAIT_FOR_FLUSH_SECONDS = 1;
const WAIT_FOR_SALESFORCE_SECONDS = 15;

export interface KeyRotationWorker extends KeyRotation {
  /** Goes on with a rotation whose process ended. */
  goOn(): Promise<void>;
  /** The handler of `rotateKeysJob`. */
  work(job: z.infer<typeof jobSchema>, context: JobContext): Promise<void>;
}

/** The rotation as administrators steer it, and the job that does it page by page. */
export function createKeyRotation(deps: KeyRotationDeps): KeyRotationWorker {
  const enqueue = (runId: string, startAfterSeconds = 0) =>
    deps.queue.enqueue(
      rotateKeysJob,
      { runId },
      { key: runId, ...(startAfterSeconds > 0 ? { startAfterSeconds } : {}) },
    );
  const open = async () => {
    const run = await currentRun(deps, KIND);
    return run?.finishedAt === undefined ? run : undefined;
  };
  const resume = async () => {
    const run = await open();
    if (!run) return false;
    await setRunState(deps, run.id, { from: ['paused'], to: 'running' });
    await enqueue(run.id);
    return true;
  };

  return {
    status: async () => toStatus(deps, await currentRun(deps, KIND)),
    start: async (startedBy) => {
      const { run, started } = await openRun(deps, { kind: KIND, scope: deps.sealer.sealingKeyId, startedBy });
      if (started) await enqueue(run.id);
      else await resume();
    },
    pause: async () => {
      const run = await open();
      if (!run) return false;
      await setRunState(deps, run.id, { from: ['running'], to: 'paused' });
      return true;
    },
    resume,
    goOn: async () => {
      const run = await open();
      if (run?.state === 'running') await enqueue(run.id);
    },
    work: async ({ runId }, context) => {
      try {
        const outcome = await rotateKeys(deps, runId);
        // What it waited for is there again.
        if (outcome !== 'over') await setRunState(deps, runId, { from: ['running'], to: 'running' });
        if (outcome === 'more') await enqueue(runId);
        if (outcome === 'wait') await enqueue(runId, WAIT_FOR_FLUSH_SECONDS);
      } catch (error) {
        await afterFailure(deps, runId, context, error, () => enqueue(runId, WAIT_FOR_SALESFORCE_SECONDS));
      }
    },
  };
}

/** Salesforce is waited for as long as it takes; anything else is tried again some times. */
async function afterFailure(
  deps: KeyRotationDeps,
  runId: string,
  { lastAttempt }: JobContext,
  error: unknown,
  later: () => Promise<void>,
): Promise<void> {
  if (error instanceof SalesforceError && error.retryable) {
    deps.log.warn({ err: error, runId }, 'the key rotation waits for Salesforce');
    const note = `Waits for Salesforce: ${error.message}`;
    await setRunState(deps, runId, { from: ['running'], to: 'running', note });
    return later();
  }
  if (lastAttempt) {
    const note = `It stopped: ${messageOf(error)}. Mend that, then start it again.`;
    await setRunState(deps, runId, { from: ['running'], to: 'stopped', note });
  }
  throw error;
}

async function toStatus(deps: KeyRotationDeps, run: Run | undefined): Promise<KeyRotationStatus> {
  const position = run && readPosition(run.position);
  const counted =
    run?.state === 'done' && position?.phase === 'finished'
      ? { counts: position.counts, sealingKeyId: run.scope }
      : undefined;
  return {
    state: run?.state ?? 'idle',
    phase: position?.phase,
    note: run?.note,
    total: run?.total ?? 0,
    done: run?.done ?? 0,
    unchanged: run?.skipped ?? 0,
    verified: position?.verified ?? 0,
    failed: run?.failed ?? 0,
    errors: run?.errors ?? [],
    startedAt: run?.createdAt,
    finishedAt: run?.finishedAt,
    countedAt: counted && run?.finishedAt,
    keys: await keyReferences(deps, counted),
  };
}
