import { z } from 'zod';
import { connectionIdOf } from '../../core/connection.ts';
import { messageOf } from '../../core/errors.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { SalesforceError, soql, type SalesforceRecords } from '../../salesforce/records.ts';
import { advanceRun, openRun, readRun, setRunState, type Run } from '../../storage/runs.ts';
import { digestOf } from './digest.ts';
import { forgetReport, newReports, type ReportsDeps } from './reports.ts';
import { sweepCalendar, type Reported, type SweepCalendarDeps } from './sweep-calendar.ts';
import { sweepLedger, type SweepLedgerDeps } from './sweep-ledger.ts';

export interface FindOrphansDeps extends Omit<SweepCalendarDeps, 'lark'>, SweepLedgerDeps, ReportsDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll'>;
  /** Absent, or off by a switch: nothing is looked at. */
  lark: () => SweepCalendarDeps['lark'] | undefined;
  queue: Pick<Queue, 'enqueue'>;
  alert: (message: string) => void;
}

const data = z.strictObject({ runId: z.string() });

/** One page of the nightly look for leftovers; it enqueues the next one. */
export const sweepJob: JobDefinition<z.output<typeof data>> = {
  name: 'sweep-orphans',
  schema: data,
  retry: { limit: 5, delaySeconds: 30, maxDelaySeconds: 900 },
  expireInSeconds: 600,
  concurrency: 1,
};

const TRAINERS_PER_PAGE = 20;
const AT_ONCE = 4;
/** Positions of a run: first the calendars by their trainers, then the ledger by its bookings. */
const LEDGER = 'booking:';
const TRAINER = 'trainer:';

/** Starts the nightly look for what should not exist, or goes on with one that stopped on its way. */
export async function findOrphans(deps: FindOrphansDeps): Promise<void> {
  if (!deps.lark()) return;
  const { run } = await openRun(deps, { kind: 'find-orphans', scope: 'all', startedBy: 'schedule' });
  await deps.queue.enqueue(sweepJob, { runId: run.id }, { key: run.id });
}

/** Does one page of a run. A page that is repeated after a crash finds less to do and is counted once. */
export async function sweepPage(deps: FindOrphansDeps, { runId }: { runId: string }): Promise<void> {
  const run = await readRun(deps, runId);
  const lark = deps.lark();
  if (run?.state !== 'running' || !lark) return;
  const page = run.position.startsWith(LEDGER)
    ? await ledgerPage(deps, run)
    : await calendarPage({ ...deps, lark }, run);
  if (page === undefined) return finish(deps, run);
  await deps.db.transaction().execute(async (trx) => {
    const here = { db: trx, now: deps.now };
    const told = await newReports(here, page.reported);
    const errors = told.map(({ connectionId, message }) => ({ id: connectionId, message }));
    const { position, removed, handedOver } = page;
    const progress = { position, succeeded: removed, failed: told.length, skipped: handedOver, errors };
    if (!(await advanceRun(here, runId, run.position, progress))) return;
    await deps.queue.enqueue(sweepJob, { runId }, { key: runId, trx });
  });
}

interface Page {
  /** Where the next one begins. */
  position: string;
  removed: number;
  handedOver: number;
  reported: Reported[];
}

async function calendarPage(deps: SweepCalendarDeps & Omit<FindOrphansDeps, 'lark'>, run: Run): Promise<Page> {
  const after = run.position.slice(TRAINER.length);
  const rows = await deps.records.query(
    soql`SELECT Id FROM Onboarding_Trainer__c WHERE Lark_Connected__c = true
      ${after === '' ? soql`` : soql`AND Id > ${after}`} ORDER BY Id LIMIT ${TRAINERS_PER_PAGE}`,
  );
  const trainerIds = rows.map(({ Id }) => toLongId(String(Id)) ?? String(Id));
  const page: Page = { position: LEDGER, removed: 0, handedOver: 0, reported: [] };
  for (let first = 0; first < trainerIds.length; first += AT_ONCE) {
    const swept = await Promise.all(trainerIds.slice(first, first + AT_ONCE).map((id) => sweepOne(deps, id)));
    for (const { removed, reported } of swept) {
      page.removed += removed;
      page.reported.push(...reported);
    }
  }
  const last = trainerIds.at(-1);
  if (last !== undefined && trainerIds.length === TRAINERS_PER_PAGE) page.position = TRAINER + last;
  return page;
}

/** Stands for the whole calendar among the events that a person is told of. */
const CALENDAR = 'calendar';

async function sweepOne(
  deps: SweepCalendarDeps & ReportsDeps,
  trainerId: string,
): Promise<{ removed: number; reported: Reported[] }> {
  const connectionId = connectionIdOf('lark', trainerId);
  try {
    const swept = await sweepCalendar(deps, trainerId);
    await forgetReport(deps, { connectionId, eventId: CALENDAR });
    return swept;
  } catch (error) {
    if (error instanceof SalesforceError) throw error;
    deps.log.warn({ err: error, connectionId }, 'a calendar could not be looked through for leftovers');
    const message = `The calendar of trainer ${trainerId} could not be looked through: ${messageOf(error)}`;
    return { removed: 0, reported: [{ connectionId, eventId: CALENDAR, message }] };
  }
}

async function ledgerPage(deps: SweepLedgerDeps, run: Run): Promise<Page | undefined> {
  const { last, handedOver } = await sweepLedger(deps, run.position.slice(LEDGER.length));
  if (last === undefined) return undefined;
  return { position: LEDGER + last, removed: 0, handedOver, reported: [] };
}

async function finish(deps: FindOrphansDeps, run: Run): Promise<void> {
  const counts = { removed: run.succeeded, told: run.failed, handedOver: run.skipped };
  const ended = await setRunState(deps, run.id, { from: ['running'], to: 'done' });
  if (!ended) return;
  deps.log.info(counts, 'the nightly look for leftovers is done');
  const digest = digestOf(ended);
  if (digest !== undefined) deps.alert(digest);
}
