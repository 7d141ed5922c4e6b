import JSZip from 'jszip';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import { readXml } from '../schema/read-xml.ts';
import type { Component } from './component.ts';
import { OBJECT_CHILDREN, typeOfFolder, type MetadataType } from './types.ts';
import { topElements, type TopElement } from './xml-places.ts';

const META = '-meta.xml';

/** A package as the Metadata API takes it. */
export interface Package {
  /** The folder inside the zip: the CLI calls it `unpackaged`, others have none. */
  root: string;
  files: ReadonlyMap<string, Buffer>;
  /** Members by type, as package.xml names them. */
  manifest: ReadonlyMap<string, readonly string[]>;
}

/** @throws UnsupportedMetadata for what is no package */
export async function unzipPackage(zip: Buffer): Promise<Package> {
  const archive = await JSZip.loadAsync(zip).catch((error: unknown) => {
    throw new UnsupportedMetadata(`the zip file cannot be read: ${String(error)}`);
  });
  const entries = Object.values(archive.files).filter((entry) => !entry.dir);
  const manifestPath = entries.map(({ name }) => name).find((name) => /(^|\/)package\.xml$/.test(name));
  if (manifestPath === undefined) throw new UnsupportedMetadata('No package.xml found');
  const root = manifestPath.slice(0, -'package.xml'.length);
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    if (entry.name.startsWith(root)) files.set(entry.name.slice(root.length), await entry.async('nodebuffer'));
  }
  const manifest = new Map<string, string[]>();
  for (const types of readXml(String(files.get('package.xml')), 'Package').list('types')) {
    const name = types.needText('name');
    // The CLI writes a slash behind the folders of reports and dashboards.
    const members = types.texts('members').map((member) => member.replace(/\/$/, ''));
    manifest.set(name, [...(manifest.get(name) ?? []), ...members]);
  }
  return { root, files, manifest };
}

/**
 * The components of a package; `refused` is told of files that are none.
 * Parts of an object come under their own names, as the manifest has them.
 */
export function componentsOf(
  pack: Package,
  refused: (file: string, problem: string, line?: number) => void,
): Component[] {
  const found: Component[] = [];
  const bundles = new Map<string, Map<string, Buffer>>();
  for (const [place, content] of pack.files) {
    if (place === 'package.xml') continue;
    const type = typeOfFolder(place.split('/')[0] ?? '');
    if (!type) {
      refused(place, `The folder ${place.split('/')[0]} is of no known metadata type`);
      continue;
    }
    if (type.shape === 'bundle') {
      const name = place.split('/')[1] ?? '';
      const key = `${type.name}:${name}`;
      bundles.set(key, (bundles.get(key) ?? new Map<string, Buffer>()).set(place, content));
      continue;
    }
    const isFolder = type.inFolders && place.split('/').length === 2 && place.endsWith(META);
    if (type.shape === 'code' && place.endsWith(META) && !isFolder) {
      if (!pack.files.has(place.slice(0, -META.length))) refused(place, 'The file that it describes is missing');
      continue;
    }
    const name = isFolder ? place.slice(type.folder.length + 1, -META.length) : nameOf(place, type);
    if (name === undefined) {
      refused(place, `A file of ${type.folder} must end in .${type.suffix}`);
      continue;
    }
    const meta = type.shape === 'code' && !isFolder ? pack.files.get(place + META) : content;
    if (!meta) {
      refused(place, `No ${place + META} was found: every ${type.name} needs one`);
      continue;
    }
    const xml = meta.toString('utf8');
    const parts = new Map([[place, content], ...(meta === content ? [] : [[place + META, meta] as const])]);
    const whole: Component = { type: type.name, name, file: place, line: 1, xml, parts };
    if (type.name === 'CustomObject') found.push(...partsOfObject(whole, refused));
    else found.push(whole);
  }
  for (const [key, parts] of bundles) {
    const [type = '', name = ''] = key.split(':');
    const [first = ''] = parts.keys();
    found.push({ type, name, file: first.split('/').slice(0, 2).join('/'), line: 1, xml: '', parts });
  }
  return found;
}

function nameOf(place: string, type: MetadataType): string | undefined {
  const ending = `.${type.suffix}`;
  return place.endsWith(ending) ? place.slice(type.folder.length + 1, -ending.length) : undefined;
}

/** The object itself, where the file defines it, and its fields, rules and views. */
function partsOfObject(whole: Component, refused: (file: string, problem: string, line?: number) => void): Component[] {
  let elements: TopElement[];
  try {
    readXml(whole.xml, 'CustomObject');
    elements = topElements(whole.xml);
  } catch (error) {
    if (!(error instanceof UnsupportedMetadata)) throw error;
    refused(whole.file, error.message, Number(/\(line (\d+)\)/.exec(error.message)?.[1] ?? 1));
    return [];
  }
  const own = elements.filter(({ name }) => !OBJECT_CHILDREN.some(({ element }) => element === name));
  const children = elements.flatMap(({ name, inner, line }) => {
    const child = OBJECT_CHILDREN.find(({ element }) => element === name);
    if (!child) return [];
    const xml = `<${child.name} xmlns="http://soap.sforce.com/2006/04/metadata">${inner}</${child.name}>`;
    const fullName = readXml(xml, child.name).text('fullName') ?? '';
    return [{ type: child.name, name: `${whole.name}.${fullName}`, file: whole.file, line, xml, parts: new Map() }];
  });
  if (own.length === 0) return children;
  // What is left out keeps its line breaks, so that lines of problems are those of the file.
  let xml = whole.xml;
  for (const { text, name } of elements) {
    if (OBJECT_CHILDREN.some(({ element }) => element === name)) xml = xml.replace(text, text.replace(/[^\n]/g, ''));
  }
  return [{ ...whole, xml, parts: new Map() }, ...children];
}
