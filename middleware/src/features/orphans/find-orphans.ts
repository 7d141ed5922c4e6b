import { z } from 'zod';
import { trainerIdOf } from '../../core/connection.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { soql, type Row, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';
import type { Transaction } from '../../storage/database.ts';
import { advanceRun, openRun, readRun, setRunState, type Run } from '../../storage/runs.ts';
import { digestOf } from './digest.ts';
import { CALENDAR, newReports, type ReportsDeps } from './reports.ts';
import type { Reported, SweepCalendarDeps, Swept } from './sweep-calendar.ts';
import { sweepCalendars } from './sweep-calendars.ts';
import { sweepLedger, type SweepLedgerDeps } from './sweep-ledger.ts';

export interface FindOrphansDeps extends Omit<SweepCalendarDeps, 'lark'>, SweepLedgerDeps, ReportsDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll'>;
  /** Absent, or off by a switch: nothing is looked at. */
  lark: () => SweepCalendarDeps['lark'] | undefined;
  queue: Pick<Queue, 'enqueue'>;
  /** How trainers are read, and made from their rows. */
  trainers: { queryWhere: (where: Soql) => Soql; fromRow: (row: Row) => Trainer };
  /** Keeps it for the administrators' mail of the day, exactly if the transaction commits. */
  note: (message: string, trx: Transaction) => Promise<void>;
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

const TRAINERS_PER_PAGE = 50;
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
    // Whoever is slower than another must not count as told what only they have seen.
    if (!(await standsAt(trx, run))) return;
    const told = await newReports(here, page.reported);
    const errors = told.map(({ connectionId, message }) => ({ id: connectionId, message }));
    const { position, removed, handedOver } = page;
    const progress = { position, succeeded: removed, failed: told.length, skipped: handedOver, errors };
    await advanceRun(here, runId, run.position, { ...progress, results: told.map(toResult) });
    await deps.queue.enqueue(sweepJob, { runId }, { key: runId, trx });
  });
}

/** Nobody has moved the run on, and until the transaction ends nobody will. */
async function standsAt(trx: Transaction, { id, position }: Run): Promise<boolean> {
  const row = await trx.selectFrom('run').select('position').where('id', '=', id).forUpdate().executeTakeFirst();
  return row?.position === position;
}

function toResult({ connectionId, eventId, message }: Reported) {
  const code = eventId === CALENDAR ? 'calendar_unread' : 'leftover';
  return { trainerId: trainerIdOf(connectionId), connectionId, outcome: 'failed' as const, code, message };
}

interface Page extends Swept {
  /** Where the next one begins. */
  position: string;
  handedOver: number;
}

async function calendarPage(deps: SweepCalendarDeps & Omit<FindOrphansDeps, 'lark'>, run: Run): Promise<Page> {
  const after = run.position.slice(TRAINER.length);
  const rows = await deps.records.query(
    deps.trainers.queryWhere(
      soql`Lark_Connected__c = true ${after === '' ? soql`` : soql`AND Id > ${after}`}
        ORDER BY Id LIMIT ${TRAINERS_PER_PAGE}`,
    ),
  );
  const trainers = rows.map(deps.trainers.fromRow);
  const last = trainers.length === TRAINERS_PER_PAGE ? trainers.at(-1) : undefined;
  const swept = await sweepCalendars(deps, trainers);
  return { ...swept, position: last ? TRAINER + last.id : LEDGER, handedOver: 0 };
}

async function ledgerPage(deps: SweepLedgerDeps, run: Run): Promise<Page | undefined> {
  const { last, handedOver } = await sweepLedger(deps, run.position.slice(LEDGER.length));
  if (last === undefined) return undefined;
  return { position: LEDGER + last, removed: 0, handedOver, reported: [] };
}

async function finish(deps: FindOrphansDeps, run: Run): Promise<void> {
  const isEnded = await deps.db.transaction().execute(async (trx) => {
    const ended = await setRunState({ db: trx, now: deps.now }, run.id, { from: ['running'], to: 'done' });
    const digest = ended && digestOf(ended);
    if (digest !== undefined) await deps.note(digest, trx);
    return ended !== undefined;
  });
  if (!isEnded) return;
  const counts = { removed: run.succeeded, told: run.failed, handedOver: run.skipped };
  deps.log.info({ runId: run.id, ...counts }, 'the nightly look for leftovers is done');
}
