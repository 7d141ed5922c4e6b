import type { Run } from '../../storage/runs.ts';

/** Notes are kept by their text, and PostgreSQL indexes no more than 2,700 bytes of one. */
const NOTE_BYTES = 2_000;

/** What the administrators are told; undefined when there is nothing to tell. What it does not name can be read elsewhere. */
export function digestOf(run: Pick<Run, 'id' | 'succeeded' | 'failed' | 'skipped' | 'errors'>): string | undefined {
  const { succeeded: removed, failed: told, skipped: handedOver } = run;
  if (removed + told === 0) return undefined;
  const counts = [
    `${removed} ${removed === 1 ? 'calendar event' : 'calendar events'} removed`,
    `${handedOver} ${handedOver === 1 ? 'booking' : 'bookings'} brought in step`,
    `${told} to look at`,
  ].join(', ');
  const lines = [`The nightly look for leftovers is done: ${counts}.`];
  const all = `GET /api/admin/runs/${run.id}/results lists all of them for 30 days.`;
  let left = NOTE_BYTES - bytesOf(lines[0] ?? '') - bytesOf(`And ${told} more: ${all}`);
  for (const { message } of run.errors) {
    left -= bytesOf(message);
    if (left < 0) break;
    lines.push(message);
  }
  const named = lines.length - 1;
  if (named < told) lines.push(`${named === 0 ? '' : `And ${told - named} more: `}${all}`);
  return lines.join(' ');
}

/** With the space before it. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text) + 1;
}
