import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import type { DesiredEffects } from './desired-effects.ts';
import { newEffect, nextGeneration, type Effect, type EffectKind } from './effect.ts';
import { eventHash, reservationHash } from './event-content.ts';
import { planInvitations, type InvitationAction } from './plan-invitations.ts';

/** One thing to do; `effect` is what it is done to. */
export type Action =
  /** Nothing outside: a reservation without an outcome is never made again. */
  | { do: 'declare-uncertain'; effect: Effect }
  /** Nothing outside: an old failure or doubt does not matter any more. */
  | { do: 'close'; effect: Effect; as: 'removed' | 'abandoned' }
  | { do: 'reserve'; effect: Effect; reservation: { topic: string; endsAt: Date } }
  | { do: 'extend'; effect: Effect; reservation: { topic: string; endsAt: Date } }
  /** `isRepeated`: Lark refused it before, under the same key. */
  | { do: 'create-event'; effect: Effect; event: CalendarEvent; isRepeated: boolean }
  /** A creation without an outcome, sent again by the same key: to have the event, or to know its id and remove it. */
  | { do: 'repeat-event'; effect: Effect; event: CalendarEvent; isWanted: boolean }
  | { do: 'update-event'; effect: Effect; event: CalendarEvent }
  | { do: 'remove-event'; effect: Effect }
  | { do: 'remove-reservation'; effect: Effect }
  | InvitationAction;

export interface PlanOptions {
  /** The reservation failed in this pass: the event's own meeting is the way. */
  withoutReservation?: boolean;
  /** Something cannot be made in this pass: what has to go goes all the same. */
  cannotMake?: boolean;
  /** The trainer cannot be reached by their own token and has this id at the provider: they are invited. */
  invitee?: string | undefined;
}

/**
 * What must be done, in order, so that what exists becomes what should. It is asked again after each action, because the
 * meeting decides what the event shows; so a plan ends where the rest depends on an answer.
 */
export function planDifference(
  desired: DesiredEffects,
  existing: readonly Effect[],
  options: PlanOptions = {},
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

  const event = desired.wantsEvent
    ? events.findLast((effect) => isOwners(effect) && (effect.state === 'done' || desired.calendar.mayCreate))
    : undefined;
  const reservation =
    desired.meeting.kind === 'make'
      ? reservations.findLast((effect) => isOwners(effect) && isUsable(desired, effect))
      : undefined;
  const wanted = options.withoutReservation === true ? undefined : wantedReservation(desired, event);

  if (options.cannotMake !== true) {
    if (wanted && !reservation) return [reserve(desired, existing, wanted)];
    if (wanted && reservation?.state === 'done' && reservation.contentHash !== reservationHash(wanted)) {
      return [{ do: 'extend', effect: reservation, reservation: wanted }];
    }
  }

  const usesReservation = wanted !== undefined && reservation?.state === 'done';
  if (desired.wantsEvent) {
    const meeting = meetingOf(desired, usesReservation, reservation);
    const action = eventAction(desired, existing, event, desired.event(meeting));
    if (action) plan.push(action);
  }
  plan.push(
    ...events.filter((other) => isSurplusEvent(desired, other, event)).map((other) => removeEvent(desired, other)),
  );
  plan.push(
    ...reservations
      .filter((other) => other !== reservation || (other.state === 'done' && !usesReservation))
      .filter((other) => !isStillShown(desired, other, events))
      .map(removeReservation),
  );
  plan.push(...planInvitations(desired, existing, { invitee: options.invitee, event }));
  return plan;
}

export function isLive(effect: Effect): boolean {
  return effect.state !== 'removed' && effect.state !== 'abandoned';
}

/** Somebody asked for a new meeting after this one was made. */
export function isStale(desired: Pick<DesiredEffects, 'staleGeneration'>, effect: Effect): boolean {
  return effect.generation <= desired.staleGeneration;
}

/** A reservation whose link nobody knows (any more) helps nobody. */
function isUsable(desired: DesiredEffects, reservation: Effect): boolean {
  if (isStale(desired, reservation)) return false;
  return reservation.state !== 'done' || reservation.link !== undefined;
}

