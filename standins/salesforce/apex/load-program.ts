import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClassDef, Program } from './class-model.ts';
import { readClass, type ReadClass } from './read-class.ts';
import { UnsupportedApex } from './values.ts';

/**
 * Reads and compiles the classes of the package folders; test classes are left out.
 * @throws UnsupportedApex naming the file that goes beyond the vocabulary, or lacks its meta file
 */
export function loadProgram(packageFolders: readonly string[]): Program {
  const read = packageFolders.flatMap((folder) => sourcesOf(folder)).map((file) => readFile(file));
  const classes = read.filter((one) => one !== undefined);
  const program = new Map<string, ClassDef>();
  for (const { def } of classes) {
    if (program.has(def.name)) throw new UnsupportedApex(`the class ${def.name} exists twice`);
    program.set(def.name, def);
  }
  for (const one of classes) one.compile({ program });
  return program;
}

function readFile(file: string): ReadClass | undefined {
  const name = path.basename(file, '.cls');
  if (!existsSync(`${file}-meta.xml`)) throw new UnsupportedApex(`${file} has no -meta.xml: it would not be deployed`);
  const read = readClass(readFileSync(file, 'utf8'), `${name}.cls`);
  if (read && read.def.name !== name) throw new UnsupportedApex(`${name}.cls holds the class ${read.def.name}`);
  return read;
}

/** The class files of a package folder, in a stable order. */
export function sourcesOf(folder: string): string[] {
  const classes = [path.join(folder, 'default/classes'), path.join(folder, 'classes')].find((place) =>
    existsSync(place),
  );
  if (classes === undefined) return [];
  return readdirSync(classes)
    .filter((name) => name.endsWith('.cls'))
    .sort()
    .map((name) => path.join(classes, name));
}
