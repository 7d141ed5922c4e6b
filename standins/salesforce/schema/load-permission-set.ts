import { UnsupportedMetadata } from '../logic/save-context.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import {
  findField,
  findObject,
  masterField,
  type ObjectPermission,
  type PermissionSetDef,
  type Schema,
} from './types.ts';

/** Parts that open pages, which are not the local org's to judge. */
const ELSEWHERE = ['applicationVisibilities', 'flowAccesses', 'pageAccesses', 'tabSettings'];

/** User permissions of which the local org knows the effect, or which concern pages only. */
const USER_PERMISSIONS = new Set(['ApiEnabled', 'RunFlow', 'ViewSetup', 'RunReports', 'ViewDashboards']);

/**
 * A permission set. The platform refuses Edit without Read, Modify All without View All, Edit and Delete, and field
 * permissions on fields that are required or master-detail: so does this.
 */
export function loadPermissionSet(name: string, text: string, schema: Schema): PermissionSetDef {
  const xml = readXml(text, 'PermissionSet');
  xml.only(
    'label',
    'description',
    'license',
    'hasActivationRequired',
    'objectPermissions',
    'fieldPermissions',
    'customPermissions',
    'userPermissions',
    'classAccesses',
    'externalCredentialPrincipalAccesses',
    'customMetadataTypeAccesses',
    ...ELSEWHERE,
  );
  const objects = new Map([
    ...xml.list('objectPermissions').map((element) => objectPermission(element, schema)),
    ...[...enabledNames(xml, 'customMetadataTypeAccesses', (type) => isCustomMetadataType(schema, type))].map(
      (type) => [type.toLowerCase(), READ_ONLY] as const,
    ),
  ]);
  refuseDetailsWithoutMaster(objects, schema);
  return {
    name,
    label: xml.needText('label'),
    objects,
    fields: new Map(xml.list('fieldPermissions').map((element) => fieldPermission(element, schema))),
    customPermissions: enabledNames(xml, 'customPermissions', (permission) => schema.customPermissions.has(permission)),
    userPermissions: enabledNames(xml, 'userPermissions', (permission) => USER_PERMISSIONS.has(permission)),
    // Whether these exist is asked where classes and credentials are read.
    apexClasses: enabledNames(xml, 'classAccesses', () => true, 'apexClass'),
    credentialPrincipals: enabledNames(
      xml,
      'externalCredentialPrincipalAccesses',
      () => true,
      'externalCredentialPrincipal',
    ),
  };
}

/** Reading a detail means reading its master. */
function refuseDetailsWithoutMaster(objects: ReadonlyMap<string, ObjectPermission>, schema: Schema): void {
  for (const [name, { read }] of objects) {
    const object = findObject(schema, name);
    const master = object && masterField(object)?.reference?.to;
    if (!read || master === undefined || objects.get(master.toLowerCase())?.read === true) continue;
    throw new UnsupportedMetadata(`Permission Read ${object?.name} depends on permission(s): Read ${master}`);
  }
}

function isCustomMetadataType(schema: Schema, name: string): boolean {
  return name.endsWith('__mdt') && findObject(schema, name) !== undefined;
}

function objectPermission(xml: XmlElement, schema: Schema): [string, ObjectPermission] {
  xml.only(
    'object',
    'allowCreate',
    'allowRead',
    'allowEdit',
    'allowDelete',
    'viewAllRecords',
    'modifyAllRecords',
    'viewAllFields',
  );
  const name = xml.needText('object');
  const object = findObject(schema, name);
  // User is a real object without object permissions: every internal user reads it.
  if (!object || object.sharingModel === 'Setup') {
    if (name === 'UserExternalCredential') return [name.toLowerCase(), { ...READ_ONLY, read: xml.flag('allowRead') }];
    if (name.endsWith('__mdt')) return [name.toLowerCase(), READ_ONLY];
    throw new UnsupportedMetadata(`object permissions for ${name}, which takes none or does not exist`);
  }
  if (xml.flag('viewAllFields')) throw new UnsupportedMetadata('viewAllFields=true is not understood');
  const permission: ObjectPermission = {
    create: xml.flag('allowCreate'),
    read: xml.flag('allowRead'),
    edit: xml.flag('allowEdit'),
    delete: xml.flag('allowDelete'),
    viewAll: xml.flag('viewAllRecords'),
    modifyAll: xml.flag('modifyAllRecords'),
  };
  const { create, read, edit, delete: remove, viewAll, modifyAll } = permission;
  if ((create || edit || viewAll) && !read) throw new UnsupportedMetadata(`${name}: Read is needed by the others`);
  if (remove && !edit) throw new UnsupportedMetadata(`${name}: Delete needs Edit`);
  if (modifyAll && !(viewAll && edit && remove)) {
    throw new UnsupportedMetadata(`${name}: Modify All needs View All, Edit and Delete`);
  }
  return [name.toLowerCase(), permission];
}

const READ_ONLY: ObjectPermission = {
  create: false,
  read: true,
  edit: false,
  delete: false,
  viewAll: false,
  modifyAll: false,
};

function fieldPermission(xml: XmlElement, schema: Schema): [string, { readable: boolean; editable: boolean }] {
  xml.only('field', 'readable', 'editable');
  const path = xml.needText('field');
  const [objectName = '', fieldName = ''] = path.split('.');
  const object = findObject(schema, objectName);
  const field = object && findField(object, fieldName);
  if (objectName.endsWith('__mdt')) return [path.toLowerCase(), { readable: true, editable: false }];
  if (!object || !field) throw new UnsupportedMetadata(`field permissions for ${path}, which does not exist`);
  if (!field.permissionable) {
    throw new UnsupportedMetadata(
      `You cannot deploy to a required field: ${path} follows its object and takes no field permissions`,
    );
  }
  const readable = xml.flag('readable');
  const editable = xml.flag('editable');
  if (editable && !readable) throw new UnsupportedMetadata(`${path}: editable needs readable`);
  if (editable && !field.createable && !field.updateable) throw new UnsupportedMetadata(`${path} can never be edited`);
  return [path.toLowerCase(), { readable, editable }];
}

function enabledNames(
  xml: XmlElement,
  element: string,
  known: (name: string) => boolean,
  nameOf = 'name',
): Set<string> {
  const names = xml
    .list(element)
    .filter((entry) => entry.flag('enabled'))
    .map((entry) => entry.needText(nameOf));
  for (const name of names) if (!known(name)) throw new UnsupportedMetadata(`<${element}> ${name} is not known`);
  return new Set(names);
}
