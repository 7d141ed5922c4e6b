import { loadAfterSaveFlow } from '../logic/after-save-flow.ts';
import { loadBeforeSaveFlow } from '../logic/before-save-flow.ts';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import { loadValidationRule } from '../logic/validation-rule.ts';
import { checkReferences } from './check-references.ts';
import { addField } from './define-field.ts';
import { loadField } from './load-field.ts';
import { loadObject } from './load-object.ts';
import { loadPermissionSet } from './load-permission-set.ts';
import { loadSharingRules } from './load-sharing-rules.ts';
import { findMetadata, type MetadataFile, type MetadataKind } from './metadata-files.ts';
import { readXml } from './read-xml.ts';
import { standardObjects } from './standard-objects.ts';
import { findObject, type ObjectDef, type Schema } from './types.ts';

/**
 * The schema of the local org: its standard objects and what the package folders add, deployed in an order in which
 * everything a file needs is there before it.
 * @throws {UnsupportedMetadata} naming the file that uses something the local org does not understand.
 */
export function loadSchema(packageFolders: readonly string[]): Schema {
  const files = findMetadata(packageFolders);
  const schema: Schema = {
    objects: new Map(standardObjects().map((object) => [object.name.toLowerCase(), object])),
    permissionSets: [],
    customPermissions: new Set(),
    groups: [],
    sharingRules: [],
  };
  const deploy = (kind: MetadataKind, load: (file: MetadataFile) => void) => {
    for (const file of files.filter((candidate) => candidate.kind === kind)) namingFile(file.file, () => load(file));
  };

  deploy('object', ({ name, xml }) => {
    if (findObject(schema, name)) throw new UnsupportedMetadata(`the object ${name} is defined twice or standard`);
    schema.objects.set(name.toLowerCase(), loadObject(name, xml));
  });
  deploy('field', ({ name, object, xml }) => {
    const owner = objectFor(schema, object);
    if (owner.byName.has(name.toLowerCase())) throw new UnsupportedMetadata(`${owner.name}.${name} is defined twice`);
    const field = loadField(name, xml);
    // Records of custom metadata types are entered in Setup; whoever may read the type reads all of it.
    const isSetup = owner.name.endsWith('__mdt');
    addField(owner, isSetup ? { ...field, createable: false, updateable: false, permissionable: false } : field);
  });
  deploy('field', ({ name, object }) => {
    const target = objectFor(schema, object).byName.get(name.toLowerCase())?.reference?.to;
    if (target !== undefined && !findObject(schema, target)) {
      throw new UnsupportedMetadata(`refers to ${target}, which does not exist`);
    }
  });
  deploy('customPermission', ({ name, xml }) => {
    readXml(xml, 'CustomPermission').only('label', 'description', 'isLicensed');
    schema.customPermissions.add(name);
  });
  deploy('group', ({ name, xml }) => {
    const group = readXml(xml, 'Group');
    group.only('name', 'doesIncludeBosses');
    schema.groups.push({ name, label: group.needText('name') });
  });
  deploy('sharingRules', ({ name, xml }) => {
    schema.sharingRules.push(...loadSharingRules(name, xml, schema));
  });
  deploy('permissionSet', ({ name, xml }) => {
    schema.permissionSets.push(loadPermissionSet(name, xml, schema));
  });
  deploy('validationRule', ({ object, xml }) => {
    const owner = objectFor(schema, object);
    const rule = loadValidationRule(owner.name, xml);
    checkReferences(rule.references, owner, schema);
    owner.validationRules.push(rule);
  });
  deploy('flow', ({ name, xml }) => {
    const trigger = triggerOf(xml);
    if (trigger === undefined) return;
    const flow = trigger === 'RecordAfterSave' ? loadAfterSaveFlow(xml, name) : loadBeforeSaveFlow(xml, name);
    const owner = objectFor(schema, flow.object);
    checkReferences(flow.references, owner, schema);
    if ('action' in flow) owner.afterSaveFlows.push(flow);
    else owner.beforeSaveFlows.push(flow);
  });
  return schema;
}

/** Flows without a trigger are started by people or pages and say nothing about saves. */
function triggerOf(text: string): string | undefined {
  const [start] = readXml(text, 'Flow').list('start');
  return start?.text('triggerType');
}

function objectFor(schema: Schema, name: string | undefined): ObjectDef {
  const object = name === undefined ? undefined : findObject(schema, name);
  if (!object) throw new UnsupportedMetadata(`the object ${name} is not known to the local org`);
  return object;
}

function namingFile(file: string, load: () => void): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof UnsupportedMetadata)) throw error;
    throw new UnsupportedMetadata(`${file}: ${error.message}`, { cause: error });
  }
}
