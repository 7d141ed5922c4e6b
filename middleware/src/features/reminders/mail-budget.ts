import type { Now } from '../../core/runtime.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';

export interface MailBudgetDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'mailAllowance'>;
  now: Now;
}

export interface MailBudget {
  /** One mail fewer; false: none is left for reminders today. */
  take(): boolean;
  giveBack(): void;
  /** Salesforce has refused one for want of mails: whatever was counted, none is left. */
  isSpent(): void;
}

/** The part of a day's mails that reminders leave to forecasts, invitations, merchants and alerts. */
const RESERVE = 0.2;
/** A day's mails of an org that does not tell: those above its limit it may take and not send. */
const ASSUMED_MAX = 1_000;

/** What the org's limit leaves for reminders now. Throws `SalesforceError`. */
export async function mailBudget(deps: MailBudgetDeps): Promise<MailBudget> {
  const allowance = await deps.records.mailAllowance();
  const { max, remaining } = allowance ?? { max: ASSUMED_MAX, remaining: ASSUMED_MAX - (await mailedToday(deps)) };
  let left = remaining - Math.ceil(max * RESERVE);
  return {
    take: () => {
      if (left < 1) return false;
      left--;
      return true;
    },
    giveBack: () => {
      left++;
    },
    isSpent: () => {
      left = 0;
    },
  };
}

async function mailedToday({ db, now }: MailBudgetDeps): Promise<number> {
  const midnight = new Date(now());
  midnight.setUTCHours(0, 0, 0, 0);
  const { mails } = await db
    .selectFrom('reminder')
    .select((eb) => eb.fn.countAll<string>().as('mails'))
    .where('mailed_at', '>=', midnight)
    .executeTakeFirstOrThrow();
  return Number(mails);
}
