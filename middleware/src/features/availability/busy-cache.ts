import type { ConnectionId } from '../../core/connection.ts';
import { covers, type Interval } from '../../core/interval.ts';
import type { Now } from '../../core/runtime.ts';
import type { BusySource } from '../../providers/ports/free-busy.ts';
import type { Tokens } from '../../tokens/port.ts';

/** How long a change that somebody makes in their own calendar may go unnoticed in one process. */
export const KEPT_MS = 30_000;

export interface BusyCache {
  /** What the calendar says about a span that holds at least `wanted`. Throws what the calendar's read throws. */
  read(source: BusySource, wanted: Interval): Promise<readonly Interval[]>;
  /** The calendar has changed, or may have: the next read asks it. */
  forget(connectionId: ConnectionId): void;
}

interface Answer {
  connectionId: ConnectionId;
  account: string;
  span: Interval;
  /** Milliseconds of the clock when the calendar was asked. */
  askedAt: number;
  busy: Promise<readonly Interval[]>;
  /** How many intervals it holds; 0 while it is under way. */
  size: number;
}

/**
 * Remembers for half a minute what calendars said, in this process. Equal questions at the same time are asked once; a
 * question about part of a span is answered from the whole. Failures are not remembered.
 * @param limits.answers @param limits.intervals at most so many are kept, the newest
 */
export function createBusyCache(deps: { now: Now }, limits = { answers: 2_000, intervals: 100_000 }): BusyCache {
  /** Oldest first. */
  const kept = new Set<Answer>();
  let intervals = 0;

  function drop(answer: Answer): void {
    if (kept.delete(answer)) intervals -= answer.size;
  }

  function dropWhatIsTooOldOrTooMuch(): void {
    const now = deps.now().getTime();
    for (const answer of kept) {
      const age = now - answer.askedAt;
      const isFresh = age >= 0 && age < KEPT_MS;
      if (!isFresh || kept.size > limits.answers || intervals > limits.intervals) drop(answer);
    }
  }

  function ask(source: BusySource, span: Interval): Promise<readonly Interval[]> {
    const { connectionId, account } = source;
    const busy = source.read(span);
    const answer: Answer = { connectionId, account, span, askedAt: deps.now().getTime(), busy, size: 0 };
    kept.add(answer);
    busy.then(
      (found) => {
        if (!kept.has(answer)) return;
        answer.size = found.length;
        intervals += found.length;
        dropWhatIsTooOldOrTooMuch();
      },
      () => drop(answer),
    );
    return busy;
  }

  return {
    read: async (source, wanted) => {
      dropWhatIsTooOldOrTooMuch();
      for (const answer of kept) {
        const isSame = answer.connectionId === source.connectionId && answer.account === source.account;
        if (isSame && covers(answer.span, wanted)) return answer.busy;
      }
      return ask(source, wanted);
    },
    forget: (connectionId) => {
      for (const answer of kept) if (answer.connectionId === connectionId) drop(answer);
    },
  };
}

/** Tokens for those who write to calendars: whatever was done with one, its calendar is asked anew. */
export function tokensThatForget<T extends Pick<Tokens, 'withAccessToken'>>(
  tokens: T,
  cache: Pick<BusyCache, 'forget'>,
): T {
  return {
    ...tokens,
    withAccessToken: async (connectionId, call) => {
      try {
        return await tokens.withAccessToken(connectionId, call);
      } finally {
        cache.forget(connectionId);
      }
    },
  };
}
