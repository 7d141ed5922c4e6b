import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface NamedFile {
  /** File name without its ending. */
  name: string;
  file: string;
}

/** The files of a folder that end in `ending`, by name; none where the folder does not exist. */
export function filesIn(folder: string, ending: string): NamedFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ name: name.slice(0, -ending.length), file: path.join(folder, name) }));
}
