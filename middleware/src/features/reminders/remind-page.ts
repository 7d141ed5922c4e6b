import { connectionIdOf, type ProviderId } from '../../core/connection.ts';
import { AppError } from '../../core/errors.ts';
import type { Letter, WriteLetter } from '../../core/mail-templates.ts';
import type { Step } from '../../core/runtime.ts';
import type { FindTrainers } from '../../core/trainer.ts';
import { isUnknownOutcome, SalesforceError, soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Run, RunResult } from '../../storage/runs.ts';
import { connectedAmong } from './fill-queue.ts';
import { counted, intend, noLongerPostponed, postpone, remembered, settle, takeBack } from './journal.ts';
import type { JournalDeps, Remembered } from './journal.ts';
import { isRemindedToday } from './ladder.ts';
import { builtInLetter, templateFor } from './letters.ts';
import type { MailBudget } from './mail-budget.ts';

export interface RemindPageDeps extends JournalDeps {
  records: Pick<SalesforceRecords, 'query' | 'update' | 'sendMail'>;
  /** Reads them all at once, so that each link need not. */
  findTrainers: FindTrainers;
  createInvite: (provider: ProviderId, trainerId: string) => Promise<{ url: string; expiresAt: Date }>;
  writeLetter: WriteLetter;
  publicUrl: string;
  step: Step;
  isStopping: () => boolean;
}

export interface PageDone {
  results: RunResult[];
  /** Why the page is not done: the trainers without a result come next time. */
  trouble: SalesforceError | 'stopping' | undefined;
}

const AT_ONCE = 4;
const PROVIDER = 'lark';
const PROVIDER_NAME = 'Lark';

/**
 * Mails those of these trainers who have no connection and were not reminded today, each at most once whatever happens:
 * what Salesforce did not answer counts as sent. Throws `SalesforceError` when it cannot be asked about them.
 * @param beat called between mails; false: another process has the run now
 */
