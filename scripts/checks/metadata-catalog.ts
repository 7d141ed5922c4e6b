import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';
import { STANDARD_OBJECTS, STANDARD_RELATIONSHIPS, SYSTEM_FIELDS } from './metadata-standard.ts';

export interface FieldEntry {
  name: string;
  type: string;
  isFormula: boolean;
  isRequired: boolean;
  /** The object that a lookup or master-detail leads to. */
  target?: string;
  /** Of restricted picklists. */
  values?: ReadonlySet<string>;
  /** Only of fields of the package. */
  source?: MetadataFile;
}

export interface ObjectEntry {
  name: string;
  fields: Map<string, FieldEntry>;
  /** Child relationships, `Timeline_Entries__r` to the child object and its lookup. */
  children: Map<string, { object: string; field: string }>;
  master?: string;
}

export interface SourceText {
  file: string;
  text: string;
}

/** What exists, by kind: what one file may name because another defines it. */
export interface Catalog {
  objects: Map<string, ObjectEntry>;
  labels: Set<string>;
  classes: Map<string, SourceText>;
  components: Map<string, MetadataFile>;
  /** Scripts and templates of the Lightning components, without their tests. */
  componentTexts: SourceText[];
  principals: Set<string>;
  /** Full names of other kinds, by file ending. */
  names: (suffix: string) => Set<string>;
}

export function catalogOf(source: PackageSource): Catalog {
  const read = (file: string) => ({ file, text: readFileSync(path.join(source.root, file), 'utf8') });
  return {
    objects: objectsOf(source),
    labels: new Set(
      source.of('labels').flatMap(({ root }) => root.all('labels').map((label) => label.textOf('fullName'))),
    ),
    classes: new Map(
      filesBelow(source.root, '**/*.cls').map((file) => [path.posix.basename(file, '.cls'), read(file)]),
    ),
    components: new Map(source.of('js').map((file) => [file.name, file])),
    componentTexts: filesBelow(source.root, '*/default/lwc/!(__*)/*.{js,html}').map(read),
    principals: new Set(
      source.of('externalCredential').flatMap(({ name, root }) =>
        root
          .all('externalCredentialParameters')
          .filter((one) => one.textOf('parameterType') === 'NamedPrincipal')
          .map((one) => `${name}-${one.textOf('parameterName')}`),
      ),
    ),
    names: (suffix) => new Set(source.of(suffix).map((file) => fullNameOf(file))),
  };
}

/** `Folder/Name` for what lies in folders of its own. */
export function fullNameOf({ file, suffix, name }: MetadataFile): string {
  const inFolder = ['report', 'dashboard', 'email'].includes(suffix);
  return inFolder ? `${path.posix.basename(path.posix.dirname(file))}/${name}` : name;
}

function objectsOf(source: PackageSource): Map<string, ObjectEntry> {
  const objects = new Map<string, ObjectEntry>();
  for (const [name, fields] of Object.entries(STANDARD_OBJECTS)) objects.set(name, emptyObject(name, fields));
  for (const { name } of source.of('object')) if (!objects.has(name)) objects.set(name, emptyObject(name, []));
  for (const file of source.of('field')) {
    const owner = objects.get(file.object ?? '');
    owner?.fields.set(file.name, fieldEntry(file));
  }
  for (const owner of objects.values()) {
    for (const { name, target, type, source: file } of owner.fields.values()) {
      if (target === undefined) continue;
      if (type === 'MasterDetail') {
        owner.master ??= target;
        owner.fields.delete('OwnerId');
      }
      const relationship = file?.root.textOf('relationshipName') ?? '';
      if (relationship !== '') {
        objects.get(target)?.children.set(`${relationship}__r`, { object: owner.name, field: name });
      }
    }
  }
  return objects;
}

function emptyObject(name: string, fields: readonly string[]): ObjectEntry {
  const known = name.endsWith('__mdt')
    ? ['Id', 'DeveloperName', 'MasterLabel', 'Label', ...fields]
    : [...SYSTEM_FIELDS, ...fields];
  return {
    name,
    fields: new Map(
      known.map((field) => [field, { name: field, type: 'standard', isFormula: false, isRequired: false }]),
    ),
    children: new Map(),
  };
}

function fieldEntry(source: MetadataFile): FieldEntry {
  const { root, name } = source;
  const type = root.textOf('type');
  return {
    name,
    type,
    isFormula: root.first('formula') !== undefined || type === 'Summary' || type === 'AutoNumber',
    isRequired: root.is('required'),
    target: root.first('referenceTo')?.text,
    values: restrictedValues(root),
    source,
  };
}

function restrictedValues(root: XmlNode): ReadonlySet<string> | undefined {
  const set = root.first('valueSet');
  if (!set?.is('restricted')) return undefined;
  return new Set(set.below('value').map((value) => value.textOf('fullName')));
}

/** Filters that compare a restricted picklist with a value that it does not have, and so find nothing. */
export function unknownValues(
  catalog: Catalog,
  file: string,
  filters: readonly { object: string; field: string; value: XmlNode | undefined }[],
): string[] {
  return filters.flatMap(({ object, field, value }) => {
    const known = fieldAt(catalog, object, field)?.values;
    if (!known || !value) return [];
    return value.text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '' && !known.has(one))
      .map((one) => unknown(file, value.line, `value of ${object}.${field}`, one));
  });
}

/** A field by its path: `Start__c`, `Trainer__r.User__r.IsActive`, `Trainer__c.Email__c` as reports write it. */
export function fieldAt(catalog: Catalog, object: string, steps: string): FieldEntry | undefined {
  const [first = '', ...rest] = steps.split('.');
  const owner = catalog.objects.get(object);
  if (!owner) return undefined;
  if (rest.length === 0) return owner.fields.get(first);
  const lookup = owner.fields.get(first.replace(/__r$/, '__c'));
  const target =
    lookup?.target ?? (owner.master === undefined || first !== 'Owner' ? STANDARD_RELATIONSHIPS[first] : undefined);
  return target === undefined ? undefined : fieldAt(catalog, target, rest.join('.'));
}

export function unknown(file: string, line: number, kind: string, name: string): string {
  return problem(file, line, `${kind} ${name} does not exist`, 'correct the name, or add it to the package');
}

/** The nodes whose text names nothing known, as problems. */
export function unknownNames(
  file: string,
  nodes: readonly XmlNode[],
  known: ReadonlySet<string>,
  kind: string,
): string[] {
  return nodes.filter(({ text }) => !known.has(text)).map(({ line, text }) => unknown(file, line, kind, text));
}

/** Fields of one object, named by elements that may be absent. */
export function unknownFields(
  catalog: Catalog,
  file: string,
  object: string,
  nodes: readonly (XmlNode | undefined)[],
  also: readonly string[] = [],
): string[] {
  return nodes
    .filter((node) => node !== undefined)
    .filter(({ text }) => !also.includes(text) && !fieldAt(catalog, object, text))
    .map(({ line, text }) => unknown(file, line, 'field', `${object}.${text}`));
}
