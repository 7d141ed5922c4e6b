import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import type { DesiredEffects } from './desired-effects.ts';
import { newEffect, nextGeneration, type Effect } from './effect.ts';
import { eventHash } from './event-content.ts';

export type InvitationAction =
  /** `isRepeated`: sent again by the same key, because the first try failed or it is not known whether it arrived. */
  | { do: 'invite'; effect: Effect; event: CalendarEvent; subjectId: string; isRepeated: boolean }
  | { do: 'change-invitation'; effect: Effect; event: CalendarEvent }
  /** It may exist: made again by the same key, with nobody invited, to know its id and withdraw it. */
  | { do: 'find-invitation'; effect: Effect; event: CalendarEvent }
  | { do: 'withdraw'; effect: Effect; notify: boolean }
  | { do: 'forget-invitation'; effect: Effect };

/**
 * What becomes of the events on the app's own calendar by which trainers who are not connected are invited. One stays
 * until the trainer's own event is there, and goes when the training is not theirs any more.
 * @param given.invitee the trainer's id at the provider, when they are to be invited
 * @param given.event the trainer's own event, if there is one
 */
export function planInvitations(
  desired: DesiredEffects,
  existing: readonly Effect[],
  given: { invitee: string | undefined; event: Effect | undefined },
): InvitationAction[] {
  const live = existing.filter(
    ({ kind, state }) => kind === 'invitation' && state !== 'removed' && state !== 'abandoned',
  );
  const isOwnEventThere = given.event?.state === 'done';
  const current =
    desired.wantsEvent && !isOwnEventThere
      ? live.findLast(({ connectionId }) => connectionId === desired.connectionId)
      : undefined;
  const plan: InvitationAction[] = [];
  if (given.invitee !== undefined && desired.wantsEvent && !isOwnEventThere && desired.calendar.mayCreate) {
    const action = inviteAction(desired, existing, current, given.invitee);
    if (action) plan.push(action);
  }
  for (const other of live) {
    if (other !== current) plan.push(withdraw(desired, other, !desired.wantsEvent || !isTheirs(desired, other)));
  }
  return plan;
}

function isTheirs(desired: DesiredEffects, effect: Effect): boolean {
  return effect.connectionId === desired.connectionId;
}

function inviteAction(
  desired: DesiredEffects,
  existing: readonly Effect[],
  current: Effect | undefined,
  subjectId: string,
): InvitationAction | undefined {
  const event = desired.invitation;
  const contentHash = eventHash(event);
  if (current?.state === 'done') {
    return current.contentHash === contentHash ? undefined : { do: 'change-invitation', effect: current, event };
  }
  if (current) {
    // What the first try wrote is not known: without a hash it is written again.
    const isSame = current.contentHash === contentHash;
    const again: Effect = { ...current, state: 'intended', contentHash: isSame ? contentHash : undefined };
    return { do: 'invite', effect: again, event, subjectId, isRepeated: true };
  }
  const effect = newEffect(
    {
      bookingId: desired.bookingId,
      kind: 'invitation',
      connectionId: desired.connectionId,
      generation: nextGeneration(existing, 'invitation', desired.revision),
    },
    contentHash,
  );
  return { do: 'invite', effect, event, subjectId, isRepeated: false };
}

function withdraw(desired: DesiredEffects, effect: Effect, notify: boolean): InvitationAction {
  if (effect.state === 'failed') return { do: 'forget-invitation', effect };
  if (effect.state === 'done') return { do: 'withdraw', effect, notify };
  return { do: 'find-invitation', effect, event: desired.invitation };
}
