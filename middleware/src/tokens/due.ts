import { sql, type RawBuilder } from 'kysely';
import type { HeadState } from '../storage/database.ts';

/** What decides whether a connection is refreshed although nobody asks for its token. */
export interface DueFacts {
  state: HeadState;
  refreshed_at: Date | null;
  access_expires_at: Date | null;
  refresh_expires_at: Date | null;
  consent_expires_at: Date | null;
  attempted_at: Date | null;
  attempt_failure: string | null;
}

const HOUR_MS = 3_600_000;
/** Whoever uses no token at all costs one exchange a day. */
const IDLE_MS = 24 * HOUR_MS;
/** An end that is nearer is about to come. */
const NEAR_MS = 24 * HOUR_MS;
/** A window that stays near after each exchange is short by nature: three exchanges a day keep it. */
const WINDOW_REST_MS = 8 * HOUR_MS;
/** A refresh does not move the end of a consent; the last ones before it carry the connection to the end. */
const CONSENT_REST_MS = 12 * HOUR_MS;
/** Until the next hourly run has certainly come by, its delay included. */
const NEXT_RUN_MS = 65 * 60_000;
/** Trainings that begin sooner want a token that is ready. */
const BOOKING_AHEAD_MS = 2 * HOUR_MS;
/** Those that fail for good would otherwise stand at the head of every hourly sweep and end it for all the others. */
const FAILED_REST_MS = 3 * HOUR_MS;
/** A window that ends sooner would be over when the rest is. */
const LAST_TRIES_MS = FAILED_REST_MS + NEXT_RUN_MS;

/** Trainings that begin before this need their trainer's token. */
export function bookingsNeedTokensBefore(now: Date): Date {
  return after(now, BOOKING_AHEAD_MS);
}

/** @param bookedSoon whether a training of this trainer begins within two hours or goes on now */
export function isDue(head: DueFacts, now: Date, bookedSoon: boolean): boolean {
  if (head.state !== 'connected') return false;
  const rested = (milliseconds: number) => isBy(head.refreshed_at, after(now, -milliseconds));
  const endsWithin = (end: Date | null, milliseconds: number) => isBy(end, after(now, milliseconds));
  if (endsWithin(head.access_expires_at, NEXT_RUN_MS) && bookedSoon) return true;
  const failedLately = head.attempt_failure !== null && !isBy(head.attempted_at, after(now, -FAILED_REST_MS));
  const isNowOrNever = endsWithin(head.refresh_expires_at, LAST_TRIES_MS) && !isBy(head.refresh_expires_at, now);
  if (failedLately && !isNowOrNever) return false;
  return (
    head.refreshed_at === null ||
    rested(IDLE_MS) ||
    (endsWithin(head.refresh_expires_at, NEAR_MS) && rested(WINDOW_REST_MS)) ||
    (endsWithin(head.consent_expires_at, NEAR_MS) && rested(CONSENT_REST_MS))
  );
}

/** The same as a condition on rows of `token_head`, so that only these are read. */
export function dueCondition(now: Date, bookedSoon: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`(state = 'connected' and (
    (access_expires_at <= ${after(now, NEXT_RUN_MS)} and connection_id = any(${[...bookedSoon]}::text[]))
    or (
      (
        attempt_failure is null or attempted_at <= ${after(now, -FAILED_REST_MS)}
        or (refresh_expires_at > ${now} and refresh_expires_at <= ${after(now, LAST_TRIES_MS)})
      )
      and (
        refreshed_at is null
        or refreshed_at <= ${after(now, -IDLE_MS)}
        or (refresh_expires_at <= ${after(now, NEAR_MS)} and refreshed_at <= ${after(now, -WINDOW_REST_MS)})
        or (consent_expires_at <= ${after(now, NEAR_MS)} and refreshed_at <= ${after(now, -CONSENT_REST_MS)})
      )
    )
  ))`;
}

function isBy(instant: Date | null, limit: Date): boolean {
  return instant !== null && instant <= limit;
}

function after(instant: Date, milliseconds: number): Date {
  return new Date(instant.getTime() + milliseconds);
}
