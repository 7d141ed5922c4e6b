/** One line for the person who deploys. */
export interface Finding {
  level: 'error' | 'warning' | 'info';
  what: string;
  /** What to do about it; nothing for plain facts. */
  remedy?: string;
}

const MARKS = { error: 'ERROR  ', warning: 'WARNING', info: 'ok     ' };

export const lineOf = ({ level, what, remedy }: Finding): string =>
  `${MARKS[level]} ${what}${remedy === undefined ? '' : ` → ${remedy}`}`;

/** Exit statuses that all commands share. */
export const EXIT = { ok: 0, failed: 1, wrongUse: 2, incomplete: 3 } as const;

/** Prints why a command ends, without a stack: the reader is a person with a terminal. */
export function printFailure(error: unknown): void {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
