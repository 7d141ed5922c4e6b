import type { ProviderId } from '../core/connection.ts';
import { ProviderError } from '../core/provider-error.ts';
import { providerNames } from './http-client.ts';

/** One limiter for all callers and replicas: nothing is sent to a vendor before its turn. */
export interface Turns {
  /** Resolves when the call may be sent. Throws `ProviderError` `rate-limited` when that would take too long. */
  take(route: string): Promise<void>;
  /** The vendor asked for a pause. */
  pause(route: string, forMs: number): Promise<void>;
}

export interface TurnsDeps {
  provider: ProviderId;
  /** Takes a place in the shared order of calls. */
  takePlace: (name: string, patienceMs: number) => Promise<{ waitMs: number; refused: boolean }>;
  holdPlaces: (name: string, forMs: number) => Promise<void>;
  sleep: (milliseconds: number) => Promise<void>;
}

/** Longest wait for a turn. */
const PATIENCE_MS = 5_000;
const DEFAULT_PAUSE_MS = 1_000;

export function createTurns(deps: TurnsDeps): Turns {
  const nameOf = (route: string) => `${deps.provider}:${route}`;
  return {
    take: async (route) => {
      const { waitMs, refused } = await deps.takePlace(nameOf(route), PATIENCE_MS);
      if (refused) {
        throw new ProviderError(
          deps.provider,
          'rate-limited',
          `${providerNames[deps.provider]} allows no more requests of this kind at the moment.`,
          { retryAfterMs: waitMs },
        );
      }
      if (waitMs > 0) await deps.sleep(waitMs);
    },
    pause: (route, forMs) => deps.holdPlaces(nameOf(route), forMs || DEFAULT_PAUSE_MS),
  };
}

/** For adapters on their own: everything may go at once. */
export const noTurns: Turns = { take: () => Promise.resolve(), pause: () => Promise.resolve() };
