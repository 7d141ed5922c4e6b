import { readFieldFormula } from '../logic/formula-field.ts';
import { UnsupportedMetadata, type FieldValue } from '../logic/save-context.ts';
import { defineField } from './define-field.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import type { FieldDef } from './types.ts';

/** Elements that describe or present a field, but change nothing about its data. */
const PRESENTATION = [
  'fullName',
  'type',
  'label',
  'description',
  'inlineHelpText',
  'trackHistory',
  'trackFeedHistory',
  'trackTrending',
  'visibleLines',
  'businessOwnerUser',
  'businessOwnerGroup',
  'businessStatus',
  'securityClassification',
  'complianceGroup',
  'displayLocationInDecimal',
  // Who may change a record of a custom metadata type after the installation.
  'fieldManageability',
];

type Loader = (xml: XmlElement, name: string) => FieldDef;

const LOADERS: Record<string, Loader> = {
  Text: (xml, name) =>
    textual(xml, name, ['length', 'unique', 'caseSensitive', 'externalId', 'required', 'defaultValue'], {
      type: 'string',
      length: between(xml.number('length'), 1, 255, 'Text'),
    }),
  Email: (xml, name) =>
    textual(xml, name, ['unique', 'externalId', 'required', 'defaultValue'], { type: 'email', length: 80 }),
  Url: (xml, name) => textual(xml, name, ['required', 'defaultValue'], { type: 'url', length: 255 }),
  Phone: (xml, name) => textual(xml, name, ['required', 'defaultValue'], { type: 'phone', length: 40 }),
  TextArea: (xml, name) => textual(xml, name, ['required', 'defaultValue'], { type: 'textarea', length: 255 }),
  LongTextArea: (xml, name) =>
    textual(xml, name, ['length', 'defaultValue'], {
      type: 'textarea',
      length: between(xml.number('length'), 256, 131_072, 'LongTextArea'),
      longText: true,
    }),
  Number: (xml, name) => {
    const field = common(xml, name, ['precision', 'scale', 'unique', 'externalId', 'required', 'defaultValue']);
    const precision = between(xml.number('precision'), 1, 18, 'Number');
    const scale = between(xml.number('scale'), 0, precision, 'Number');
    return { ...field, type: 'double', precision, scale, defaultValue: numberDefault(xml) };
  },
  Checkbox: (xml, name) => ({
    ...common(xml, name, ['defaultValue']),
    type: 'boolean',
    defaultValue: xml.flag('defaultValue'),
  }),
  DateTime: (xml, name) => ({ ...common(xml, name, ['required']), type: 'datetime' }),
  Date: (xml, name) => ({ ...common(xml, name, ['required']), type: 'date' }),
  Picklist: (xml, name) => picklist(xml, name, 'picklist'),
  MultiselectPicklist: (xml, name) => picklist(xml, name, 'multipicklist'),
  Lookup: (xml, name) => {
    const field = common(xml, name, [
      'referenceTo',
      'relationshipName',
      'relationshipLabel',
      'deleteConstraint',
      'required',
    ]);
    const onDelete = xml.text('deleteConstraint') ?? 'SetNull';
    if (onDelete !== 'SetNull' && onDelete !== 'Restrict' && onDelete !== 'Cascade') {
      throw new UnsupportedMetadata(`deleteConstraint ${onDelete} is not known`);
    }
    if (field.required && onDelete === 'SetNull') {
      throw new UnsupportedMetadata('a required lookup cannot be cleared when its parent is deleted');
    }
    return { ...field, type: 'reference', length: 18, indexed: true, reference: reference(xml, name, onDelete, false) };
  },
  MasterDetail: (xml, name) => {
    const field = common(xml, name, [
      'referenceTo',
      'relationshipName',
      'relationshipLabel',
      'relationshipOrder',
      'reparentableMasterDetail',
      'writeRequiresMasterRead',
    ]);
    if (xml.flag('writeRequiresMasterRead')) {
      throw new UnsupportedMetadata('writeRequiresMasterRead=true is not understood');
    }
    return {
      ...field,
      type: 'reference',
      length: 18,
      required: true,
      permissionable: false,
      indexed: true,
      updateable: xml.flag('reparentableMasterDetail'),
      reference: reference(xml, name, 'Cascade', true),
    };
  },
  AutoNumber: (xml, name) => ({
    ...common(xml, name, ['displayFormat', 'externalId', 'startingNumber']),
    type: 'string',
    length: 30,
    autoNumberFormat: displayFormat(xml),
    createable: false,
    updateable: false,
  }),
};

/** A custom field from its metadata file. Field types and elements outside the vocabulary are refused. */
export function loadField(name: string, text: string): FieldDef {
  const xml = readXml(text, 'CustomField');
  if (xml.needText('fullName') !== name) throw new UnsupportedMetadata(`<fullName> must be ${name}`);
  const type = xml.needText('type');
  if (xml.has('formula')) return formulaField(xml, name, type);
  const load = LOADERS[type];
  if (!load) throw new UnsupportedMetadata(`fields of type ${type} are not understood`);
  return load(xml, name);
}

