import type { Selectable } from 'kysely';
import type { Log, Now } from '../../core/runtime.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import type { Database, ReminderTable } from '../../storage/database.ts';

export type Remembered = Selectable<ReminderTable>;

export interface JournalDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'update'>;
  now: Now;
  log: Log;
}

export async function remembered(
  db: Database,
  trainerIds: readonly string[],
): Promise<ReadonlyMap<string, Remembered>> {
  if (trainerIds.length === 0) return new Map();
  const rows = await db.selectFrom('reminder').selectAll().where('trainer_id', 'in', trainerIds).execute();
  return new Map(rows.map((row) => [row.trainer_id, row]));
}

/** Reminders by the trainer's record, or by this database where the record has not taken note of the last one. */
export function counted(
  record: { Reminder_Count__c: number | null; Last_Reminder_At__c: string | null },
  before: Remembered | undefined,
): { reminders: number; lastReminderAt: Date | undefined } {
  const recordedAt = record.Last_Reminder_At__c === null ? undefined : new Date(record.Last_Reminder_At__c);
  const mailedAt = before?.mailed_at ?? undefined;
  // Salesforce keeps whole seconds.
  const isNewer =
    mailedAt !== undefined && (recordedAt === undefined || mailedAt.getTime() - recordedAt.getTime() >= 1_000);
  return {
    reminders: Math.max(record.Reminder_Count__c ?? 0, isNewer ? (before?.count_then ?? 0) : 0),
    lastReminderAt: isNewer ? mailedAt : recordedAt,
  };
}

/**
 * Writes down that a mail is about to be sent: from now on it counts as sent. False: somebody else has done so since
 * `before` was read.
 */
export async function intend(
  { db, now }: Pick<JournalDeps, 'db' | 'now'>,
  mail: { trainerId: string; runId: string; countThen: number; before: Remembered | undefined },
): Promise<boolean> {
  const change = {
    mailed_at: now(),
    mailed_by: mail.runId,
    is_settled: false,
    count_then: mail.countThen,
    is_recorded: false,
    postponed_at: null,
  };
  const won = await db
    .insertInto('reminder')
    .values({ trainer_id: mail.trainerId, ...change })
    .onConflict((conflict) =>
      conflict
        .column('trainer_id')
        .doUpdateSet(change)
        .where('reminder.mailed_at', 'is not distinct from', mail.before?.mailed_at ?? null),
    )
    .returning('trainer_id')
    .executeTakeFirst();
  return won !== undefined;
}

/** Salesforce has taken the mail. */
export async function settle(db: Database, trainerId: string): Promise<void> {
  await db.updateTable('reminder').set({ is_settled: true }).where('trainer_id', '=', trainerId).execute();
}

/** Nothing was sent: everything is as it was. */
export async function takeBack(db: Database, trainerId: string, before: Remembered | undefined): Promise<void> {
  await db
    .updateTable('reminder')
    .set({
      mailed_at: before?.mailed_at ?? null,
      mailed_by: before?.mailed_by ?? null,
      is_settled: before?.is_settled ?? true,
      count_then: before?.count_then ?? null,
      is_recorded: before?.is_recorded ?? true,
      postponed_at: before?.postponed_at ?? null,
    })
    .where('trainer_id', '=', trainerId)
    .execute();
}

/** They are reminded on another day, before the others; whoever waits already keeps their place. */
export async function postpone({ db, now }: Pick<JournalDeps, 'db' | 'now'>, trainerId: string): Promise<void> {
  await db
    .insertInto('reminder')
    .values({ trainer_id: trainerId, postponed_at: now() })
    .onConflict((conflict) =>
      conflict.column('trainer_id').doUpdateSet({ postponed_at: now() }).where('reminder.postponed_at', 'is', null),
    )
    .execute();
}

export async function noLongerPostponed(db: Database, trainerIds: readonly string[]): Promise<void> {
  if (trainerIds.length === 0) return;
  await db.updateTable('reminder').set({ postponed_at: null }).where('trainer_id', 'in', trainerIds).execute();
}

/** A new ladder begins when they lose the connection again. */
export async function forgetLadder(db: Database, trainerId: string): Promise<void> {
  await db
    .updateTable('reminder')
    .set({ unconnected_since: null, postponed_at: null })
    .where('trainer_id', '=', trainerId)
    .execute();
}

const AT_ONCE = 200;
const LOCKED = 'UNABLE_TO_LOCK_ROW';
/** Another run may be about to hear what became of a mail that is younger. */
const SETTLED_AFTER_MS = 10 * 60_000;

/**
 * Writes onto the trainers' records what was mailed by this run, or by one that died, and is not there yet. Every row is a
 * fixed value, so that writing it twice changes nothing. Throws `SalesforceError`.
 */
export async function recordReminders(deps: JournalDeps, runId: string): Promise<void> {
  const { db, now, log } = deps;
  for (let after = ''; ;) {
    const rows = await db
      .selectFrom('reminder')
      .select(['trainer_id', 'mailed_at', 'count_then'])
      .where('is_recorded', '=', false)
      .where('trainer_id', '>', after)
      .where((eb) =>
        eb.or([eb('mailed_by', '=', runId), eb('mailed_at', '<', new Date(now().getTime() - SETTLED_AFTER_MS))]),
      )
      .orderBy('trainer_id')
      .limit(AT_ONCE)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    after = last.trainer_id;
    const results = await deps.records.update(
      'Onboarding_Trainer__c',
      rows.map((row) => ({
        Id: row.trainer_id,
        Last_Reminder_At__c: row.mailed_at?.toISOString() ?? null,
        Reminder_Count__c: row.count_then,
      })),
    );
    for (const [index, row] of rows.entries()) {
      const { success, errors = [] } = results[index] ?? {};
      if (success !== true) {
        log.error({ trainerId: row.trainer_id, errors }, 'a reminder could not be noted');
        // Any other record that refuses will refuse tomorrow; this database knows of the mail all the same.
        if (errors.some(({ code }) => code === LOCKED)) continue;
      }
      await db
        .updateTable('reminder')
        .set({ is_recorded: true })
        .where('trainer_id', '=', row.trainer_id)
        .where('mailed_at', '=', row.mailed_at)
        .execute();
    }
  }
}
