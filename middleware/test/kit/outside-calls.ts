import type { JournalEntry } from '../../../standins/kit/journal.ts';
import type { Standins } from '../../../standins/registry.ts';

export interface OutsideCalls {
  entries: JournalEntry[];
  /** The most calls that followed one another, none overlapping the next. */
  inSequence: number;
}

/**
 * Watches what reaches the vendors from now on.
 * @param onlookers digests of the tokens by which the test itself looks: they do not count
 */
export function watchOutside(standins: Standins, onlookers: ReadonlySet<string>): () => OutsideCalls {
  const journals = [standins.salesforce.journal, standins.lark.journal];
  const marks = journals.map((journal) => journal.mark());
  return () => {
    const entries = journals
      .flatMap((journal, index) => journal.entries({ since: marks[index] ?? 0 }))
      .filter(({ bearer }) => bearer === undefined || !onlookers.has(bearer))
      .sort((a, b) => a.startedAt - b.startedAt);
    let inSequence = 0;
    let freeFrom = -Infinity;
    for (const entry of [...entries].sort((a, b) => endOf(a) - endOf(b))) {
      if (entry.startedAt < freeFrom) continue;
      inSequence++;
      freeFrom = endOf(entry);
    }
    return { entries, inSequence };
  };
}

function endOf(entry: JournalEntry): number {
  return entry.endedAt ?? Infinity;
}
