import type { MeetingLinkSource, MeetingLinkStatus, SyncStatus } from '../../core/booking.ts';
import { connectionIdOf } from '../../core/connection.ts';
import type { StoredBooking } from './booking-row.ts';
import { manualLinkOf, needsMeeting, type BookingSettings } from './desired-effects.ts';
import type { Effect } from './effect.ts';
import { noLinkMemory, type LinkMemory } from './link-memory.ts';

/** What a pass writes onto the booking. */
export interface SyncResults {
  meetingLink: string | undefined;
  meetingLinkStatus: MeetingLinkStatus;
  meetingLinkSource: MeetingLinkSource | undefined;
  larkReserveId: string | undefined;
  larkMeetingNumber: string | undefined;
  larkEventId: string | undefined;
  syncStatus: SyncStatus;
  syncError: string | undefined;
  /** False: this revision is still to be done, and the pass is repeated. */
  isDone: boolean;
}

/** How the pass went, in words for people where it did not. */
export type PassOutcome =
  | { kind: 'done' }
  /** Over: nothing was looked at. */
  | { kind: 'left-alone' }
  /** Lark is switched off: the link comes when it is on again. */
  | { kind: 'waits'; reason: string }
  | { kind: 'setup'; reason: string }
  /** All is as it should be, but something that has to go waits for its owner. */
  | { kind: 'left-over'; reason: string }
  | { kind: 'retry'; reason: string }
  | { kind: 'failed'; reason: string }
  | { kind: 'conflict'; reason: string };

/** Results as the stored effects and the outcome of the pass say them. */
export function resultsOf(
  booking: StoredBooking,
  effects: readonly Effect[],
  outcome: PassOutcome,
  settings: Pick<BookingSettings, 'meetingBookingTypes'>,
  link: Pick<LinkMemory, 'staleGeneration' | 'replacedLink'> = noLinkMemory,
): SyncResults {
  const owner = connectionIdOf('lark', booking.trainerId);
  // A link that somebody emptied does not come back; one that is to be replaced stays until the new one is there.
  const oldest = booking.meetingLink === undefined ? link.staleGeneration : 0;
  const done = effects.filter(
    (effect) => effect.state === 'done' && effect.connectionId === owner && effect.kind !== 'invitation',
  );
  const reservation = done.findLast(({ kind, generation }) => kind === 'reservation' && generation > oldest);
  const event = done.findLast(({ kind }) => kind === 'event');
  const eventWithLink = event && event.generation > oldest ? event : undefined;
  return {
    ...(outcome.kind === 'left-alone'
      ? linkAsItIs(booking)
      : linkOf(booking, { reservation, event: eventWithLink, outcome, settings, link })),
    larkReserveId: reservation?.externalId,
    larkMeetingNumber: reservation?.meetingNumber,
    larkEventId: event?.externalId,
    ...syncOf(outcome, done.length > 0),
  };
}

type Link = Pick<SyncResults, 'meetingLink' | 'meetingLinkStatus' | 'meetingLinkSource'>;

function linkAsItIs(booking: StoredBooking): Link {
  return {
    meetingLink: booking.meetingLink,
    meetingLinkStatus: booking.meetingLinkStatus ?? 'Not Needed',
    meetingLinkSource: booking.meetingLinkSource,
  };
}

function linkOf(
  booking: StoredBooking,
  given: {
    reservation: Effect | undefined;
    event: Effect | undefined;
    outcome: PassOutcome;
    settings: Pick<BookingSettings, 'meetingBookingTypes'>;
    link: Pick<LinkMemory, 'staleGeneration' | 'replacedLink'>;
  },
): Link {
  const manualLink = manualLinkOf(booking);
  if (manualLink !== undefined && !isTypedLinkReplaced(manualLink, given)) {
    return { meetingLink: manualLink, meetingLinkStatus: 'Manual', meetingLinkSource: 'Manual' };
  }
  const none = { meetingLink: undefined, meetingLinkSource: undefined };
  if (booking.status === 'Cancelled' || !needsMeeting(booking, given.settings)) {
    return { ...none, meetingLinkStatus: 'Not Needed' };
  }
  const { event, reservation, outcome } = given;
  const { staleGeneration } = given.link;
  // Once the new meeting is there, the old one does not come back, also while the event still shows it.
  const isReplaced =
    (event?.generation ?? 0) <= staleGeneration &&
    reservation?.link !== undefined &&
    reservation.generation > staleGeneration;
  if (event?.meeting === 'own' && event.link !== undefined && !isReplaced) {
    return { meetingLink: event.link, meetingLinkStatus: 'Ready', meetingLinkSource: 'Lark Calendar' };
  }
  if (reservation?.link !== undefined) {
    return { meetingLink: reservation.link, meetingLinkStatus: 'Ready', meetingLinkSource: 'Lark Reservation' };
  }
  if (outcome.kind === 'setup') return { ...none, meetingLinkStatus: 'Pending Trainer Setup' };
  if (outcome.kind === 'failed') return { ...none, meetingLinkStatus: 'Failed' };
  return { ...none, meetingLinkStatus: 'Pending' };
}

/** A typed link that shall be replaced stays until the new meeting is there. */
function isTypedLinkReplaced(
  manualLink: string,
  {
    event,
    reservation,
    link,
  }: { event: Effect | undefined; reservation: Effect | undefined } & {
    link: Pick<LinkMemory, 'staleGeneration' | 'replacedLink'>;
  },
): boolean {
  const made = [event?.meeting === 'own' ? event : undefined, reservation];
  return (
    manualLink === link.replacedLink &&
    made.some((effect) => effect?.link !== undefined && effect.generation > link.staleGeneration)
  );
}

function syncOf(outcome: PassOutcome, hasEffects: boolean): Pick<SyncResults, 'syncStatus' | 'syncError' | 'isDone'> {
  switch (outcome.kind) {
    case 'done':
    case 'left-alone':
      return { syncStatus: 'Synced', syncError: undefined, isDone: true };
    case 'waits':
      return { syncStatus: 'Pending', syncError: outcome.reason, isDone: true };
    case 'setup':
      // Nothing made yet is what the link status tells; something that cannot be changed any more is an error.
      return hasEffects
        ? { syncStatus: 'Failed', syncError: outcome.reason, isDone: true }
        : { syncStatus: 'Synced', syncError: undefined, isDone: true };
    case 'retry':
      return { syncStatus: 'Pending', syncError: outcome.reason, isDone: false };
    case 'failed':
    case 'left-over':
      return { syncStatus: 'Failed', syncError: outcome.reason, isDone: true };
    case 'conflict':
      return { syncStatus: 'Conflict', syncError: outcome.reason, isDone: true };
  }
}
