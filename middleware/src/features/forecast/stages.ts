/** How many days ahead of an end its mails are sent. */
export const stages = [14, 7, 3, 1] as const;

const DAY_MS = 86_400_000;
export const FIRST_STAGE_MS = stages[0] * DAY_MS;

/**
 * Which mail is due now; undefined: none. The one of the nearest stage only: earlier ones that were missed have lost their
 * meaning, and no stage is told twice.
 * @param told stages of this very end that were told
 */
export function dueStage(endsAt: Date, told: readonly number[], now: Date): number | undefined {
  const leftMs = endsAt.getTime() - now.getTime();
  if (leftMs <= 0) return undefined;
  const reached = stages.findLast((days) => leftMs <= days * DAY_MS);
  return reached === undefined || told.some((days) => days <= reached) ? undefined : reached;
}

/**
 * The end by which an announcement is remembered. Salesforce keeps whole seconds: an end that was read back from there
 * is the same end.
 */
export function sameEnd(endsAt: Date): Date {
  return new Date(Math.floor(endsAt.getTime() / 1_000) * 1_000);
}
