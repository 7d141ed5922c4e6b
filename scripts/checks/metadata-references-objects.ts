import { unknown, unknownFields, unknownNames, unknownValues, type Catalog } from './metadata-catalog.ts';
import { problem, type MetadataFile, type PackageSource } from './metadata-files.ts';
import { LIST_VIEW_COLUMNS, STANDARD_RELATED_LISTS } from './metadata-standard.ts';

/** Fields → objects; list views, compact layouts, layouts, sharing rules → fields, groups. */
export function checkObjectReferences(source: PackageSource, catalog: Catalog): string[] {
  const objects = new Set(catalog.objects.keys());
  const groups = catalog.names('group');
  return [
    ...source
      .of('field')
      .flatMap((field) => [
        ...ownerProblems(field, catalog),
        ...unknownNames(field.file, field.root.all('referenceTo'), objects, 'object'),
        ...summaryProblems(field, catalog),
      ]),
    ...source.of('listView').flatMap(({ file, object = '', root }) => [
      ...unknownFields(catalog, file, object, root.all('columns'), LIST_VIEW_COLUMNS),
      ...unknownFields(
        catalog,
        file,
        object,
        root.all('filters').map((one) => one.first('field')),
        LIST_VIEW_COLUMNS,
      ),
      ...unknownNames(
        file,
        root.all('sharedTo').flatMap((one) => one.all('group')),
        groups,
        'group',
      ),
    ]),
    ...source.of('listView').flatMap(({ file, object = '', root }) => {
      const filters = root.all('filters');
      const asked = filters.map((one) => ({ object, field: one.textOf('field'), value: one.first('value') }));
      return unknownValues(catalog, file, asked);
    }),
    ...source
      .of('compactLayout')
      .flatMap(({ file, object = '', root }) => [
        ...unknownFields(catalog, file, object, root.all('fields')),
        ...(root.all('fields').length > 10
          ? [problem(file, root.line, 'more than 10 fields', 'keep the first ten')]
          : []),
      ]),
    ...source.of('object').flatMap((object) => compactLayoutProblems(object, source)),
    ...source.of('layout').flatMap((layout) => layoutProblems(layout, catalog)),
    ...source.of('sharingRules').flatMap(({ file, name, root }) => [
      ...(objects.has(name) ? [] : [unknown(file, root.line, 'object', name)]),
      ...unknownFields(
        catalog,
        file,
        name,
        root.below('criteriaItems').map((one) => one.first('field')),
      ),
      ...unknownNames(file, root.below('group'), groups, 'group'),
    ]),
    ...source
      .of('validationRule')
      .flatMap(({ file, object = '', root }) =>
        objects.has(object) ? [] : [unknown(file, root.line, 'object', object)],
      ),
    ...source.of('md').flatMap((record) => recordProblems(record, catalog)),
  ];
}

function ownerProblems({ file, object = '', root }: MetadataFile, catalog: Catalog): string[] {
  return catalog.objects.has(object) ? [] : [unknown(file, root.line, 'object', object)];
}

function summaryProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  return [...root.all('summaryForeignKey'), ...root.all('summarizedField')].flatMap((node) => {
    const [object = '', field = ''] = node.text.split('.');
    return catalog.objects.get(object)?.fields.has(field) ? [] : [unknown(file, node.line, 'field', node.text)];
  });
}

function compactLayoutProblems({ file, object = '', root }: MetadataFile, source: PackageSource): string[] {
  const layouts = source.of('compactLayout').filter((layout) => layout.object === object);
  const known = new Set(['SYSTEM', ...layouts.map(({ name }) => name)]);
  return unknownNames(file, root.all('compactLayoutAssignment'), known, 'compact layout');
}

function layoutProblems({ file, name, root }: MetadataFile, catalog: Catalog): string[] {
  const object = name.split('-')[0] ?? '';
  const entry = catalog.objects.get(object);
  if (!entry) return [unknown(file, root.line, 'object', object)];
  const items = root.below('layoutItems').flatMap((item) => item.all('field'));
  const lists = new Map([...entry.children.values()].map((child) => [`${child.object}.${child.field}`, child.object]));
  const shown = new Set(items.map(({ text }) => text));
  return [
    ...unknownFields(catalog, file, object, items),
    ...items
      .filter(({ text }) => text === 'CreatedDate' || text === 'LastModifiedDate')
      .map(({ line, text }) =>
        problem(file, line, `no layout takes ${text}`, `write ${text.replace('Date', 'ById')}, which shows both`),
      ),
    ...[...entry.fields.values()]
      .filter((field) => (field.isRequired || field.type === 'MasterDetail') && !shown.has(field.name))
      .map((field) => problem(file, root.line, `the layout lacks the required field ${field.name}`, 'add it')),
    ...root.all('relatedLists').flatMap((list) => {
      const related = list.first('relatedList');
      if (!related || STANDARD_RELATED_LISTS.includes(related.text)) return [];
      const child = lists.get(related.text);
      if (child === undefined) return [unknown(file, related.line, 'related list', related.text)];
      return unknownFields(catalog, file, child, list.all('fields'), LIST_VIEW_COLUMNS);
    }),
  ];
}

/** A record of a custom metadata type: its type, its fields, and what the mirror's settings name. */
function recordProblems({ file, name, root }: MetadataFile, catalog: Catalog): string[] {
  const type = `${name.split('.')[0] ?? ''}__mdt`;
  if (!catalog.objects.has(type)) return [unknown(file, root.line, 'custom metadata type', type)];
  const values = new Map(root.all('values').map((one) => [one.textOf('field'), one.first('value')]));
  const mirrored = values.get('Object__c');
  const fields = ['Link_Field__c', 'Status_Field__c']
    .map((field) => values.get(field))
    .filter((one) => one?.text !== '');
  return [
    ...unknownFields(
      catalog,
      file,
      type,
      root.all('values').map((one) => one.first('field')),
    ),
    ...(type === 'Trainer_Connect_Mirror__mdt' && mirrored
      ? catalog.objects.has(mirrored.text)
        ? unknownFields(catalog, file, mirrored.text, fields)
        : [unknown(file, mirrored.line, 'mirrored object', mirrored.text)]
      : []),
  ];
}