/** A link that people already have is kept: no reservation beside an event whose own meeting is known. */
function wantedReservation(desired: DesiredEffects, event: Effect | undefined) {
  if (desired.meeting.kind !== 'make') return undefined;
  const hasOwnMeeting =
    event?.state === 'done' && event.meeting === 'own' && event.link !== undefined && !isStale(desired, event);
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

/** Above whatever a wish for a new meeting has declared stale. */
function generationFor(desired: DesiredEffects, existing: readonly Effect[], kind: EffectKind): number {
  return nextGeneration(existing, kind, Math.max(desired.revision, desired.staleGeneration + 1));
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
      generation: generationFor(desired, existing, 'reservation'),
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
  const { mayCreate, mayUpdate, calendarId } = desired.calendar;
  if (!current || mustBeNew(desired, current, event)) {
    if (!mayCreate || (current && !mayUpdate)) return undefined;
    const effect = newEffect(
      {
        bookingId: desired.bookingId,
        kind: 'event',
        connectionId: desired.connectionId,
        generation: generationFor(desired, existing, 'event'),
      },
      eventHash(event),
    );
    const made: Effect = { ...effect, meeting: event.meeting.kind, calendarId };
    return { do: 'create-event', effect: made, event, isRepeated: false };
  }
  if (current.state === 'failed') {
    const content = { contentHash: eventHash(event), meeting: event.meeting.kind, calendarId };
    const again: Effect = { ...current, state: 'intended', ...content };
    return { do: 'create-event', effect: again, event, isRepeated: true };
  }
  if (current.state !== 'done' && !(mayUpdate && isKnown(current))) {
    return { do: 'repeat-event', effect: current, event, isWanted: true };
  }
  if (!mayUpdate || current.contentHash === eventHash(event)) return undefined;
  return { do: 'update-event', effect: current, event };
}

/** A calendar makes a meeting only for a new event, so an event that is to get one is made anew. */
function mustBeNew(desired: DesiredEffects, current: Effect, event: CalendarEvent): boolean {
  if (event.meeting.kind !== 'own') return false;
  if (current.meeting === 'own') return isStale(desired, current) && current.state !== 'failed';
  return current.state === 'done' || isKnown(current);
}

/** It was there, and its removal may have come to nothing: writing to it tells. One that still waits for its link is asked for. */
function isKnown({ externalId, meeting, link }: Effect): boolean {
  return externalId !== undefined && (meeting !== 'own' || link !== undefined);
}

/** The event before a new one goes only when the new one is there. */
function isSurplusEvent(desired: DesiredEffects, other: Effect, current: Effect | undefined): boolean {
  if (other === current) return false;
  if (other.connectionId !== desired.connectionId) return true;
  // Their own settings leave what is in their calendar to the trainer.
  if (!desired.wantsEvent) return desired.calendar.mayUpdate || other.state !== 'done';
  return current?.state === 'done' || !desired.calendar.mayCreate;
}

/** The link that the event still tells people works until the event tells another one. */
function isStillShown(desired: DesiredEffects, reservation: Effect, events: readonly Effect[]): boolean {
  return (
    desired.meeting.kind === 'make' &&
    reservation.state === 'done' &&
    reservation.connectionId === desired.connectionId &&
    events.some(
      ({ connectionId, state, meeting, link }) =>
        connectionId === desired.connectionId && state === 'done' && meeting === 'link' && link === reservation.link,
    )
  );
}

function removeEvent(desired: DesiredEffects, effect: Effect): Action {
  // Its link may not be known, but that it was there is.
  if (effect.state === 'done' || effect.externalId !== undefined) return { do: 'remove-event', effect };
  if (effect.state === 'failed') return { do: 'close', effect, as: 'removed' };
  // It may exist. Making it again by the same key tells its id, and then it can be removed.
  return { do: 'repeat-event', effect, event: desired.event({ kind: 'none' }), isWanted: false };
}

function removeReservation(effect: Effect): Action {
  if (effect.state === 'done') return { do: 'remove-reservation', effect };
  return { do: 'close', effect, as: effect.state === 'uncertain' ? 'abandoned' : 'removed' };
}
