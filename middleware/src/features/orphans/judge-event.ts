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
  /** The booking's trainer is another record of the same person: one account at the provider, one calendar. */
  isOfSameAccount: boolean;
  /** Of this booking. */
  effects: readonly KnownEffect[];
  /** Ids of all events with a mark that this calendar shows. */
  shown: ReadonlySet<string>;
}

/** What is younger may be the work of somebody who is not done. */
const SETTLED_AFTER_MS = 3_600_000;
const OF_ANOTHER = 'its booking belongs to another trainer';
const leave: EventVerdict = { do: 'leave' };

/** Should this event exist? In doubt it stays. */
export function judgeEvent(given: EventInQuestion, now: Date): EventVerdict {
  const { event, booking } = given;
  if (!event.mark || event.organizerId === undefined || event.organizerId !== given.subjectId) return leave;
  if (!event.createdAt || now.getTime() - event.createdAt.getTime() < SETTLED_AFTER_MS) return leave;
  if (isKnownElsewhere(given)) return leave;
  const known = effectOf(given);
  if (!booking) {
    return known ? leave : { do: 'report', why: 'it names a booking that Salesforce does not know (any more)' };
  }
  const why = surplusReason(given, booking, known, now);
  if (why === undefined) return leave;
  if (!given.mayRemove) return { do: 'report', why: `${why}, and the trainer's settings leave the calendar to them` };
  if (known) return { do: 'remove', why };
  if (!isAsWritten(event)) return { do: 'report', why: `${why}, and a person has moved it` };
  // Another trainer's event may be where it should be: what we never noted for this one is not ours to take away.
  return { do: why === OF_ANOTHER ? 'report' : 'remove', why };
}

function surplusReason(
  given: EventInQuestion,
  booking: KnownBooking,
  known: KnownEffect | undefined,
  now: Date,
): string | undefined {
  const { trainerId, effects, event, shown } = given;
  if (booking.isDeleted) return 'its booking was deleted';
  if (booking.status === 'Cancelled') return 'its booking was cancelled';
  if (booking.status === 'Completed' || booking.end <= now) return undefined;
  // One calendar of two records is looked through for each: the other one knows what should be there.
  if (booking.trainerId !== trainerId) return given.isOfSameAccount && !known ? undefined : OF_ANOTHER;
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

/** It exists for another connection, whose calendar this is as well. */
function isKnownElsewhere({ effects, event, trainerId }: EventInQuestion): boolean {
  return effects.some(
    ({ kind, externalId, connectionId, state }) =>
      kind === 'event' &&
      externalId === event.eventId &&
      connectionId !== connectionOf(trainerId) &&
      state !== 'removed' &&
      state !== 'abandoned',
  );
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
