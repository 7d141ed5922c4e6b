import { connectionIdOf } from '../../core/connection.ts';
import type { KnownBooking, KnownEffect } from './known-booking.ts';

const SETTLED_AFTER_MS = 3_600_000;

/**
 * Is something known to exist for a booking that should not? Then a pass over the booking removes it.
 * @param booking undefined: Salesforce has no such booking, nor has its recycle bin
 * @param effects those that exist or may exist
 */
export function hasLeftover(booking: KnownBooking | undefined, effects: readonly KnownEffect[], now: Date): boolean {
  if (effects.some(({ updatedAt }) => now.getTime() - updatedAt.getTime() < SETTLED_AFTER_MS)) return false;
  if (!booking || booking.isDeleted || booking.status === 'Cancelled') return effects.length > 0;
  if (booking.status === 'Completed' || booking.end <= now) return false;
  const existing = effects.filter(({ state }) => state !== 'uncertain');
  if (booking.status === 'Requested') return existing.length > 0;
  const owner = connectionIdOf('lark', booking.trainerId);
  const isTwice = (kind: KnownEffect['kind']) =>
    existing.filter((effect) => effect.kind === kind && effect.state === 'done').length > 1;
  return existing.some(({ connectionId }) => connectionId !== owner) || isTwice('event') || isTwice('reservation');
}
