import { AppError } from '../../core/errors.ts';
import type { StoredBooking } from './booking-row.ts';
import type { Failure } from './classify-failure.ts';
import type { DesiredEffects } from './desired-effects.ts';
import type { Effect } from './effect.ts';
import type { EffectsRun } from './run-effects.ts';
import type { PassOutcome } from './sync-results.ts';

const LEFT_OVER = 'Still to be removed by its owner:';

/** How a pass went, as a whole. */
export function outcomeOf(given: {
  desired: DesiredEffects;
  run: EffectsRun;
  waits: string | undefined;
  conflict: string | undefined;
  isLastAttempt: boolean | undefined;
}): PassOutcome {
  const { run } = given;
  if (given.desired.leaveAlone) return { kind: 'left-alone' };
  if (run.temporary) {
    return { kind: given.isLastAttempt === true ? 'failed' : 'retry', reason: run.temporary.message };
  }
  if (given.conflict !== undefined) return { kind: 'conflict', reason: given.conflict };
  if (given.waits !== undefined) return { kind: 'waits', reason: given.waits };
  if (run.permanent) return { kind: 'failed', reason: run.permanent.message };
  if (run.setup) return { kind: 'setup', reason: run.setup.message };
  if (run.leftOver) return { kind: 'left-over', reason: `${LEFT_OVER} ${run.leftOver.message}` };
  return meetingGap(given.desired, run.effects) ?? { kind: 'done' };
}

/** Where the trainer's settings forbid an event, a meeting can only be reserved, and not at any time. */
function meetingGap(desired: DesiredEffects, effects: readonly Effect[]): PassOutcome | undefined {
  if (desired.meeting.kind !== 'make') return undefined;
  const owners = effects.filter(({ state, connectionId }) => state === 'done' && connectionId === desired.connectionId);
  if (owners.some(({ kind, link, meeting }) => link !== undefined && (kind === 'reservation' || meeting === 'own'))) {
    return undefined;
  }
  return desired.meeting.reservation === undefined
    ? {
        kind: 'waits',
        reason: 'This trainer wants no calendar events: the link is made in the month before the training.',
      }
    : { kind: 'failed', reason: 'The meeting could not be reserved. Ask for a new link, or enter one by hand.' };
}

/** Nothing that was asked for is open any more. */
export function isFulfilled({ kind }: PassOutcome): boolean {
  return kind === 'done' || kind === 'left-over' || kind === 'left-alone';
}

/** As Salesforce shows it: the last pass did all that the training itself needs, whatever is still to be removed elsewhere. */
export function isInStep(
  booking: Pick<StoredBooking, 'revision' | 'syncedRevision' | 'syncStatus' | 'syncError'>,
): boolean {
  if (booking.syncedRevision !== booking.revision) return false;
  return booking.syncStatus === 'Synced' || booking.syncError?.startsWith(LEFT_OVER) === true;
}

/** The error that brings the pass back, if it has to come back. */
export function retryAfter(outcome: PassOutcome, run: EffectsRun, isLastAttempt: boolean): AppError | undefined {
  if (outcome.kind === 'retry') return retryOf(run.temporary, outcome.reason);
  if (run.invitation?.kind !== 'temporary' || isLastAttempt) return undefined;
  return retryOf(run.invitation, run.invitation.message);
}

function retryOf(failure: Failure | undefined, reason: string): AppError {
  return new AppError('provider_unavailable', reason, {
    retryable: true,
    ...(failure?.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  });
}
