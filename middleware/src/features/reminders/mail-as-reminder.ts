import { randomUUID } from 'node:crypto';
import type { Trainer } from '../../core/trainer.ts';
import { isUnknownOutcome } from '../../salesforce/records.ts';
import { counted, intend, recordReminders, remembered, settle, takeBack, type JournalDeps } from './journal.ts';

export interface MailThatReminds {
  isDue: (lastReminderAt: Date | undefined) => boolean;
  send: () => Promise<void>;
}

/**
 * Sends another feature's mail that asks for the same as a reminder, and counts it as one: a trainer gets either. What
 * Salesforce did not answer counts as sent. Throws what `send` throws when nothing was sent.
 */
export function createMailAsReminder(deps: JournalDeps) {
  return async (trainer: Trainer, { isDue, send }: MailThatReminds): Promise<void> => {
    const before = (await remembered(deps.db, [trainer.id])).get(trainer.id);
    const { reminders, lastReminderAt } = counted(
      {
        Reminder_Count__c: trainer.reminderCount,
        Last_Reminder_At__c: trainer.lastReminderAt?.toISOString() ?? null,
      },
      before,
    );
    if (!isDue(lastReminderAt)) return;
    const mailId = randomUUID();
    if (!(await intend(deps, { trainerId: trainer.id, runId: mailId, countThen: reminders + 1, before }))) {
      throw new Error('A reminder to this trainer is under way: whether this mail is needed shows when it is done.');
    }
    try {
      await send();
      await settle(deps.db, trainer.id);
    } catch (error) {
      if (!isUnknownOutcome(error)) {
        await takeBack(deps.db, trainer.id, before);
        throw error;
      }
      deps.log.warn({ err: error, trainerId: trainer.id }, 'nobody knows whether a mail was sent; it counts as sent');
    }
    await recordReminders(deps, mailId).catch((error: unknown) => {
      // The next run of reminders writes it.
      deps.log.warn({ err: error, trainerId: trainer.id }, 'a reminder could not be noted on the trainer yet');
    });
  };
}
