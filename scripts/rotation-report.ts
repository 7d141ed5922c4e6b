import { z } from 'zod';

const time = z.iso.datetime().nullable();
const statusSchema = z.object({
  state: z.enum(['idle', 'running', 'paused', 'done', 'stopped']),
  phase: z.enum(['load', 'heads', 'journal', 'save', 'verify', 'finished']).nullable(),
  note: z.string().nullable(),
  total: z.number(),
  done: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  verified: z.number(),
  errors: z.array(z.object({ id: z.string(), message: z.string() })),
  startedAt: time,
  finishedAt: time,
  countedAt: time,
  keys: z.array(
    z.object({
      id: z.string(),
      sealing: z.boolean(),
      inRing: z.boolean(),
      references: z.object({ heads: z.number(), journal: z.number(), salesforce: z.number().nullable() }),
      retirable: z.boolean(),
    }),
  ),
});

/** What `GET /api/admin/key-rotation` answers. */
export type Status = z.infer<typeof statusSchema>;

export function readStatus(body: unknown): Status | undefined {
  return statusSchema.safeParse(body).data;
}

const phases = {
  load: 'Reading the connections of Salesforce',
  heads: 'Sealing anew',
  journal: 'Sealing anew',
  save: 'Writing to Salesforce',
  verify: 'Counting in Salesforce',
  finished: 'Done',
} as const;

/** Where a rotation stands, in one line. */
export function progressOf(status: Status): string {
  const { state, phase, total, done, failed, verified } = status;
  if (state === 'idle') return 'There has been no key rotation yet.';
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
  const parts = [`${done} of ${total} (${percent} %)`];
  if (phase === 'verify') parts.push(`${verified} rows read back`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (state === 'running' && status.note !== null) parts.push(status.note);
  const what = { running: phases[phase ?? 'load'], paused: 'Paused', done: 'Done', stopped: 'Stopped' }[state];
  return `${what}: ${parts.join(', ')}`;
}

const SHOWN_ERRORS = 20;

/**
 * What is to be said when nothing more is to be followed.
 * @param placeOf where the settings hold a key, in words
 */
export function endOfRotation(
  status: Status,
  placeOf: (keyId: string) => string | undefined,
): { lines: string[]; exitCode: number } {
  const { state, note, errors, failed } = status;
  if (state === 'idle' || state === 'running') return { lines: keyLines(status, placeOf), exitCode: 0 };
  if (state === 'paused') {
    return { lines: [...noteLine(note), 'npm run rotate-keys -- --resume goes on.'], exitCode: 0 };
  }
  const lines = state === 'stopped' ? [note ?? 'It stopped.'] : [];
  if (failed > 0) {
    lines.push(`${failed} could not be sealed anew:`);
    lines.push(...errors.slice(0, SHOWN_ERRORS).map(({ id, message }) => `  ${id}: ${message}`));
    if (failed > Math.min(errors.length, SHOWN_ERRORS)) {
      lines.push('  ... and more: GET /api/admin/key-rotation names the first hundred.');
    }
    lines.push(
      'encryption_key_unknown: add that key to ENCRYPTION_PREVIOUS_SECRETS and run this again.',
      'sealed_value_unreadable: the trainer connects again; find out who changed the record.',
    );
  } else if (state === 'done' && status.done === status.unchanged) {
    lines.push('Nothing had to be sealed anew: everything is under the current key already.');
  }
  return { lines: [...lines, ...keyLines(status, placeOf)], exitCode: state === 'done' && failed === 0 ? 0 : 1 };
}

function noteLine(note: string | null): string[] {
  return note === null ? [] : [note];
}

function keyLines({ keys, countedAt }: Status, placeOf: (keyId: string) => string | undefined): string[] {
  return keys.map(({ id, sealing, inRing, references, retirable }) => {
    const { heads, journal, salesforce } = references;
    const place = placeOf(id);
    const key = `Key ${id}${place === undefined ? '' : ` (${place})`}`;
    if (sealing) return `${key} seals.`;
    if (retirable) {
      return `${key} can be retired: remove it from ENCRYPTION_PREVIOUS_SECRETS on every server and restart them.`;
    }
    const inSalesforce =
      salesforce === null
        ? 'Salesforce is counted at the end of a rotation'
        : `${salesforce} in Salesforce${countedAt === null ? '' : `, counted ${countedAt}`}`;
    const missing = inRing
      ? ''
      : id === 'unreadable'
        ? ' (no sealed values at all)'
        : ' (this server does not have it)';
    return `${key}${missing} is still needed: it is named ${heads} times by connections, ${journal} times by the journal; ${inSalesforce}.`;
  });
}
