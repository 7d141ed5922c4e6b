import type { XmlElement } from '../../logic/metadata-xml.ts';
import fs from 'node:fs';
import path from 'node:path';
import { childNamed, readMetadata, requireText } from '../../logic/metadata-xml.ts';
import { FORCE_APP } from './save-contexts.ts';

export interface PackageField {
  object: string;
  name: string;
  type: string;
  required: boolean;
  /** Calculated by a formula: nobody writes it. */
  calculated: boolean;
}

/** Paths of all files below both package directories whose name ends like that. */
export function findPackageFiles(suffix: string): string[] {
  const all = fs.readdirSync(FORCE_APP, { recursive: true, encoding: 'utf8' });
  return all.filter((file) => file.endsWith(suffix)).map((file) => path.join(FORCE_APP, file));
}

export function readPackageFile(file: string, root: string): XmlElement {
  return readMetadata(fs.readFileSync(file, 'utf8'), root);
}

/** The custom fields of both package directories by `Object.Field`. */
export function readPackageFields(): Map<string, PackageField> {
  const fields = findPackageFiles('.field-meta.xml').map((file) => {
    const xml = readPackageFile(file, 'CustomField');
    const object = path.basename(path.dirname(path.dirname(file)));
    const required = childNamed(xml, 'required')?.text === 'true';
    const calculated = childNamed(xml, 'formula') !== undefined;
    return { object, name: requireText(xml, 'fullName'), type: requireText(xml, 'type'), required, calculated };
  });
  return new Map(fields.map((field) => [`${field.object}.${field.name}`, field]));
}

/** The object definitions of both package directories. */
export function readPackageObjects(): Set<string> {
  return new Set(findPackageFiles('.object-meta.xml').map((file) => path.basename(file, '.object-meta.xml')));
}
