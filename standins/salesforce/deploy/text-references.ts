import { findField, findObject } from '../schema/types.ts';
import type { KnownNames } from './known-names.ts';
import type { ReferenceCheck } from './page-references.ts';

const LONGEST_LABEL = 1_000;

const labels: ReferenceCheck = (_component, xml) => {
  const seen = new Set<string>();
  return xml.list('labels').flatMap((label) => {
    const name = label.needText('fullName');
    const missing = ['language', 'protected', 'shortDescription', 'value'].filter((element) => !label.has(element));
    const twice = seen.has(name.toLowerCase()) ? [`Duplicate name: the label ${name} appears more than once`] : [];
    seen.add(name.toLowerCase());
    const tooLong = (label.text('value') ?? '').length > LONGEST_LABEL;
    return [
      ...twice,
      ...missing.map((element) => `Required field is missing: ${element} of ${name}`),
      ...(tooLong ? [`The value of ${name} is longer than ${LONGEST_LABEL} characters`] : []),
    ];
  });
};

const translations: ReferenceCheck = (_component, xml, known) => {
  return xml
    .list('customLabels')
    .map((label) => label.needText('name'))
    .filter((name) => !known.label(name))
    .map((name) => `In field: name - no CustomLabel named ${name} found`);
};

const customMetadata: ReferenceCheck = ({ name }, xml, known) => {
  const type = `${name.split('.')[0]}__mdt`;
  const object = findObject(known.schema, type);
  if (!object) return [`no CustomObject named ${type} found`];
  const given = new Set(xml.list('values').map((one) => one.needText('field').toLowerCase()));
  return [
    ...[...given].flatMap((field) => known.field(type, field)),
    ...object.fields
      .filter((field) => field.custom && field.required && !given.has(field.name.toLowerCase()))
      .map((field) => `Required field is missing: ${field.name}`),
    ...xml.list('values').flatMap((one) => {
      const field = findField(object, one.needText('field'));
      const value = one.text('value') ?? '';
      return field?.restricted && value !== '' && !field.values?.includes(value)
        ? [`bad value for restricted picklist field: ${value}`]
        : [];
    }),
  ];
};

const IMPORT = /['"]@salesforce\/(apex|label|schema|resourceUrl|customPermission)\/([\w./-]+)['"]/g;

/** What the modules of a Lightning component import from the org. */
const bundle: ReferenceCheck = ({ name, parts }, _xml, known) => {
  const problems: string[] = [];
  if (!parts.has(`lwc/${name}/${name}.js-meta.xml`)) problems.push(`Cannot find Lightning Component Bundle ${name}`);
  for (const [place, content] of parts) {
    if (!place.endsWith('.js')) continue;
    for (const [, kind = '', target = ''] of content.toString('utf8').matchAll(IMPORT)) {
      problems.push(...importProblems(kind, target, known).map((problem) => `${place}: ${problem}`));
    }
  }
  return problems;
};

function importProblems(kind: string, target: string, known: KnownNames): string[] {
  const [first = '', ...rest] = target.split('.');
  const invalid = [`Invalid reference ${target} of type ${kind}`];
  switch (kind) {
    case 'apex':
      return known.component('ApexClass', first).length > 0 ? invalid : [];
    case 'label':
      return known.label(rest[0] ?? '') ? [] : invalid;
    case 'schema':
      return (rest.length === 0 ? known.object(first) : known.field(first, rest.join('.'))).length > 0 ? invalid : [];
    case 'resourceUrl':
      return known.component('StaticResource', first).length > 0 ? invalid : [];
    default:
      return known.schema.customPermissions.has(first) ? [] : invalid;
  }
}

export const TEXT_REFERENCES: Readonly<Record<string, ReferenceCheck>> = {
  CustomLabels: labels,
  Translations: translations,
  CustomMetadata: customMetadata,
  LightningComponentBundle: bundle,
};
