import { createHash } from 'node:crypto';

/** One request that reached a stand-in. Times are real milliseconds since the epoch, never the movable clock. */
export interface JournalEntry {
  seq: number;
  standin: string;
  method: string;
  /** Path without the query string. */
  path: string;
  query: Record<string, unknown>;
  /** Parsed body with every secret replaced by a short digest, so that equal secrets still compare equal. */
  body: unknown;
  /** Digest of the bearer token, if any. */
  bearer?: string;
  requestId?: string;
  startedAt: number;
  endedAt?: number;
  status?: number;
  /** The vendor's own error code in the answer, where it has one. */
  errorCode?: string | number;
  /** Name of the fault that was applied. */
  fault?: string;
}

export interface Journal {
  record(entry: Omit<JournalEntry, 'seq'>): JournalEntry;
  /** Oldest first. */
  entries(filter?: { since?: number; method?: string; path?: string | RegExp }): JournalEntry[];
  /** Sequence number of the newest entry; pass it as `since` to see only what follows. */
  mark(): number;
  clear(): void;
}

const KEPT = 20_000;

export function createJournal(): Journal {
  const kept: JournalEntry[] = [];
  let seq = 0;
  return {
    record(entry) {
      const numbered = { ...entry, seq: ++seq };
      kept.push(numbered);
      if (kept.length > KEPT) kept.shift();
      return numbered;
    },
    entries: ({ since = 0, method, path } = {}) =>
      kept.filter(
        (entry) =>
          entry.seq > since &&
          (method === undefined || entry.method === method) &&
          (path === undefined || (typeof path === 'string' ? entry.path === path : path.test(entry.path))),
      ),
    mark: () => seq,
    clear: () => {
      kept.length = 0;
    },
  };
}

const SECRET_NAME =
  /token|secret|password|assertion|authorization|^code$|code_verifier|^state$|^ticket$|signature|sid$/i;

/** A short, stable stand-in for a secret. */
export function digest(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 16)}`;
}

/** Replaces the values of secret-sounding names, at any depth, by their digest. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && SECRET_NAME.test(name) ? digest(inner) : withoutSecrets(inner),
    ]),
  );
}
