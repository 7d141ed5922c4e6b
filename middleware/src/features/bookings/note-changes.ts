import type { Log, Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';
import type { StoredBooking } from './booking-row.ts';
import { linkBefore, type LinkMemory } from './link-memory.ts';
import type { EffectsRun } from './run-effects.ts';
import type { PassOutcome, SyncResults } from './sync-results.ts';
import { addTimelineEntry, type PassContext } from './timeline.ts';

export interface NoteChangesDeps {
  db: Database;
  now: Now;
  log: Log;
  /** Asks the trainer, by mail, to connect. */
  inviteTrainer: (trainerId: string) => Promise<void>;
}

/** Lines of the timeline about the booking as a whole, and the invitation of a trainer who has to connect. */
export async function noteChanges(
  deps: NoteChangesDeps,
  context: PassContext,
  booking: StoredBooking,
  given: {
    results: SyncResults;
    outcome: PassOutcome;
    run: EffectsRun;
    link: { memory: LinkMemory; isKnown: boolean };
  },
): Promise<void> {
  const { results, outcome, run, link } = given;
  const isFirstPass = booking.syncedRevision !== booking.revision;
  if (outcome.kind === 'conflict' && (isFirstPass || booking.syncError !== outcome.reason)) {
    await addTimelineEntry(deps, context, { step: 'Slot', outcome: 'conflict', message: outcome.reason });
  }
  if (outcome.kind === 'waits' && isFirstPass) {
    await addTimelineEntry(deps, context, {
      step: 'Meeting',
      outcome: 'skipped',
      message: outcome.reason,
      provider: 'lark',
    });
  }
  if (run.setup && isFirstPass) {
    await addTimelineEntry(deps, context, {
      step: 'Meeting',
      outcome: 'skipped',
      message: `Waits for the trainer: ${run.setup.message}`,
      provider: 'lark',
    });
    await deps.inviteTrainer(booking.trainerId);
  }
  const oldLink = linkBefore(booking, link);
  if (results.meetingLink !== oldLink && outcome.kind !== 'left-alone') {
    await addTimelineEntry(deps, context, {
      step: 'Meeting link',
      outcome: 'changed',
      message: linkChangeText(oldLink, results.meetingLink, results.meetingLinkSource === 'Manual'),
      generation: link.memory.changes,
      oldLink,
      newLink: results.meetingLink,
    });
  }
}

function linkChangeText(before: string | undefined, after: string | undefined, isTyped: boolean): string {
  if (after === undefined) return 'The booking has no meeting link any more.';
  if (isTyped) return 'A person entered the meeting link.';
  return before === undefined ? 'The meeting link is ready.' : 'The meeting link has changed.';
}
