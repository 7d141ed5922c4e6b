import type { Catalog } from './metadata-catalog.ts';
import { problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

/** Standard details that are read through another object. */
const STANDARD_MASTER: Readonly<Record<string, string>> = { Contact: 'Account' };

/** Object permissions that need others of the same object. */
const NEEDS: readonly (readonly [permission: string, needed: readonly string[]])[] = [
  ['allowCreate', ['allowRead']],
  ['allowEdit', ['allowRead']],
  ['allowDelete', ['allowRead', 'allowEdit']],
  ['viewAllRecords', ['allowRead']],
  ['modifyAllRecords', ['allowRead', 'allowEdit', 'allowDelete', 'viewAllRecords']],
];

const WORDS: Readonly<Record<string, string>> = {
  allowCreate: 'Create',
  allowDelete: 'Delete',
  allowEdit: 'Edit',
  allowRead: 'Read',
  modifyAllRecords: 'Modify All',
  viewAllRecords: 'View All',
};

/** Permissions that a deploy refuses. */
export function checkPermissions(source: PackageSource, catalog: Catalog): string[] {
  return source
    .of('permissionset')
    .flatMap((set) => [
      ...objectProblems(set, catalog),
      ...set.root.all('fieldPermissions').flatMap((one) => fieldProblems(set, one, catalog)),
    ]);
}

function objectProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  const permissions = new Map(root.all('objectPermissions').map((one) => [one.textOf('object'), one]));
  return [...permissions].flatMap(([object, permission]) => {
    const chain = NEEDS.flatMap(([name, needed]) => {
      const missing = needed.filter((other) => !permission.is(other)).map((other) => WORDS[other] ?? other);
      if (!permission.is(name) || missing.length === 0) return [];
      const line = permission.first(name)?.line ?? permission.line;
      return [
        problem(file, line, `${WORDS[name]} on ${object} needs ${missing.join(', ')}`, 'grant that, or take this away'),
      ];
    });
    return [...chain, ...masterProblems(file, object, permission, permissions, catalog)];
  });
}

function masterProblems(
  file: string,
  object: string,
  permission: XmlNode,
  permissions: ReadonlyMap<string, XmlNode>,
  catalog: Catalog,
): string[] {
  const master = catalog.objects.get(object)?.master ?? STANDARD_MASTER[object];
  if (master === undefined) return [];
  const inherited = [
    'allowRead',
    ...(STANDARD_MASTER[object] === undefined ? ['viewAllRecords', 'modifyAllRecords'] : []),
  ];
  return inherited
    .filter((name) => permission.is(name) && permissions.get(master)?.is(name) !== true)
    .map((name) =>
      problem(
        file,
        permission.first(name)?.line ?? permission.line,
        `${WORDS[name]} on ${object} without ${WORDS[name]} on its master`,
        `grant ${WORDS[name]} on ${master} in this set too`,
      ),
    );
}

function fieldProblems({ file }: MetadataFile, permission: XmlNode, catalog: Catalog): string[] {
  const [object = '', name = ''] = permission.textOf('field').split('.');
  const field = catalog.objects.get(object)?.fields.get(name);
  const line = permission.first('field')?.line ?? permission.line;
  const report = (what: string, remedy: string) => [problem(file, line, `${object}.${name} ${what}`, remedy)];
  if (field?.isRequired) return report('is required and takes no field permission', 'remove the entry');
  if (field?.type === 'MasterDetail')
    return report('is master-detail and takes no field permission', 'remove the entry');
  if (object.endsWith('__mdt')) return report('belongs to a custom metadata type', 'grant the type instead');
  if (field?.isFormula && permission.is('editable'))
    return report('is calculated and never editable', 'set editable to false');
  if (permission.is('editable') && !permission.is('readable'))
    return report('is editable without being readable', 'set readable to true');
  return [];
}
