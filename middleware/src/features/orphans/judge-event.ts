import { connectionIdOf } from '../../core/connection.ts';
import type { SeenEvent } from '../../providers/ports/event-reader.ts';
import type { KnownBooking, KnownEffect } from './known-booking.ts';

export type EventVerdict =
  | { do: 'leave' }
  /** It is ours and should not exist. */
  | { do: 'remove'; why: string }
  /** It should not exist, but whether it is ours alone is not certain: a person decides. */
  | { do: 'report'; why: string };

export interface EventInQuestion {
  event: SeenEvent;
  /** Whose calendar it is in. */
  trainerId: string;
  /** The provider's id of that trainer. */
  subjectId: string | undefined;
  /** Whether the trainer's settings let us change and remove what is in their calendar. */
  mayRemove: boolean;
  /** undefined: Salesforce has no such booking, nor has its recycle bin. */
  booking: KnownBooking | undefined;
  /** Of this booking. */
  effects: readonly KnownEffect[];
  /** Ids of all events with a mark that this calendar shows. */
  shown: ReadonlySet<string>;
}

/** What is younger may be the work of somebody who is not done. */
const SETTLED_AFTER_MS = 3_600_000;
const leave: EventVerdict = { do: 'leave' };

/** Should this event exist? In doubt it stays. */
export function judgeEvent(given: EventInQuestion, now: Date): EventVerdict {
  const { event, booking } = given;
  if (!event.mark || event.organizerId === undefined || event.organizerId !== given.subjectId) return leave;
  if (!event.createdAt || now.getTime() - event.createdAt.getTime() < SETTLED_AFTER_MS) return leave;
  const known = effectOf(given);
  if (!booking) {
    return known ? leave : { do: 'report', why: 'it names a booking that Salesforce does not know (any more)' };
  }
  const why = surplusReason(given, booking, known, now);
  if (why === undefined) return leave;
  if (!given.mayRemove) return { do: 'report', why: `${why}, and the trainer's settings leave the calendar to them` };
  return known || isAsWritten(event)
    ? { do: 'remove', why }
    : { do: 'report', why: `${why}, and a person has moved it` };
}

function surplusReason(
  { trainerId, effects, event, shown }: EventInQuestion,
  booking: KnownBooking,
  known: KnownEffect | undefined,
  now: Date,
): string | undefined {
  if (booking.isDeleted) return 'its booking was deleted';
  if (booking.status === 'Cancelled') return 'its booking was cancelled';
  if (booking.status === 'Completed' || booking.end <= now) return undefined;
  if (booking.trainerId !== trainerId) return 'its booking belongs to another trainer';
  // Whatever is not in step is the business of a pass.
  if (!booking.isInStep) return undefined;
  if (booking.status === 'Requested') return 'its booking is only requested';
  if (known && known.state !== 'removed' && known.state !== 'abandoned') return undefined;
  const current = effects.find(
    (effect) => effect.kind === 'event' && effect.state === 'done' && effect.connectionId === connectionOf(trainerId),
  );
  // Only beside the event that should be there, and is there.
  const expected = current?.externalId;
  const isSecond = expected !== undefined && expected !== event.eventId && shown.has(expected);
  return isSecond ? 'it is a second event for the same booking' : undefined;
}

/** The ledger knows it: it was made by us, whatever a person has changed since. */
function effectOf({ effects, event, trainerId }: EventInQuestion): KnownEffect | undefined {
  return effects.find(
    ({ kind, externalId, connectionId }) =>
      kind === 'event' && externalId === event.eventId && connectionId === connectionOf(trainerId),
  );
}

/** It still takes place when its mark says: a person who copies an event for something else moves the copy. */
function isAsWritten({ mark, start, end }: SeenEvent): boolean {
  return mark?.start.getTime() === start.getTime() && mark.end.getTime() === end.getTime();
}

function connectionOf(trainerId: string) {
  return connectionIdOf('lark', trainerId);
}
