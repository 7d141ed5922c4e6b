import { providerOf, trainerIdOf, type ConnectionId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import type { Queue } from '../../queue/queue.ts';
import type { Database } from '../../storage/database.ts';
import { announceEndJob } from './announce-end.ts';
import { toldStages } from './announcements.ts';
import { accessColumns, endToAnnounce, providersInOutage } from './ends.ts';
import { RENEWALS_GIVEN_UP_AFTER_MS } from './end-of-access.ts';
import { dueStage, FIRST_STAGE_MS } from './stages.ts';

export interface AnnounceEndsDeps {
  db: Database;
  now: Now;
  queue: Queue;
}

const PAGE = 200;

/**
 * Enqueues a mail for every trainer whose access ends soon and who has not been told so at this stage. Repeatable, at any
 * time: what was told is in the database. @returns how many
 */
export async function announceEnds(deps: AnnounceEndsDeps, pageSize = PAGE): Promise<number> {
  const now = deps.now();
  const inOutage = await providersInOutage(deps.db);
  const waiting = await deps.queue.waitingKeys(announceEndJob);
  let enqueued = 0;
  for (let after = ''; ;) {
    const heads = await headsThatEndSoon(deps.db, now, after, pageSize);
    const last = heads.at(-1);
    if (!last) return enqueued;
    after = last.connection_id;
    const told = await toldStages(
      deps.db,
      heads.map(({ connection_id }) => connection_id),
    );
    const due = heads.filter((head) => {
      const end = endToAnnounce(head, inOutage, now);
      return end && dueStage(end.endsAt, told(head.connection_id, end.endsAt), now) !== undefined;
    });
    // One that is being tried again already comes by itself.
    const items = due
      .map(({ connection_id: connectionId }) => ({ data: { connectionId }, key: connectionId }))
      .filter(({ key }) => !waiting.has(key) && isTrainers(key));
    await deps.queue.enqueueMany(announceEndJob, items);
    enqueued += items.length;
  }
}

/** The organisation's own connection belongs to nobody who could be mailed. */
function isTrainers(connectionId: string): boolean {
  const id = connectionId as ConnectionId;
  return !(providerOf(id) === 'calendly' && trainerIdOf(id) === 'organisation');
}

/** The next page of connected heads with an end that could be announced; a selection, `endToAnnounce` decides. */
async function headsThatEndSoon(db: Database, now: Date, after: string, limit: number) {
  const soon = new Date(now.getTime() + FIRST_STAGE_MS);
  return db
    .selectFrom('token_head')
    .select(accessColumns)
    .where('state', '=', 'connected')
    .where('connection_id', '>', after)
    .where((eb) =>
      eb.or([
        eb.and([eb('consent_expires_at', '>', now), eb('consent_expires_at', '<=', soon)]),
        eb.and([
          eb('attempt_failure', 'is not', null),
          eb('refreshed_at', '<=', new Date(now.getTime() - RENEWALS_GIVEN_UP_AFTER_MS)),
          eb('refresh_expires_at', '>', now),
          eb('refresh_expires_at', '<=', soon),
        ]),
      ]),
    )
    .orderBy('connection_id')
    .limit(limit)
    .execute();
}
