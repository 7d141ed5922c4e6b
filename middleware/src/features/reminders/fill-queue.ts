import { sql } from 'kysely';
import { connectionIdOf, trainerIdOf, type ConnectionId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import { soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { advanceRun, setTotal, type Run } from '../../storage/runs.ts';
import { counted, remembered } from './journal.ts';
import { isRungDue, remindedBefore } from './ladder.ts';

export interface FillQueueDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'query'>;
  now: Now;
}

const FILL = 'fill:';
const PAGE = 1_000;
const START = 0;
/** Whom the limit of an earlier day kept back comes before the others, by the number of that day: who waits longest is first. */
const AFTER_THE_POSTPONED = 1_000_000;

export function isFilling({ position }: Run): boolean {
  return position === '' || position.startsWith(FILL);
}

/**
 * Writes down whom a run is about: those who were postponed, and all trainers without a connection, or, for the ladder,
 * those for whom a rung is due. Goes on where a worker died. Undefined: somebody else has taken the run over.
 */
export async function fillQueue(deps: FillQueueDeps, from: Run): Promise<Run | undefined> {
  let run: Run | undefined = from;
  if (run.scope !== 'chosen') {
    if (run.position === '') await queuePostponed(deps.db, run.id);
    const isPastKnown = await hasLadderBefore(deps.db, run);
    for (;;) {
      const rows = await nextUnconnected(deps, run);
      const last = rows.at(-1)?.Id;
      if (last === undefined) break;
      const wanted = run.scope === 'ladder' ? await dueOn(deps, rows, isPastKnown) : rows.map(({ Id }) => Id);
      await queue(deps.db, run.id, wanted);
      run = await advanceRun(deps, run.id, run.position, { ...nothing, position: FILL + last });
      if (!run) return undefined;
    }
  }
  const { count } = await deps.db
    .selectFrom('reminder_queue')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('run_id', '=', run.id)
    .executeTakeFirstOrThrow();
  await setTotal(deps, run.id, Number(count));
  return advanceRun(deps, run.id, run.position, { ...nothing, position: positionOf({ place: START, trainerId: '' }) });
}

const nothing = { succeeded: 0, failed: 0, skipped: 0, errors: [] };

interface Queued {
  place: number;
  trainerId: string;
}

export function positionOf({ place, trainerId }: Queued): string {
  return `send:${place}:${trainerId}`;
}

/** The next trainers of a run, behind where it stands. */
export async function nextOfQueue(db: Database, run: Run, limit: number): Promise<Queued[]> {
  const [, place = '0', trainerId = ''] = run.position.split(':');
  const rows = await db
    .selectFrom('reminder_queue')
    .select(['place', 'trainer_id'])
    .where('run_id', '=', run.id)
    .where((eb) =>
      eb.or([
        eb('place', '>', Number(place)),
        eb.and([eb('place', '=', Number(place)), eb('trainer_id', '>', trainerId)]),
      ]),
    )
    .orderBy('place')
    .orderBy('trainer_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ place: row.place, trainerId: row.trainer_id }));
}

export async function queue(
  db: Pick<Database, 'insertInto'>,
  runId: string,
  trainerIds: readonly string[],
): Promise<void> {
  if (trainerIds.length === 0) return;
  await db
    .insertInto('reminder_queue')
    .values(trainerIds.map((trainerId) => ({ run_id: runId, place: AFTER_THE_POSTPONED, trainer_id: trainerId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function queuePostponed(db: Database, runId: string): Promise<void> {
  await db
    .insertInto('reminder_queue')
    .columns(['run_id', 'place', 'trainer_id'])
    .expression((eb) =>
      eb
        .selectFrom('reminder')
        .select((row) => [
          row.cast(row.val(runId), 'uuid').as('run_id'),
          sql<number>`floor(extract(epoch from postponed_at) / 86400)::integer`.as('place'),
          'trainer_id',
        ])
        .where('postponed_at', 'is not', null),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether an earlier day's run has looked at everybody: whom it did not know has lost the connection since. */
async function hasLadderBefore(db: Database, run: Run): Promise<boolean> {
  const earlier = await db
    .selectFrom('run')
    .select('id')
    .where('scope', '=', 'ladder')
    .where('finished_at', '<=', run.createdAt)
    .executeTakeFirst();
  return earlier !== undefined;
}

interface UnconnectedRow extends Row {
  Id: string;
  Email__c: string | null;
  Last_Reminder_At__c: string | null;
  Reminder_Count__c: number | null;
  Lark_Connected_At__c: string | null;
}

/** Whose account waits for an administrator can do nothing with a link. */
async function nextUnconnected(deps: FillQueueDeps, run: Run): Promise<UnconnectedRow[]> {
  const after = run.position.slice(FILL.length);
  return deps.records.query<UnconnectedRow>(
    soql`SELECT Id, Email__c, Last_Reminder_At__c, Reminder_Count__c, Lark_Connected_At__c FROM Onboarding_Trainer__c
      WHERE Active__c = true AND (Lark_Connection_Status__c = null
      OR Lark_Connection_Status__c IN ('Not Connected', 'Needs Reconnect'))${after === '' ? soql`` : soql` AND Id > ${after}`}
      ORDER BY Id LIMIT ${PAGE}`,
  );
}

async function dueOn(deps: FillQueueDeps, rows: readonly UnconnectedRow[], isPastKnown: boolean): Promise<string[]> {
  const now = deps.now();
  const withEmail = rows.filter(({ Email__c }) => Email__c);
  const ids = withEmail.map(({ Id }) => Id);
  const [known, connected] = await Promise.all([remembered(deps.db, ids), connectedAmong(deps.db, ids)]);
  const due: string[] = [];
  const begun: { trainer_id: string; unconnected_since: Date; reminded_before: number }[] = [];
  for (const row of withEmail) {
    if (connected.has(row.Id)) continue;
    const connectedAt = dateOf(row.Lark_Connected_At__c);
    const before = known.get(row.Id);
    const { reminders, lastReminderAt } = counted(row, before);
    const since = before?.unconnected_since;
    if (!before || !since || (connectedAt && connectedAt > since)) {
      const isKnown = isPastKnown || before !== undefined;
      const remindedBy = remindedBefore({ reminders, lastReminderAt, connectedAt, isPastKnown: isKnown });
      begun.push({ trainer_id: row.Id, unconnected_since: now, reminded_before: remindedBy });
      continue;
    }
    const climb = { unconnectedSince: since, reminders: reminders - before.reminded_before, lastReminderAt };
    if (isRungDue(climb, now)) due.push(row.Id);
  }
  if (begun.length > 0) {
    await deps.db
      .insertInto('reminder')
      .values(begun)
      .onConflict((conflict) =>
        conflict.column('trainer_id').doUpdateSet((eb) => ({
          unconnected_since: eb.ref('excluded.unconnected_since'),
          reminded_before: eb.ref('excluded.reminded_before'),
        })),
      )
      .execute();
  }
  return due;
}

/** Those of these trainers whose connection lives, though Salesforce may not have it yet. */
export async function connectedAmong(db: Database, trainerIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (trainerIds.length === 0) return new Set();
  const heads = await db
    .selectFrom('token_head')
    .select('connection_id')
    .where('state', '=', 'connected')
    .where(
      'connection_id',
      'in',
      trainerIds.map((trainerId) => connectionIdOf('lark', trainerId)),
    )
    .execute();
  return new Set(heads.map(({ connection_id }) => trainerIdOf(connection_id as ConnectionId)));
}

function dateOf(value: string | null): Date | undefined {
  return value === null ? undefined : new Date(value);
}
