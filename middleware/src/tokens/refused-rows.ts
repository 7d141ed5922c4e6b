import type { RowError, RowResult } from '../salesforce/records.ts';
import type { Head } from './head.ts';

/** What became of the rows of one write. */
export interface Fates {
  accepted: Head[];
  /** The next flush finds out what has to be done. */
  waiting: { head: Head; problem: string }[];
  /** By what Salesforce said: one systematic fault is one message. */
  refused: Map<string, [Head, ...Head[]]>;
}

const passing: ReadonlySet<string> = new Set([
  'UNABLE_TO_LOCK_ROW',
  'REQUEST_LIMIT_EXCEEDED',
  'SERVER_UNAVAILABLE',
  // Another process created the row at the same moment.
  'DUPLICATE_VALUE',
  // The trainer was deleted since the rows were read: the next reading finds it gone.
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
]);

/** @param fence the field whose validation rule refuses a generation that is older than the saved one */
export function refusedRows(heads: readonly Head[], results: readonly RowResult[], fence: string): Fates {
  const fates: Fates = { accepted: [], waiting: [], refused: new Map() };
  for (const [index, head] of heads.entries()) {
    const result = results[index];
    if (result?.success === true) {
      fates.accepted.push(head);
      continue;
    }
    const errors = result?.errors ?? [];
    const problem = errors.map(({ code, message }) => `${code}: ${message}`).join('; ') || 'no answer for this row';
    if (errors.length > 0 && errors.every((error) => passing.has(error.code) || isFence(error, fence))) {
      fates.waiting.push({ head, problem });
      continue;
    }
    const alike = fates.refused.get(problem);
    if (alike) alike.push(head);
    else fates.refused.set(problem, [head]);
  }
  return fates;
}

/** A newer generation arrived between reading and writing: it is adopted by the next flush. */
function isFence({ code, fields }: RowError, fence: string): boolean {
  return code === 'FIELD_CUSTOM_VALIDATION_EXCEPTION' && fields.includes(fence);
}
