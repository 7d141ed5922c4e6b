import { loadAfterSaveFlow } from '../logic/after-save-flow.ts';
import { loadBeforeSaveFlow } from '../logic/before-save-flow.ts';
import { UnsupportedMetadata } from '../logic/save-context.ts';
import { loadValidationRule } from '../logic/validation-rule.ts';
import type { Component } from '../metadata/component.ts';
import { readSource } from '../metadata/read-source.ts';
import { checkReferences } from './check-references.ts';
import { addField } from './define-field.ts';
import { loadField } from './load-field.ts';
import { loadObject } from './load-object.ts';
import { loadPermissionSet } from './load-permission-set.ts';
import { loadSharingRules } from './load-sharing-rules.ts';
import { readXml } from './read-xml.ts';
import { standardObjects } from './standard-objects.ts';
import { findObject, type ObjectDef, type Schema } from './types.ts';

/** Told of a component that cannot be part of the schema, and why. */
export type Refuse = (component: Component, problem: string) => void;

/**
 * The schema of the local org: its standard objects and what the package folders add.
 * @throws {UnsupportedMetadata} naming the file that uses something the local org does not understand.
 */
export function loadSchema(packageFolders: readonly string[]): Schema {
  return buildSchema(readSource(packageFolders), refuseLoudly);
}

/** Ends the loading at the first problem. */
export const refuseLoudly: Refuse = ({ file }, problem) => {
  throw new UnsupportedMetadata(`${file}: ${problem}`);
};

/** The schema of these components, taken in an order in which everything a component needs is there before it. */
export function buildSchema(components: readonly Component[], refuse: Refuse): Schema {
  const schema: Schema = {
    objects: new Map(standardObjects().map((object) => [object.name.toLowerCase(), object])),
    permissionSets: [],
    customPermissions: new Set(),
    groups: [],
    sharingRules: [],
  };
  const deploy = (type: string, load: (component: Component & { object: string; own: string }) => void) => {
    for (const component of components.filter((candidate) => candidate.type === type)) {
      const [object = '', own = ''] = component.name.split('.');
      try {
        load({ ...component, object, own });
      } catch (error) {
        if (!(error instanceof UnsupportedMetadata)) throw error;
        refuse(component, error.message);
      }
    }
  };

  deploy('CustomObject', ({ name, xml }) => {
    if (findObject(schema, name)) throw new UnsupportedMetadata(`the object ${name} is defined twice or standard`);
    schema.objects.set(name.toLowerCase(), loadObject(name, xml));
  });
  deploy('CustomField', ({ own, object, xml }) => {
    const owner = objectFor(schema, object);
    if (owner.byName.has(own.toLowerCase())) throw new UnsupportedMetadata(`${owner.name}.${own} is defined twice`);
    const field = loadField(own, xml);
    // Records of custom metadata types are entered in Setup; whoever may read the type reads all of it.
    const isSetup = owner.name.endsWith('__mdt');
    addField(owner, isSetup ? { ...field, createable: false, updateable: false, permissionable: false } : field);
  });
  deploy('CustomField', ({ own, object }) => {
    const field = findObject(schema, object)?.byName.get(own.toLowerCase());
    if (field?.formula) checkReferences(field.formula.references, objectFor(schema, object), schema);
    const target = field?.reference?.to;
    if (target !== undefined && !findObject(schema, target)) {
      throw new UnsupportedMetadata(`refers to ${target}, which does not exist`);
    }
  });
  deploy('CustomPermission', ({ name, xml }) => {
    const permission = readXml(xml, 'CustomPermission');
    permission.only('label', 'description', 'isLicensed');
    permission.needText('label');
    schema.customPermissions.add(name);
  });
  deploy('Group', ({ name, xml }) => {
    const group = readXml(xml, 'Group');
    group.only('name', 'doesIncludeBosses');
    schema.groups.push({ name, label: group.needText('name') });
  });
  deploy('SharingRules', ({ name, xml }) => {
    schema.sharingRules.push(...loadSharingRules(name, xml, schema));
  });
  deploy('PermissionSet', ({ name, xml }) => {
    schema.permissionSets.push(loadPermissionSet(name, xml, schema));
  });
  deploy('ValidationRule', ({ object, xml }) => {
    const owner = objectFor(schema, object);
    const rule = loadValidationRule(owner.name, xml);
    checkReferences(rule.references, owner, schema);
    owner.validationRules.push(rule);
  });
  deploy('Flow', ({ name, xml }) => {
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

function objectFor(schema: Schema, name: string): ObjectDef {
  const object = findObject(schema, name);
  if (!object) throw new UnsupportedMetadata(`the object ${name} is not known to the local org`);
  return object;
}
