import { createHash } from 'node:crypto';
import type { ConnectionId } from '../../core/connection.ts';
import type { EffectTable } from '../../storage/database.ts';

export type EffectKind = EffectTable['kind'];

/**
 * - `intended`: about to be made; without an outcome (a crash, no answer) it may exist.
 * - `done`: it exists.
 * - `uncertain`: a reservation that may exist and cannot be found again; never made a second time.
 * - `failed`: the provider refused it; it does not exist.
 * - `removed`: it does not exist any more.
 * - `abandoned`: it may exist, and nobody of ours can remove it.
 */
export type EffectState = EffectTable['state'];

/** Something that exists, or may exist, outside for a booking. */
export interface Effect {
  bookingId: string;
  kind: EffectKind;
  /** Raised whenever the thing is made anew, so that a deleted one is never met again. */
  generation: number;
  connectionId: ConnectionId;
  /** What the provider knows it by, where it takes a key. */
  providerKey: string;
  state: EffectState;
  externalId?: string | undefined;
  calendarId?: string | undefined;
  link?: string | undefined;
  meetingNumber?: string | undefined;
  meeting?: 'own' | 'link' | 'none' | undefined;
  /** Of what was last written there. */
  contentHash?: string | undefined;
  error?: string | undefined;
}

/** An effect that is about to be made. */
export function newEffect(
  of: Pick<Effect, 'bookingId' | 'kind' | 'connectionId' | 'generation'>,
  contentHash: string,
): Effect {
  return { ...of, providerKey: providerKeyOf(of), state: 'intended', contentHash };
}

/** 64 hex characters; the same for every try of one generation, another one for everything else. */
export function providerKeyOf(of: Pick<Effect, 'bookingId' | 'kind' | 'connectionId' | 'generation'>): string {
  return hashOf([of.bookingId, of.connectionId, of.kind, of.generation]);
}

/**
 * The generation of an effect that is made anew: above all earlier ones, and at least the booking's revision. The second
 * keeps it growing when the ledger was lost, because whatever ends an effect also raised the revision.
 */
export function nextGeneration(existing: readonly Effect[], kind: EffectKind, above: number): number {
  const used = existing.filter((effect) => effect.kind === kind).map(({ generation }) => generation);
  return Math.max(above, ...used.map((generation) => generation + 1), 1);
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
