import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { SalesforceError, type SalesforceRecords } from '../../salesforce/records.ts';
import { extendLease, isLeaseHeld, releaseLease, takeLease } from '../../storage/lease.ts';
import { advanceRun, currentRun, endRun, openRun, readRun, type Run, type RunResult } from '../../storage/runs.ts';
import { fillQueue, isFilling, nextOfQueue, positionOf, queue } from './fill-queue.ts';
import { recordReminders } from './journal.ts';
import { mailBudget } from './mail-budget.ts';
import { MAIL_LIMIT, remindPage, type RemindPageDeps } from './remind-page.ts';

export interface RemindersDeps extends RemindPageDeps {
  records: Pick<SalesforceRecords, 'query' | 'update' | 'sendMail' | 'mailAllowance'>;
  queue: Pick<Queue, 'enqueue'>;
  isProviderOn: (provider: 'lark') => boolean;
}

const data = z.strictObject({ runId: z.uuid() });

/** An attempt that fails or dies goes on from where the run stands; what remains after the last one `resume` takes up. */
export const sendRemindersJob: JobDefinition<z.output<typeof data>> = {
  name: 'send-reminders',
  schema: data,
  retry: { limit: 10, delaySeconds: 5, maxDelaySeconds: 300 },
  expireInSeconds: 3_600,
  concurrency: 2,
};

/** Several selections can be under way; everybody's ladder and "all" are one at a time over all replicas. */
const LADDER = 'reminders';
const ALL = 'reminders-all';
const CHOSEN = 'reminders-chosen';

export type WantedReminders = { trainerIds: readonly string[] } | { all: 'not-connected' };

/** Starts a run of reminders, or answers with the open one of everybody's. Throws `provider_off`. */
export async function startReminders(deps: RemindersDeps, wanted: WantedReminders, startedBy: string): Promise<Run> {
  if (!deps.isProviderOn('lark')) throw new AppError('provider_off', 'Lark is not set up on this server.');
  if ('all' in wanted) {
    const { run } = await openRun(deps, { kind: ALL, scope: wanted.all, startedBy });
    await enqueue(deps, run);
    return run;
  }
  // Whom a run is about must be there before anybody works on it.
  return deps.db.transaction().execute(async (trx) => {
    const kind = `${CHOSEN}:${randomUUID()}`;
    const { run } = await openRun({ db: trx, now: deps.now }, { kind, scope: 'chosen', startedBy });
    await queue(trx, run.id, [...new Set(wanted.trainerIds)]);
    await deps.queue.enqueue(sendRemindersJob, { runId: run.id }, { key: run.id, trx });
    return run;
  });
}

/** Starts the day's run of the ladder; undefined: there was one today, or Lark is off. */
export async function climbLadder(deps: RemindersDeps): Promise<Run | undefined> {
  if (!deps.isProviderOn('lark')) return undefined;
  const last = await currentRun(deps, LADDER);
  if (last && dayOf(last.createdAt) === dayOf(deps.now())) return undefined;
  const { run } = await openRun(deps, { kind: LADDER, scope: 'ladder', startedBy: 'schedule' });
  await enqueue(deps, run);
  return run;
}

/** Takes open runs up again whose worker is gone. Safe at any time. */
export async function resumeReminders(deps: RemindersDeps): Promise<void> {
  const open = await deps.db
    .selectFrom('run')
    .select('id')
    .where('kind', 'like', `${LADDER}%`)
    .where('state', '=', 'running')
    .execute();
  for (const { id } of open) {
    if (!(await isLeaseHeld(deps, leaseOf(id)))) await deps.queue.enqueue(sendRemindersJob, { runId: id }, { key: id });
  }
}

const PAGE = 200;
/** A worker that says nothing for so long is dead; longer than one mail takes with a slow Salesforce. */
const LEASE_MS = 2 * 60_000;

/** Works on a run from where it stands. Any number of processes may be asked to: one works. Throws `SalesforceError`. */
export async function remindTrainers(deps: RemindersDeps, { runId }: { runId: string }): Promise<void> {
  const lease = { name: leaseOf(runId), owner: randomUUID(), durationMs: LEASE_MS };
  if (!(await takeLease(deps, lease))) return;
  try {
    const run = await readRun(deps, runId);
    if (run?.state === 'running') await goOn(deps, run, () => extendLease(deps, lease));
  } finally {
    await releaseLease(deps, lease);
  }
}

/** The same as a job: a Salesforce that is away for long must not fill the list of failed jobs, `resumeReminders` goes on. */
export async function workOnReminders(
  deps: RemindersDeps,
  job: { runId: string },
  { lastAttempt }: { lastAttempt: boolean },
): Promise<void> {
  try {
    await remindTrainers(deps, job);
  } catch (error) {
    if (!(lastAttempt && error instanceof SalesforceError && error.retryable)) throw error;
    deps.log.warn({ err: error, ...job }, 'a run of reminders waits for Salesforce');
  }
}

async function goOn(deps: RemindersDeps, from: Run, beat: () => Promise<boolean>): Promise<void> {
  await recordReminders(deps, from.id);
  let run: Run | undefined = isFilling(from) ? await fillQueue(deps, from) : from;
  while (run) {
    const page = await nextOfQueue(deps.db, run, PAGE);
    const last = page.at(-1);
    if (!last) return finish(deps, run);
    // Asked anew for each page: others send mails, too.
    const budget = await mailBudget(deps);
    const ids = page.map(({ trainerId }) => trainerId);
    const { results, trouble } = await remindPage(deps, run, ids, budget, beat);
    if (trouble === 'stopping') return;
    await deps.step('reminders.before-record');
    await recordReminders(deps, run.id);
    if (trouble instanceof SalesforceError) throw trouble;
    run = await advanceRun(deps, run.id, run.position, { position: positionOf(last), ...countsOf(results) });
    await deps.step('reminders.counted');
    if (!(await beat())) return;
  }
}

async function finish(deps: RemindersDeps, run: Run): Promise<void> {
  const { count } = await deps.db
    .selectFrom('run_result')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('run_id', '=', run.id)
    .where('code', '=', MAIL_LIMIT)
    .executeTakeFirstOrThrow();
  const late = Number(count);
  const note =
    late === 0
      ? {}
      : {
          note: `The org's daily limit of mails has left none for ${late} ${late === 1 ? 'trainer' : 'trainers'}: tomorrow they come first.`,
        };
  await deps.db.deleteFrom('reminder_queue').where('run_id', '=', run.id).execute();
  const ended = await endRun(deps, run.id, { state: 'done', ...note });
  if (!ended) return;
  const { id, scope, total, succeeded, failed, skipped } = ended;
  deps.log.info({ runId: id, scope, total, succeeded, failed, skipped, late }, 'a run of reminders has ended');
}

function countsOf(results: readonly RunResult[]) {
  const count = (outcome: RunResult['outcome']) => results.filter((one) => one.outcome === outcome).length;
  return {
    succeeded: count('succeeded'),
    failed: count('failed'),
    skipped: count('skipped'),
    errors: results
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ trainerId, message }) => ({ id: trainerId, message })),
    results,
  };
}

function enqueue(deps: RemindersDeps, run: Run): Promise<void> {
  return deps.queue.enqueue(sendRemindersJob, { runId: run.id }, { key: run.id });
}

function leaseOf(runId: string): string {
  return `run:${runId}`;
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
