import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

/** Trainers with a training that begins before `before` and is not over yet. */
export async function trainersNeedingTokens(deps: { db: Database; now: Now }, before: Date): Promise<Set<string>> {
  const rows = await deps.db
    .selectFrom('slot_hold')
    .select('trainer_id')
    .distinct()
    .where('state', '=', 'booked')
    .where('starts_at', '<=', before)
    .where('ends_at', '>', deps.now())
    .execute();
  return new Set(rows.map(({ trainer_id }) => trainer_id));
}
