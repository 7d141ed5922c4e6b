import { fieldAt, unknown, unknownNames, type Catalog } from './metadata-catalog.ts';
import type { MetadataFile, PackageSource } from './metadata-files.ts';
import { USER_PERMISSIONS } from './metadata-standard.ts';

/** What a permission set opens must exist. */
export function checkPermissionSetReferences(source: PackageSource, catalog: Catalog): string[] {
  const tabs = catalog.names('tab');
  const known: readonly (readonly [element: string, key: string, names: ReadonlySet<string>, kind: string])[] = [
    ['applicationVisibilities', 'application', catalog.names('app'), 'app'],
    ['classAccesses', 'apexClass', new Set(catalog.classes.keys()), 'class'],
    ['customMetadataTypeAccesses', 'name', new Set(catalog.objects.keys()), 'custom metadata type'],
    ['customPermissions', 'name', catalog.names('customPermission'), 'custom permission'],
    ['externalCredentialPrincipalAccesses', 'externalCredentialPrincipal', catalog.principals, 'principal'],
    ['flowAccesses', 'flow', catalog.names('flow'), 'flow'],
    ['objectPermissions', 'object', new Set(catalog.objects.keys()), 'object'],
    ['userPermissions', 'name', new Set(USER_PERMISSIONS), 'user permission'],
  ];
  return source.of('permissionset').flatMap((set) => [
    ...known.flatMap(([element, key, names, kind]) =>
      unknownNames(
        set.file,
        set.root.all(element).flatMap((one) => one.all(key)),
        names,
        kind,
      ),
    ),
    ...unknownNames(
      set.file,
      set.root
        .all('tabSettings')
        .flatMap((one) => one.all('tab'))
        .filter(({ text }) => !text.startsWith('standard-')),
      tabs,
      'tab',
    ),
    ...fieldProblems(set, catalog),
  ]);
}

function fieldProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  return root
    .all('fieldPermissions')
    .flatMap((one) => one.all('field'))
    .filter(({ text }) => {
      const [object = '', field = '', ...rest] = text.split('.');
      return rest.length > 0 || !fieldAt(catalog, object, field);
    })
    .map(({ line, text }) => unknown(file, line, 'field', text));
}
