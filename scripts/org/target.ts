import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { componentsOf, unzipPackage } from '../../standins/salesforce/metadata/read-package.ts';
import { readXml, type XmlElement } from '../../standins/salesforce/schema/read-xml.ts';
import { byKey, keyOf, ofType, type Components } from '../../standins/salesforce/metadata/component.ts';
import { readSource } from '../../standins/salesforce/metadata/read-source.ts';
import { REPOSITORY, type Sf } from './sf.ts';

export const TRAINER = 'Onboarding_Trainer__c';

export const MAIN = 'force-app/main';
export const FRESH_ORG = 'force-app/fresh-org';

/** The package as it lies in the repository. */
export const packageComponents = (folders: readonly string[] = [MAIN]): Components =>
  byKey(readSource(folders.map((folder) => path.join(REPOSITORY, folder))));

/** Objects that the package brings or extends. */
export function objectsOf(components: Components): string[] {
  const names = [...ofType(components, 'CustomObject'), ...ofType(components, 'CustomField')].map(
    ({ name }) => name.split('.')[0] ?? '',
  );
  return [...new Set(names)].sort();
}

/**
 * What the org has of these objects, and its settings of flows and languages, whatever the rights of the user on single
 * fields: describe hides fields without permission, a retrieval does not.
 */
export async function retrieveObjects(sf: Sf, objects: readonly string[]): Promise<Components> {
  const folder = mkdtempSync(path.join(tmpdir(), 'org-retrieve-'));
  try {
    const members = [...objects.map((name) => `CustomObject:${name}`), 'Settings:Flow', 'Settings:Language'];
    const asked = members.flatMap((member) => ['--metadata', member]);
    const { zipFilePath } = await sf.run<{ zipFilePath: string }>([
      'project',
      'retrieve',
      'start',
      ...asked,
      '--target-metadata-dir',
      folder,
    ]);
    const pack = await unzipPackage(readFileSync(zipFilePath));
    // What the package does not need to understand is left out.
    return byKey(componentsOf(pack, () => undefined));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function fieldOf(components: Components, object: string, field: string): XmlElement | undefined {
  const component = components.get(keyOf({ type: 'CustomField', name: `${object}.${field}` }));
  return component && readXml(component.xml, 'CustomField');
}

/** Whether the org has the object: a field of it is enough, for a standard object has no definition of its own. */
export function hasObject(components: Components, object: string): boolean {
  const ofObject = ofType(components, 'CustomField').some(({ name }) => name.startsWith(`${object}.`));
  return ofObject || components.has(keyOf({ type: 'CustomObject', name: object }));
}
