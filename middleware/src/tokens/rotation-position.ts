import { z } from 'zod';

/**
 * Where a rotation stands; written after every page, so that a process that was killed goes on there.
 * - `load`: the database learns of every connection of Salesforce
 * - `heads`, `journal`: sealing anew
 * - `save`: until Salesforce has what was sealed anew
 * - `verify`: reading Salesforce and counting keys; what is behind leads to another round
 * - `finished`
 */
const positionSchema = z.object({
  phase: z.enum(['load', 'heads', 'journal', 'save', 'verify', 'finished']),
  round: z.number().default(1),
  /** The last id of the page before. */
  after: z.string().default(''),
  /** Rows of the database that could not be sealed anew in this round. */
  stuck: z.number().default(0),
  /** `save`: what was unsaved then has to be saved. */
  since: z.iso.datetime().optional(),
  /** `save`: how often was written since. */
  attempts: z.number().default(0),
  /** `verify`: which of the places in Salesforce. */
  place: z.number().default(0),
  /** `verify`: values in Salesforce by key, rows read, rows that are behind. */
  counts: z.record(z.string(), z.number()).default({}),
  verified: z.number().default(0),
  behind: z.number().default(0),
});
export type Position = z.infer<typeof positionSchema>;

export function readPosition(text: string): Position {
  return positionSchema.parse(text === '' ? { phase: 'load' } : JSON.parse(text));
}

export function writePosition(position: Position): string {
  return JSON.stringify(position);
}

/** The beginning of another phase in the same round. */
export function enter(phase: Position['phase'], { round, stuck }: Position): Position {
  return positionSchema.parse({ phase, round, stuck });
}

export function nextRound({ round }: Position): Position {
  return positionSchema.parse({ phase: 'heads', round: round + 1 });
}
