import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import type { DesiredEffects } from './desired-effects.ts';
import { newEffect, nextGeneration, type Effect } from './effect.ts';
import { eventHash, reservationHash } from './event-content.ts';

/** One thing to do; `effect` is what it is done to. */
export type Action =
  /** Nothing outside: a reservation without an outcome is never made again. */
  | { do: 'declare-uncertain'; effect: Effect }
  /** Nothing outside: an old failure or doubt does not matter any more. */
  | { do: 'close'; effect: Effect; as: 'removed' | 'abandoned' }
  | { do: 'reserve'; effect: Effect; reservation: { topic: string; endsAt: Date } }
  | { do: 'extend'; effect: Effect; reservation: { topic: string; endsAt: Date } }
  | { do: 'create-event'; effect: Effect; event: CalendarEvent }
  /** A creation without an outcome, sent again by the same key: to have the event, or to know its id and remove it. */
  | { do: 'repeat-event'; effect: Effect; event: CalendarEvent; isWanted: boolean }
  | { do: 'update-event'; effect: Effect; event: CalendarEvent }
  | { do: 'remove-event'; effect: Effect }
  | { do: 'remove-reservation'; effect: Effect };

/**
 * What must be done, in order, so that what exists becomes what should. It is asked again after each action, because the
 * meeting decides what the event shows; so a plan ends where the rest depends on an answer.
 * @param options.withoutReservation the reservation failed in this pass: the event's own meeting is the way
 */
export function planDifference(
  desired: DesiredEffects,
  existing: readonly Effect[],
  options: { withoutReservation?: boolean } = {},
): Action[] {
  if (desired.leaveAlone) return [];
  const plan: Action[] = [];
  const reservations = existing.filter((effect) => effect.kind === 'reservation' && isLive(effect));
  const events = existing.filter((effect) => effect.kind === 'event' && isLive(effect));
  const isOwners = (effect: Effect) => effect.connectionId === desired.connectionId;

  for (const effect of reservations) {
    if (effect.state === 'intended') plan.push({ do: 'declare-uncertain', effect });
  }
  if (plan.length > 0) return plan;

  const event = desired.wantsEvent ? events.findLast(isOwners) : undefined;
  const reservation = desired.meeting.kind === 'make' ? reservations.findLast(isOwners) : undefined;
  const wanted = options.withoutReservation === true ? undefined : wantedReservation(desired, event);

  if (wanted && !reservation) return [reserve(desired, existing, wanted)];
  if (wanted && reservation?.state === 'done' && reservation.contentHash !== reservationHash(wanted)) {
    return [{ do: 'extend', effect: reservation, reservation: wanted }];
  }

  const usesReservation = wanted !== undefined && reservation?.state === 'done';
  if (desired.wantsEvent) {
    const action = eventAction(
      desired,
      existing,
      event,
      desired.event(meetingOf(desired, usesReservation, reservation)),
    );
    if (action) plan.push(action);
  }
  plan.push(
    ...events.filter((other) => isSurplusEvent(desired, other, event)).map((other) => removeEvent(desired, other)),
  );
  plan.push(
    ...reservations
      .filter((other) => other !== reservation || (other.state === 'done' && !usesReservation))
      .map(removeReservation),
  );
  return plan;
}

function isLive(effect: Effect): boolean {
  return effect.state !== 'removed' && effect.state !== 'abandoned';
}

/** A link that people already have is kept: no reservation beside an event whose own meeting is known. */
function wantedReservation(desired: DesiredEffects, event: Effect | undefined) {
  if (desired.meeting.kind !== 'make') return undefined;
  const hasOwnMeeting = event?.state === 'done' && event.meeting === 'own' && event.link !== undefined;
  return hasOwnMeeting ? undefined : desired.meeting.reservation;
}

function meetingOf(
  desired: DesiredEffects,
  usesReservation: boolean,
  reservation: Effect | undefined,
): CalendarEvent['meeting'] {
  if (desired.meeting.kind === 'none') return { kind: 'none' };
  if (desired.meeting.kind === 'manual') return { kind: 'link', url: desired.meeting.url };
  return usesReservation && reservation?.link !== undefined ? { kind: 'link', url: reservation.link } : { kind: 'own' };
}

function reserve(
  desired: DesiredEffects,
  existing: readonly Effect[],
  reservation: { topic: string; endsAt: Date },
): Action {
  const effect = newEffect(
    {
      bookingId: desired.bookingId,
      kind: 'reservation',
      connectionId: desired.connectionId,
      generation: nextGeneration(existing, 'reservation', desired.revision),
    },
    reservationHash(reservation),
  );
  return { do: 'reserve', effect, reservation };
}

function eventAction(
  desired: DesiredEffects,
  existing: readonly Effect[],
  current: Effect | undefined,
  event: CalendarEvent,
): Action | undefined {
  // A calendar makes a meeting only for a new event, so an event that is to get one is made anew.
  const mustBeNew = !current || (current.state === 'done' && event.meeting.kind === 'own' && current.meeting !== 'own');
  if (mustBeNew) {
    const effect = newEffect(
      {
        bookingId: desired.bookingId,
        kind: 'event',
        connectionId: desired.connectionId,
        generation: nextGeneration(existing, 'event', desired.revision),
      },
      eventHash(event),
    );
    return { do: 'create-event', effect: { ...effect, meeting: event.meeting.kind }, event };
  }
  if (current.state === 'failed') {
    const again: Effect = { ...current, state: 'intended', contentHash: eventHash(event), meeting: event.meeting.kind };
    return { do: 'create-event', effect: again, event };
  }
  if (current.state !== 'done') return { do: 'repeat-event', effect: current, event, isWanted: true };
  return current.contentHash === eventHash(event) ? undefined : { do: 'update-event', effect: current, event };
}

/** The event before a new one goes only when the new one is there. */
function isSurplusEvent(desired: DesiredEffects, other: Effect, current: Effect | undefined): boolean {
  if (other === current) return false;
  if (!desired.wantsEvent || other.connectionId !== desired.connectionId) return true;
  return current?.state === 'done';
}

function removeEvent(desired: DesiredEffects, effect: Effect): Action {
  if (effect.state === 'failed') return { do: 'close', effect, as: 'removed' };
  if (effect.state === 'done') return { do: 'remove-event', effect };
  // It may exist. Making it again by the same key tells its id, and then it can be removed.
  return { do: 'repeat-event', effect, event: desired.event({ kind: 'none' }), isWanted: false };
}

function removeReservation(effect: Effect): Action {
  if (effect.state === 'done') return { do: 'remove-reservation', effect };
  return { do: 'close', effect, as: effect.state === 'uncertain' ? 'abandoned' : 'removed' };
}
