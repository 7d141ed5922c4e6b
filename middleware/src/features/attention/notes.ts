import type { Log, Now } from '../../core/runtime.ts';
import type { Transaction } from '../../storage/database.ts';

export interface NotesDeps {
  now: Now;
  log: Log;
}

/**
 * Keeps what an administrator should know, but not at once, for the next daily digest, exactly if the transaction commits.
 * @param message at most 2,000 bytes: it is kept by its text
 */
export async function keepNote({ now, log }: NotesDeps, message: string, trx: Transaction): Promise<void> {
  const at = now();
  log.warn({ note: message }, 'the next daily digest tells this');
  await trx
    .insertInto('attention_note')
    .values({ message, times: 1, first_at: at, last_at: at })
    .onConflict((conflict) =>
      conflict.column('message').doUpdateSet((eb) => ({ times: eb('attention_note.times', '+', 1), last_at: at })),
    )
    .execute();
}
