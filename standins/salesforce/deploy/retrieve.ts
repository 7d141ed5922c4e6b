import JSZip from 'jszip';
import { keyOf, ofType, type Component, type Components } from '../metadata/component.ts';
import { CHILD_TYPES, OBJECT_CHILDREN, typeNamed } from '../metadata/types.ts';
import { topElements } from '../metadata/xml-places.ts';

export interface Retrieved {
  zipFile: string;
  fileProperties: { fileName: string; fullName: string; type: string }[];
  /** What was asked for and is not there. */
  messages: { fileName: string; problem: string }[];
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

/** The components that a manifest names, as a package of the Metadata API. */
export async function retrieve(
  components: Components,
  manifest: ReadonlyMap<string, readonly string[]>,
  version: string,
): Promise<Retrieved> {
  const messages: Retrieved['messages'] = [];
  const found: Component[] = [];
  for (const [type, members] of manifest) {
    for (const name of members) {
      const matching = name === '*' ? ofType(components, type) : partsNamed(components, type, name);
      found.push(...matching);
      if (matching.length === 0 && name !== '*') {
        const problem = `Entity of type '${type}' named '${name}' cannot be found`;
        messages.push({ fileName: 'unpackaged/package.xml', problem });
      }
    }
  }
  const zip = new JSZip();
  const objects = new Map<string, Component[]>();
  for (const component of found) {
    for (const [place, content] of component.parts) zip.file(`unpackaged/${place}`, content);
    const isPart = component.type === 'CustomObject' || OBJECT_CHILDREN.some(({ name }) => name === component.type);
    const object = component.name.split('.')[0] ?? '';
    if (isPart) objects.set(object, [...(objects.get(object) ?? []), component]);
  }
  for (const [object, parts] of objects) zip.file(`unpackaged/objects/${object}.object`, objectFile(parts));
  zip.file('unpackaged/package.xml', manifestFile(found, version));
  const zipFile = await zip.generateAsync({ type: 'base64', compression: 'DEFLATE' });
  const fileProperties = found.map(({ type, name, parts }) => ({
    fileName: `unpackaged/${parts.keys().next().value ?? `objects/${name.split('.')[0] ?? ''}.object`}`,
    fullName: name,
    type,
  }));
  return { zipFile, fileProperties, messages };
}

/** An object comes with its fields and rules. */
function partsNamed(components: Components, type: string, name: string): Component[] {
  const own = components.get(keyOf({ type, name }));
  if (type !== 'CustomObject') return own ? [own] : [];
  const children = OBJECT_CHILDREN.flatMap((child) => ofType(components, child.name)).filter((child) =>
    child.name.toLowerCase().startsWith(`${name.toLowerCase()}.`),
  );
  return own ? [own, ...children] : children;
}

/** One file for the object and its parts, each with the elements that it was deployed with. */
function objectFile(parts: readonly Component[]): string {
  const elements = parts.flatMap((part) => {
    const child = OBJECT_CHILDREN.find(({ name }) => name === part.type);
    const inner = topElements(part.xml).map(({ text }) => text);
    if (!child) return inner;
    return [`<${child.element}>\n        ${inner.join('\n        ')}\n    </${child.element}>`];
  });
  return `${HEAD}<CustomObject ${NAMESPACE}>\n    ${elements.join('\n    ')}\n</CustomObject>\n`;
}

function manifestFile(components: readonly Component[], version: string): string {
  const types = new Map<string, string[]>();
  for (const { type, name } of components) types.set(type, [...(types.get(type) ?? []), name]);
  const blocks = [...types].map(([type, names]) => {
    const members = names.map((name) => `        <members>${name}</members>\n`).join('');
    return `    <types>\n${members}        <name>${type}</name>\n    </types>\n`;
  });
  return `${HEAD}<Package ${NAMESPACE}>\n${blocks.join('')}    <version>${version}</version>\n</Package>\n`;
}

/** What `sf org list metadata-types` and `listMetadata` need of a type. */
export function describeTypes(
  types: readonly { name: string; folder: string; suffix: string; shape: string; inFolders: boolean }[],
) {
  return types.map(({ name, folder, suffix, shape, inFolders }) => ({
    directoryName: folder,
    inFolder: inFolders,
    metaFile: shape === 'code',
    ...(suffix === '' ? {} : { suffix }),
    xmlName: name,
    ...(name === 'CustomObject' ? { childXmlNames: OBJECT_CHILDREN.map((child) => child.name) } : {}),
  }));
}

export const isKnownType = (type: string) => typeNamed(type) !== undefined || CHILD_TYPES.includes(type);
