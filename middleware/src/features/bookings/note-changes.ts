import type { Log, Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';
import type { StoredBooking } from './booking-row.ts';
import { linkBefore, type FollowedLink } from './link-memory.ts';
import type { EffectsRun } from './run-effects.ts';
import type { PassOutcome, SyncResults } from './sync-results.ts';
import { addTimelineEntry, keyOf, waitingLinkLines, type PassContext } from './timeline.ts';

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
    link: FollowedLink;
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
  if (outcome.kind !== 'left-alone') await noteLink(deps, context, booking, { results, link });
}

/** One line for each change. What replaces a link that was missing for a while is told with that link. */
async function noteLink(
  deps: NoteChangesDeps,
  context: PassContext,
  booking: StoredBooking,
  { results, link }: { results: SyncResults; link: FollowedLink },
): Promise<void> {
  const line = { step: 'Meeting link', outcome: 'changed', generation: link.memory.changes } as const;
  const [waiting] = await waitingLinkLines(deps.db, booking.id);
  const isSameLine = waiting?.key === keyOf(context, line);
  const isMissing = link.wasMissing && booking.meetingLink === undefined;
  // What the timeline is about to tell was before this, too; a line that is written anew keeps its beginning.
  const known = isMissing ? undefined : linkBefore(booking, link);
  const shown = waiting ? (isSameLine ? waiting.oldLink : waiting.newLink) : known;
  const newLink = results.meetingLink;
  if (newLink === shown) return;
  const latest = shown ?? waiting?.oldLink ?? link.memory.link;
  const oldLink = latest === newLink ? undefined : latest;
  const message = linkChangeText(oldLink, newLink, results.meetingLinkSource === 'Manual');
  await addTimelineEntry(deps, context, { ...line, message, oldLink, newLink });
}

function linkChangeText(before: string | undefined, after: string | undefined, isTyped: boolean): string {
  if (after === undefined) return 'The booking has no meeting link any more.';
  if (isTyped) return 'A person entered the meeting link.';
  return before === undefined ? 'The meeting link is ready.' : 'The meeting link has changed.';
}
