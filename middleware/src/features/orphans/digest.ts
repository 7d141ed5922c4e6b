import type { Run } from '../../storage/runs.ts';

const NAMED = 5;

/** One line for the administrators; undefined when there is nothing to tell. */
export function digestOf(run: Pick<Run, 'succeeded' | 'failed' | 'skipped' | 'errors'>): string | undefined {
  const { succeeded: removed, failed: told, skipped: handedOver, errors } = run;
  if (removed + told === 0) return undefined;
  const counts = [
    `${removed} ${removed === 1 ? 'calendar event' : 'calendar events'} removed`,
    `${handedOver} ${handedOver === 1 ? 'booking' : 'bookings'} brought in step`,
    `${told} to look at`,
  ].join(', ');
  const named = errors.slice(0, NAMED).map(({ message }) => message);
  const rest = told - named.length;
  return [
    `The nightly look for leftovers is done: ${counts}.`,
    ...named,
    ...(rest > 0 ? [`And ${rest} more, see the run in the administration.`] : []),
  ].join(' ');
}
