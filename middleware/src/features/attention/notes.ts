import type { Log, Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

export interface NotesDeps {
  db: Database;
  now: Now;
  log: Log;
}

/** Makes the function that keeps what an administrator should know, but not at once, for the next daily digest. */
export function createNote(deps: NotesDeps): (message: string) => void {
  return (message) => {
    const at = deps.now();
    deps.log.warn({ note: message }, 'the next daily digest tells this');
    deps.db
      .insertInto('attention_note')
      .values({ message, times: 1, first_at: at, last_at: at })
      .onConflict((conflict) =>
        conflict.column('message').doUpdateSet((eb) => ({ times: eb('attention_note.times', '+', 1), last_at: at })),
      )
      .execute()
      .catch((error: unknown) => deps.log.error({ err: error }, 'a note for the digest could not be kept'));
  };
}