/** A number or a percentage that is calculated from other fields of the record; nobody writes it. */
function formulaField(xml: XmlElement, name: string, type: string): FieldDef {
  if (type !== 'Number' && type !== 'Percent') {
    throw new UnsupportedMetadata(`formula fields of type ${type} are not understood`);
  }
  const field = common(xml, name, ['formula', 'formulaTreatBlanksAs', 'precision', 'scale', 'required', 'unique']);
  if (field.required || field.unique) throw new UnsupportedMetadata('a formula field is neither required nor unique');
  if (xml.text('formulaTreatBlanksAs') !== 'BlankAsBlank') {
    throw new UnsupportedMetadata('a formula field needs formulaTreatBlanksAs BlankAsBlank');
  }
  const precision = between(xml.number('precision'), 1, 18, type);
  const scale = between(xml.number('scale'), 0, precision, type);
  return {
    ...field,
    type: type === 'Percent' ? 'percent' : 'double',
    precision,
    scale,
    formula: readFieldFormula(xml.needText('formula'), { scale, percent: type === 'Percent' }),
    createable: false,
    updateable: false,
  };
}

/** `TB-{00000}`; other placeholders (dates) are refused. */
export function displayFormat(xml: XmlElement): string {
  const format = xml.needText('displayFormat');
  if (!/^[^{}]*\{0+\}[^{}]*$/.test(format)) throw new UnsupportedMetadata(`displayFormat ${format} is not understood`);
  return format;
}

function common(xml: XmlElement, name: string, more: string[]): FieldDef {
  xml.only(...PRESENTATION, ...more);
  const unique = xml.flag('unique');
  const externalId = xml.flag('externalId');
  return defineField(name, 'string', {
    label: xml.needText('label'),
    required: xml.flag('required'),
    unique,
    externalId,
    indexed: unique || externalId,
    caseSensitive: xml.flag('caseSensitive'),
    helpText: xml.text('inlineHelpText'),
  });
}

function textual(xml: XmlElement, name: string, more: string[], given: Partial<FieldDef>): FieldDef {
  const field = common(xml, name, more);
  return { ...field, indexed: field.indexed || given.type === 'email', ...given, defaultValue: textDefault(xml) };
}

function picklist(xml: XmlElement, name: string, type: 'picklist' | 'multipicklist'): FieldDef {
  const field = common(xml, name, ['valueSet', 'required']);
  const [set] = xml.list('valueSet');
  const [definition] = set?.list('valueSetDefinition') ?? [];
  if (!set || !definition) throw new UnsupportedMetadata('only picklists with their own list of values are understood');
  set.only('restricted', 'valueSetDefinition');
  const values = definition.list('value').filter((value) => !value.has('isActive') || value.flag('isActive'));
  if (values.length === 0) throw new UnsupportedMetadata('a picklist needs values');
  const names = values.map((value) => value.needText('fullName').toLowerCase());
  const twice = names.find((value, index) => names.indexOf(value) !== index);
  if (twice !== undefined) throw new UnsupportedMetadata(`Duplicate value found: ${twice}`);
  return {
    ...field,
    type,
    length: type === 'picklist' ? 255 : 4099,
    restricted: set.flag('restricted'),
    values: values.map((value) => value.needText('fullName')),
    defaultValue: values.find((value) => value.flag('default'))?.needText('fullName'),
  };
}

function reference(
  xml: XmlElement,
  name: string,
  onDelete: 'SetNull' | 'Restrict' | 'Cascade',
  masterDetail: boolean,
): FieldDef['reference'] {
  const children = xml.text('relationshipName');
  return {
    to: xml.needText('referenceTo'),
    relationshipName: name.replace(/__c$/, '__r'),
    childRelationshipName: children === undefined ? undefined : `${children}__r`,
    onDelete,
    masterDetail,
  };
}

function numberDefault(xml: XmlElement): FieldValue | undefined {
  const value = xml.text('defaultValue');
  if (value === undefined) return undefined;
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw new UnsupportedMetadata(`default value ${value} is not understood`);
  return Number(value);
}

function textDefault(xml: XmlElement): FieldValue | undefined {
  const value = xml.text('defaultValue');
  if (value === undefined) return undefined;
  const literal = /^"([^"\\]*)"$/.exec(value)?.[1];
  if (literal === undefined) throw new UnsupportedMetadata(`default value ${value} is not understood`);
  return literal;
}

function between(value: number, least: number, most: number, type: string): number {
  if (value < least || value > most) throw new UnsupportedMetadata(`${type} allows ${least} to ${most}, not ${value}`);
  return value;
}
