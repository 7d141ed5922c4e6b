import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ofType, type Components } from '../metadata/component.ts';
import type { ClassDef, Program } from './class-model.ts';
import { readClass, type ReadClass } from './read-class.ts';
import { UnsupportedApex } from './values.ts';

/** One class as it was read: from a package folder or from a deployed zip. */
export interface ClassSource {
  file: string;
  name: string;
  source: string;
}

/** The class files among components, as the compiler takes them. */
export function classSources(components: Components): ClassSource[] {
  return ofType(components, 'ApexClass').map(({ name, file, parts }) => {
    const content = [...parts].find(([place]) => place.endsWith('.cls'))?.[1];
    return { file, name, source: content?.toString('utf8') ?? '' };
  });
}

/**
 * Reads and compiles the classes of the package folders; test classes are left out.
 * @throws UnsupportedApex naming the file that goes beyond the vocabulary, or lacks its meta file
 */
export function loadProgram(packageFolders: readonly string[]): Program {
  const sources = packageFolders.flatMap(sourcesOf).map((file): ClassSource => {
    if (!existsSync(`${file}-meta.xml`))
      throw new UnsupportedApex(`${file} has no -meta.xml: it would not be deployed`);
    return { file, name: path.basename(file, '.cls'), source: readFileSync(file, 'utf8') };
  });
  return compileClasses(sources, (_source, error) => {
    throw error;
  });
}

/** Compiles classes that know each other; `refused` is told of those that cannot be followed. */
export function compileClasses(
  sources: readonly ClassSource[],
  refused: (source: ClassSource, error: UnsupportedApex) => void,
): Program {
  const program = new Map<string, ClassDef>();
  const attempt = (source: ClassSource, step: () => void) => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof UnsupportedApex)) throw error;
      refused(source, error);
    }
  };
  const read: { source: ClassSource; found: ReadClass }[] = [];
  for (const source of sources) {
    attempt(source, () => {
      const { name } = source;
      const found = readClass(source.source, `${name}.cls`);
      if (!found) return;
      if (found.def.name !== name) throw new UnsupportedApex(`${name}.cls holds the class ${found.def.name}`);
      if (program.has(name)) throw new UnsupportedApex(`the class ${name} exists twice`);
      program.set(name, found.def);
      read.push({ source, found });
    });
  }
  for (const { source, found } of read) attempt(source, () => found.compile({ program }));
  return program;
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
