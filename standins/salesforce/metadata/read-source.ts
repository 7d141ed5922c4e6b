import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import { keyOf, type Component } from './component.ts';
import { OBJECT_CHILDREN, typeOfFolder, type MetadataType } from './types.ts';

const META = '-meta.xml';
/** Beside the code, but never deployed: see .forceignore. */
const NOT_DEPLOYED = new Set(['__tests__', 'jsconfig.json', '.eslintrc.json']);

/**
 * Every component below package folders in source format, in a stable order.
 * @throws {UnsupportedMetadata} for a folder or file of an unknown kind
 */
export function readSource(packageFolders: readonly string[]): Component[] {
  const components = packageFolders.flatMap((folder) => {
    if (!existsSync(folder)) throw new UnsupportedMetadata(`${folder} does not exist`);
    const root = existsSync(path.join(folder, 'default')) ? path.join(folder, 'default') : folder;
    return entriesOf(root).flatMap((name) => {
      const place = path.join(root, name);
      const type = typeOfFolder(name);
      if (!type) throw new UnsupportedMetadata(`${place}: this kind of metadata is not understood`);
      if (type.name === 'CustomObject') return entriesOf(place).flatMap((one) => object(path.join(place, one), one));
      if (type.shape === 'bundle') return entriesOf(place).flatMap((one) => bundle(path.join(place, one), one, type));
      return filesOf(place, type, '');
    });
  });
  const seen = new Set<string>();
  for (const component of components) {
    const key = keyOf(component);
    if (seen.has(key)) throw new UnsupportedMetadata(`${component.file}: ${component.name} is defined twice`);
    seen.add(key);
  }
  return components;
}

function object(folder: string, name: string): Component[] {
  return entriesOf(folder).flatMap((entry) => {
    const place = path.join(folder, entry);
    const child = OBJECT_CHILDREN.find((one) => one.folder === entry);
    if (!child) return [fromFile('CustomObject', name, place, stem(place, 'object'))];
    return entriesOf(place).map((one) => {
      const file = path.join(place, one);
      return fromFile(child.name, `${name}.${stem(file, child.suffix)}`, file);
    });
  });
}

function bundle(folder: string, name: string, type: MetadataType): Component[] {
  if (NOT_DEPLOYED.has(name) || !statSync(folder).isDirectory()) return [];
  const parts = new Map<string, Buffer>();
  const walk = (place: string) => {
    for (const entry of readdirSync(place).sort()) {
      const inner = path.join(place, entry);
      if (NOT_DEPLOYED.has(entry)) continue;
      if (statSync(inner).isDirectory()) walk(inner);
      else parts.set(`${type.folder}/${name}/${path.relative(folder, inner)}`, readFileSync(inner));
    }
  };
  walk(folder);
  return [{ type: type.name, name, file: folder, line: 1, xml: '', parts }];
}

function filesOf(folder: string, type: MetadataType, prefix: string): Component[] {
  const entries = entriesOf(folder);
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry);
    if (statSync(file).isDirectory()) return filesOf(file, type, `${prefix}${entry}/`);
    if (type.inFolders && entry.endsWith(`Folder${META}`)) {
      const name = prefix + entry.slice(0, entry.indexOf('.'));
      return [component(type, name, file, [[`${type.folder}/${name}${META}`, file]])];
    }
    if (type.shape === 'code' && !entry.endsWith(META)) return [];
    const own = stem(file, type.suffix);
    const name = prefix + own;
    if (type.shape === 'plain') return [component(type, name, file, [[`${type.folder}/${name}.${type.suffix}`, file]])];
    const content = entries.find((one) => !one.endsWith(META) && one.slice(0, one.lastIndexOf('.')) === own);
    if (content === undefined) throw new UnsupportedMetadata(`${file}: the file that it describes is missing`);
    const place = `${type.folder}/${name}.${type.suffix}`;
    return [
      component(type, name, file, [
        [place, path.join(folder, content)],
        [`${place}${META}`, file],
      ]),
    ];
  });
}

function component(type: MetadataType, name: string, file: string, files: [string, string][]): Component {
  const parts = new Map(files.map(([place, from]) => [place, readFileSync(from)]));
  return { ...fromFile(type.name, name, file), parts };
}

function fromFile(type: string, name: string, file: string, given = name): Component {
  if (given !== name) throw new UnsupportedMetadata(`${file}: expected a file named after ${name}`);
  return { type, name, file, line: 1, xml: readFileSync(file, 'utf8'), parts: new Map() };
}

/** The file's name without its ending. @throws UnsupportedMetadata for another ending */
function stem(file: string, suffix: string): string {
  const base = path.basename(file);
  const ending = `.${suffix}${META}`;
  if (!base.endsWith(ending)) throw new UnsupportedMetadata(`${file}: expected a file ending in ${ending}`);
  return base.slice(0, -ending.length);
}

function entriesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
}
