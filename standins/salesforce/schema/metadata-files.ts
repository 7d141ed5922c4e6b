import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UnsupportedMetadata } from '../logic/save-context.ts';

export type MetadataKind =
  'object' | 'field' | 'validationRule' | 'flow' | 'permissionSet' | 'customPermission' | 'group' | 'sharingRules';

export interface MetadataFile {
  kind: MetadataKind;
  /** Full name without folder and ending: the object's, field's, flow's API name. */
  name: string;
  /** Only for fields and validation rules. */
  object?: string;
  file: string;
  xml: string;
}

const READ: Record<string, { kind: MetadataKind; ending: string }> = {
  flows: { kind: 'flow', ending: '.flow-meta.xml' },
  permissionsets: { kind: 'permissionSet', ending: '.permissionset-meta.xml' },
  customPermissions: { kind: 'customPermission', ending: '.customPermission-meta.xml' },
  groups: { kind: 'group', ending: '.group-meta.xml' },
  sharingRules: { kind: 'sharingRules', ending: '.sharingRules-meta.xml' },
};

const READ_OF_OBJECT: Record<string, { kind: MetadataKind; ending: string }> = {
  fields: { kind: 'field', ending: '.field-meta.xml' },
  validationRules: { kind: 'validationRule', ending: '.validationRule-meta.xml' },
};

/** Folders that say nothing about data: pages, code, texts, reports, credentials. */
const IGNORED = new Set([
  'applications',
  'aura',
  'classes',
  'cspTrustedSites',
  'customMetadata',
  'dashboards',
  'email',
  'externalClientApps',
  'externalCredentials',
  'extlClntAppGlobalOauthSets',
  'extlClntAppOauthPolicies',
  'extlClntAppOauthSettings',
  'extlClntAppPolicies',
  'flexipages',
  'labels',
  'layouts',
  'lwc',
  'namedCredentials',
  'pathAssistants',
  'quickActions',
  'remoteSiteSettings',
  'reportTypes',
  'reports',
  'settings',
  'staticresources',
  'tabs',
  'translations',
]);

const IGNORED_OF_OBJECT = new Set(['compactLayouts', 'listViews', 'webLinks']);

/**
 * Every metadata file below package folders that concerns the org's data, in a stable order.
 * @throws {UnsupportedMetadata} for a folder or file that is neither read nor on the list of ignored ones.
 */
export function findMetadata(packageFolders: readonly string[]): MetadataFile[] {
  return packageFolders.flatMap((folder) => {
    if (!existsSync(folder)) throw new UnsupportedMetadata(`${folder} does not exist`);
    const root = existsSync(path.join(folder, 'default')) ? path.join(folder, 'default') : folder;
    return entriesOf(root).flatMap((name) => {
      const place = path.join(root, name);
      if (IGNORED.has(name) || name.startsWith('.')) return [];
      if (name === 'objects')
        return entriesOf(place).flatMap((object) => filesOfObject(path.join(place, object), object));
      const read = READ[name];
      if (!read) throw new UnsupportedMetadata(`${place}: this kind of metadata is not understood`);
      return entriesOf(place).map((file) => metadataFile(path.join(place, file), read));
    });
  });
}

function filesOfObject(folder: string, object: string): MetadataFile[] {
  return entriesOf(folder).flatMap((name) => {
    const place = path.join(folder, name);
    if (IGNORED_OF_OBJECT.has(name)) return [];
    const read = READ_OF_OBJECT[name];
    if (read) return entriesOf(place).map((file) => ({ ...metadataFile(path.join(place, file), read), object }));
    return [metadataFile(place, { kind: 'object', ending: '.object-meta.xml' })];
  });
}

function metadataFile(file: string, read: { kind: MetadataKind; ending: string }): MetadataFile {
  const base = path.basename(file);
  if (!base.endsWith(read.ending)) throw new UnsupportedMetadata(`${file}: expected a file ending in ${read.ending}`);
  return { kind: read.kind, name: base.slice(0, -read.ending.length), file, xml: readFileSync(file, 'utf8') };
}

function entriesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
}
