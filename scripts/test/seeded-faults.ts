import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** A change to a copy of the package. */
export interface Change {
  /** Below `force-app`. */
  file: string;
  /** Replaced, once, by `to`; without it the file is written anew. */
  from?: string;
  /** Undefined removes the file. */
  to?: string;
}

/** A mistake and where its finding must stand. */
export interface Fault extends Change {
  name: string;
  says: RegExp;
  /** Where the finding is, if not in the changed file. */
  foundIn?: string;
  /** Text of the line of the finding; the first line of the file without it. */
  at?: string;
  /** Of several lines with that text, the last. */
  last?: boolean;
}

export interface SeededCopy {
  root: string;
  [Symbol.dispose](): void;
}

/** A copy of `force-app` in a folder of its own, with these changes. */
export function seededCopy(changes: readonly Change[]): SeededCopy {
  const root = mkdtempSync(path.join(tmpdir(), 'seeded-'));
  const remove = () => rmSync(root, { recursive: true });
  try {
    const notTests = (source: string) => !source.endsWith('__tests__');
    cpSync(path.join(REPOSITORY, 'force-app'), path.join(root, 'force-app'), { recursive: true, filter: notTests });
    for (const change of changes) apply(change, path.join(root, 'force-app', change.file));
  } catch (error) {
    remove();
    throw error;
  }
  return { root, [Symbol.dispose]: remove };
}

function apply({ file, from, to }: Change, place: string): void {
  if (to === undefined) {
    rmSync(place);
  } else if (from === undefined) {
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, to);
  } else {
    const text = readFileSync(place, 'utf8');
    assert.ok(text.includes(from), `${file} does not hold "${from}"`);
    writeFileSync(
      place,
      text.replace(from, () => to),
    );
  }
}

/** Asserts that one of the problems is about the fault: its file, its line, its words, on one line. */
export function assertFound(problems: readonly string[], root: string, fault: Fault): void {
  const file = `force-app/${fault.foundIn ?? fault.file}`;
  const lines = fault.at === undefined ? [] : readFileSync(path.join(root, file), 'utf8').split('\n');
  const isThere = (text: string) => text.includes(fault.at ?? '');
  const index = fault.last ? lines.findLastIndex(isThere) : lines.findIndex(isThere);
  const line = fault.at === undefined ? 1 : index + 1;
  assert.ok(line > 0, `${file} does not hold "${fault.at ?? ''}"`);
  const there = problems.filter((problem) => problem.startsWith(`${file}:${line}: `));
  const found = there.some((problem) => fault.says.test(problem) && !problem.includes('\n'));
  assert.ok(found, `${fault.name} was not found at ${file}:${line}, but:\n${problems.slice(0, 40).join('\n')}`);
}
