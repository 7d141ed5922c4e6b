import { writeEmailTemplates } from './mail-rows.ts';
import { ofType, type Components } from '../metadata/component.ts';
import { addMissingSetup, setupInserter } from '../sample/load-users.ts';
import type { SaveDeps } from '../save/save-record.ts';
import { readXml } from '../schema/read-xml.ts';
import { findField, findObject, isNumber, type FieldDef } from '../schema/types.ts';
import type { FieldValue } from '../logic/save-context.ts';
import { quoted } from '../store/sql-names.ts';

/** Records by which the platform shows metadata: permission sets, groups, their permissions, flows, custom metadata. */
export function writeSetupRows(deps: SaveDeps, components: Components): void {
  addMissingSetup(deps);
  writePermissions(deps);
  writeFlows(deps, components);
  writeEmailTemplates(deps, components);
  for (const { name, xml } of ofType(components, 'CustomMetadata')) writeCustomMetadata(deps, name, xml);
}

function writePermissions(deps: SaveDeps): void {
  const { store, schema } = deps;
  const insert = setupInserter(deps);
  store.run('DELETE FROM "ObjectPermissions"');
  store.run('DELETE FROM "FieldPermissions"');
  for (const set of schema.permissionSets) {
    const ParentId = String(store.get('SELECT "Id" AS id FROM "PermissionSet" WHERE "Name" = ?', set.name)?.['id']);
    for (const [object, permission] of set.objects) {
      const found = findObject(schema, object);
      if (!found || found.sharingModel === 'Setup' || found.name.endsWith('__mdt')) continue;
      insert('ObjectPermissions', undefined, {
        ParentId,
        SobjectType: found.name,
        PermissionsRead: permission.read,
        PermissionsCreate: permission.create,
        PermissionsEdit: permission.edit,
        PermissionsDelete: permission.delete,
        PermissionsViewAllRecords: permission.viewAll,
        PermissionsModifyAllRecords: permission.modifyAll,
      });
    }
    for (const [path, { readable, editable }] of set.fields) {
      const [object = '', field = ''] = path.split('.');
      const found = findObject(schema, object);
      const name = found && findField(found, field)?.name;
      if (!found || name === undefined || !readable) continue;
      insert('FieldPermissions', undefined, {
        ParentId,
        SobjectType: found.name,
        Field: `${found.name}.${name}`,
        PermissionsRead: readable,
        PermissionsEdit: editable,
      });
    }
  }
}

function writeFlows(deps: SaveDeps, components: Components): void {
  const insert = setupInserter(deps);
  deps.store.run('DELETE FROM "FlowDefinitionView"');
  for (const { name, xml } of ofType(components, 'Flow')) {
    const flow = readXml(xml, 'Flow');
    const [start] = flow.list('start');
    insert('FlowDefinitionView', undefined, {
      ApiName: name,
      Label: flow.text('label') ?? name,
      ProcessType: flow.text('processType') ?? null,
      TriggerType: start?.text('triggerType') ?? null,
      IsActive: flow.text('status') === 'Active',
    });
  }
}

/** The same name replaces the record. */
function writeCustomMetadata(deps: SaveDeps, fullName: string, xml: string): void {
  const [type = '', developerName = ''] = fullName.split('.');
  const object = findObject(deps.schema, `${type}__mdt`);
  if (!object) return;
  const record = readXml(xml, 'CustomMetadata');
  const values: Record<string, FieldValue> = {};
  for (const field of object.fields.filter(({ custom }) => custom)) values[field.name] = field.defaultValue ?? null;
  for (const one of record.list('values')) {
    const field = findField(object, one.needText('field'));
    if (field) values[field.name] = valueOf(field, one.text('value') ?? '');
  }
  deps.store.run(`DELETE FROM ${quoted(object.name)} WHERE "DeveloperName" = ?`, developerName);
  setupInserter(deps)(object.name, undefined, {
    ...values,
    DeveloperName: developerName,
    MasterLabel: record.text('label') ?? developerName,
  });
}

function valueOf(field: FieldDef, text: string): FieldValue {
  if (field.type === 'boolean') return text === 'true';
  if (text === '') return null;
  return isNumber(field) ? Number(text) : text;
}