export async function remindPage(
  deps: RemindPageDeps,
  run: Run,
  trainerIds: readonly string[],
  budget: MailBudget,
  beat: () => Promise<boolean>,
): Promise<PageDone> {
  const trainers = await readTrainers(deps, trainerIds);
  await deps.findTrainers([...trainers.keys()]);
  const known = await remembered(deps.db, trainerIds);
  const results: RunResult[] = [];
  const noMail: string[] = [];
  let trouble: PageDone['trouble'];
  const waiting = trainerIds.values();
  const work = async () => {
    for (const trainerId of waiting) {
      if (trouble === undefined && (deps.isStopping() || !(await beat()))) trouble = 'stopping';
      if (trouble !== undefined) return;
      const trainer = trainers.get(trainerId);
      const before = known.get(trainerId);
      // Some minutes may have passed since the page was read.
      const connected = await connectedAmong(deps.db, [trainerId]);
      const isConnected = connected.has(trainerId);
      const done = await remindOne(deps, { run, trainerId, trainer, before, isConnected, budget });
      if (done instanceof SalesforceError) {
        trouble = done;
        return;
      }
      if (done.unanswered) trouble = done.unanswered;
      if (done.result.outcome !== 'succeeded' && done.result.code !== MAIL_LIMIT && before?.postponed_at) {
        noMail.push(trainerId);
      }
      results.push({ trainerId, connectionId: connectionIdOf(PROVIDER, trainerId), ...done.result });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await noLongerPostponed(deps.db, noMail);
  return { results, trouble };
}

export const MAIL_LIMIT = 'mail_limit';

type Became = Pick<RunResult, 'outcome' | 'code' | 'message'>;

interface Reminder {
  run: Run;
  trainerId: string;
  /** Absent: deleted since. */
  trainer: TrainerRow | undefined;
  before: Remembered | undefined;
  isConnected: boolean;
  budget: MailBudget;
}

/** @returns what became of it; an error when nothing did, and nothing can at the moment */
async function remindOne(
  deps: RemindPageDeps,
  reminder: Reminder,
): Promise<{ result: Became; unanswered?: SalesforceError } | SalesforceError> {
  const { run, trainer, trainerId, before, budget } = reminder;
  // By a worker of this run that died before it was counted.
  if (before?.mailed_by === run.id) return { result: before.is_settled ? reminded : unknownOutcome };
  const now = deps.now();
  const refusal = whyNot(reminder, now);
  if (refusal || !trainer) return { result: refusal ?? gone };
  if (!budget.take()) {
    await postpone(deps, trainerId);
    return { result: postponed };
  }
  const countThen = counted(trainer, before).reminders + 1;
  if (!(await intend(deps, { trainerId, runId: run.id, countThen, before }))) {
    budget.giveBack();
    return { result: alreadyToday };
  }
  await deps.step('reminders.intended');
  try {
    const letter = await letterTo(deps, trainer);
    await deps.records.sendMail({ to: [trainer.Email__c ?? ''], ...letter });
  } catch (error) {
    if (isUnknownOutcome(error)) {
      return { result: unknownOutcome, unanswered: error };
    }
    await takeBack(deps.db, trainerId, before);
    budget.giveBack();
    return afterRefusal(deps, reminder, error);
  }
  await deps.step('reminders.mailed');
  await settle(deps.db, trainerId);
  return { result: reminded };
}

/** Nothing was sent. */
async function afterRefusal(
  deps: RemindPageDeps,
  { trainerId, budget }: Reminder,
  error: unknown,
): Promise<{ result: Became } | SalesforceError> {
  if (error instanceof AppError && !error.retryable) {
    return { result: { outcome: 'skipped', code: error.code, message: error.message } };
  }
  if (!(error instanceof SalesforceError)) throw error;
  if (error.code === 'SINGLE_EMAIL_LIMIT_EXCEEDED') {
    budget.isSpent();
    await postpone(deps, trainerId);
    return { result: postponed };
  }
  if (error.retryable) return error;
  return { result: { outcome: 'failed', code: error.code ?? 'salesforce_refused', message: error.message } };
}

const skip = (code: string, message: string): Became => ({ outcome: 'skipped', code, message });
const reminded: Became = { outcome: 'succeeded', code: 'reminded', message: 'A mail with a link was sent.' };
const unknownOutcome: Became = {
  outcome: 'succeeded',
  code: 'outcome_unknown',
  message: 'Salesforce did not say whether the mail was sent. It counts as sent, so that nobody gets two.',
};
const gone = skip('trainer_not_found', 'There is no such trainer (any more).');
const alreadyToday = skip('reminded_today', 'Was reminded today already.');
const postponed = skip(
  MAIL_LIMIT,
  "The org's daily limit of mails leaves no more for reminders today. Tomorrow this trainer comes first.",
);

function whyNot({ trainer, before, isConnected }: Reminder, now: Date): Became | undefined {
  if (!trainer) return gone;
  const { Name: name, Lark_Connection_Status__c: status } = trainer;
  if (trainer.Active__c !== true) return skip('trainer_inactive', `${name} is not an active trainer.`);
  if (isConnected || status === 'Connected') return skip('connected', `${name} is connected.`);
  if (status === 'On Hold') {
    return skip('on_hold', 'An account waits for an administrator to allow it; a link would not help.');
  }
  if (!trainer.Email__c) return { outcome: 'failed', code: 'email_missing', message: `${name} has no e-mail address.` };
  return isRemindedToday(counted(trainer, before).lastReminderAt, now) ? alreadyToday : undefined;
}

async function letterTo(deps: RemindPageDeps, trainer: TrainerRow): Promise<Letter> {
  const invite = await deps.createInvite(PROVIDER, trainer.Id);
  const status = trainer.Lark_Connection_Status__c ?? 'Not Connected';
  const reason = trainer.Lark_Connection_Error__c ?? 'the sign-in has expired or was withdrawn.';
  const name = trainer.Name;
  return deps.writeLetter(
    templateFor(status),
    { trainerName: name, provider: PROVIDER_NAME, link: invite.url, reason },
    builtInLetter({
      name,
      status,
      provider: PROVIDER_NAME,
      reason,
      invite,
      askUrl: `${deps.publicUrl}/trainers/authorize`,
    }),
  );
}

interface TrainerRow extends Row {
  Id: string;
  Name: string;
  Email__c: string | null;
  Active__c: boolean;
  Last_Reminder_At__c: string | null;
  Reminder_Count__c: number | null;
  Lark_Connection_Status__c: string | null;
  Lark_Connection_Error__c: string | null;
}

async function readTrainers(
  deps: RemindPageDeps,
  trainerIds: readonly string[],
): Promise<ReadonlyMap<string, TrainerRow>> {
  const rows = await deps.records.query<TrainerRow>(
    soql`SELECT Id, Name, Email__c, Active__c, Last_Reminder_At__c, Reminder_Count__c, Lark_Connection_Status__c,
      Lark_Connection_Error__c FROM Onboarding_Trainer__c WHERE Id IN ${trainerIds}`,
  );
  return new Map(rows.map((row) => [row.Id, row]));
}
