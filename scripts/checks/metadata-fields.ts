import { problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

/** What a `<type>` of a field asks for and allows; the declarations are one union of all types. */
interface TypeRule {
  needs?: readonly string[];
  /** Of the elements in `OF_SOME_TYPES`; all others stand in every type. */
  allows?: readonly string[];
  length?: readonly [number, number];
}

const OF_SOME_TYPES = [
  'length',
  'precision',
  'scale',
  'visibleLines',
  'unique',
  'externalId',
  'caseSensitive',
  'required',
  'referenceTo',
  'relationshipName',
  'relationshipLabel',
  'relationshipOrder',
  'reparentableMasterDetail',
  'writeRequiresMasterRead',
  'deleteConstraint',
  'valueSet',
  'displayFormat',
  'startingNumber',
  'summaryForeignKey',
  'summaryOperation',
  'summarizedField',
  'summaryFilterItems',
] as const;

const KEYS = ['unique', 'externalId', 'required'];
const NUMERIC: TypeRule = { needs: ['precision', 'scale'], allows: ['precision', 'scale', ...KEYS] };
const PLAIN: TypeRule = { allows: ['required'] };

const RULES: Readonly<Record<string, TypeRule>> = {
  AutoNumber: { needs: ['displayFormat'], allows: ['displayFormat', 'startingNumber', 'externalId'] },
  Checkbox: { needs: ['defaultValue'] },
  Currency: { needs: ['precision', 'scale'], allows: ['precision', 'scale', 'required'] },
  Date: PLAIN,
  DateTime: PLAIN,
  Email: { allows: KEYS },
  Html: { needs: ['length', 'visibleLines'], allows: ['length', 'visibleLines'], length: [256, 131_072] },
  LongTextArea: { needs: ['length', 'visibleLines'], allows: ['length', 'visibleLines'], length: [256, 131_072] },
  Lookup: {
    needs: ['referenceTo', 'relationshipName'],
    allows: ['referenceTo', 'relationshipName', 'relationshipLabel', 'deleteConstraint', 'required'],
  },
  MasterDetail: {
    needs: ['referenceTo', 'relationshipName', 'relationshipOrder'],
    allows: [
      'referenceTo',
      'relationshipName',
      'relationshipLabel',
      'relationshipOrder',
      'reparentableMasterDetail',
      'writeRequiresMasterRead',
    ],
  },
  MetadataRelationship: { needs: ['referenceTo'], allows: ['referenceTo', 'relationshipName', 'required', 'length'] },
  MultiselectPicklist: {
    needs: ['valueSet', 'visibleLines'],
    allows: ['valueSet', 'visibleLines', 'required'],
  },
  Number: NUMERIC,
  Percent: { needs: ['precision', 'scale'], allows: ['precision', 'scale', 'required'] },
  Phone: PLAIN,
  Picklist: { needs: ['valueSet'], allows: ['valueSet', 'required'] },
  Summary: {
    needs: ['summaryForeignKey', 'summaryOperation'],
    allows: ['summaryForeignKey', 'summaryOperation', 'summarizedField', 'summaryFilterItems'],
  },
  Text: { needs: ['length'], allows: ['length', 'caseSensitive', ...KEYS], length: [1, 255] },
  TextArea: PLAIN,
  Time: PLAIN,
  Url: PLAIN,
};

/** Types that a formula can have; its length, key and requiredness do not exist. */
const FORMULA_TYPES = ['Checkbox', 'Currency', 'Date', 'DateTime', 'Number', 'Percent', 'Text', 'Time'];

/** What each type of field needs, which a deploy asks for and the declarations do not. */
export function checkFields(source: PackageSource): string[] {
  return source
    .of('field')
    .flatMap((field) => [
      ...(field.root.first('formula') ? formulaProblems(field) : typeProblems(field)),
      ...nameProblems(field),
      ...valueProblems(field),
    ]);
}

function typeProblems({ file, root }: MetadataFile): string[] {
  const type = root.first('type');
  if (!type) return [problem(file, root.line, 'the field has no <type>', 'add one')];
  const rule = RULES[type.text];
  if (!rule) return [problem(file, type.line, `fields of type ${type.text} are not checked`, 'use a known type')];
  const at = (name: string) => root.first(name)?.line ?? type.line;
  const missing = (rule.needs ?? [])
    .filter((name) => !root.first(name))
    .map((name) => problem(file, type.line, `a ${type.text} field lacks <${name}>`, 'add it'));
  const foreign = OF_SOME_TYPES.filter((name) => root.first(name) && !(rule.allows ?? []).includes(name))
    // An explicit false says what the type says anyway.
    .filter((name) => root.textOf(name) !== 'false')
    .map((name) => problem(file, at(name), `a ${type.text} field has no <${name}>`, 'remove it'));
  const length = Number(root.textOf('length'));
  const [least, most] = rule.length ?? [0, Infinity];
  const tooLong =
    root.first('length') && (length < least || length > most)
      ? [problem(file, at('length'), `a ${type.text} of ${length}`, `${least} to ${most} characters are possible`)]
      : [];
  return [...missing, ...foreign, ...tooLong, ...numberProblems(file, root), ...relationProblems(file, root, type)];
}

function numberProblems(file: string, root: XmlNode): string[] {
  const precision = root.first('precision');
  if (!precision) return [];
  const [digits, decimals] = [Number(precision.text), Number(root.textOf('scale'))];
  if (digits >= 1 && digits <= 18 && decimals <= digits) return [];
  return [problem(file, precision.line, `${digits} digits, ${decimals} of them decimals`, 'use at most 18 in all')];
}

function relationProblems(file: string, root: XmlNode, type: XmlNode): string[] {
  if (type.text === 'Summary' && root.textOf('summaryOperation') !== 'count' && !root.first('summarizedField')) {
    return [problem(file, type.line, 'a sum, minimum or maximum of nothing', 'add <summarizedField> or count')];
  }
  if (type.text !== 'Lookup' || !root.is('required')) return [];
  const constraint = root.textOf('deleteConstraint');
  if (constraint === 'Restrict' || constraint === 'Cascade') return [];
  return [
    problem(file, type.line, 'a required lookup that a deletion would empty', 'write <deleteConstraint>Restrict'),
  ];
}

function formulaProblems({ file, root }: MetadataFile): string[] {
  const type = root.first('type');
  const line = type?.line ?? root.line;
  const wrongType = FORMULA_TYPES.includes(type?.text ?? '')
    ? []
    : [problem(file, line, `a formula of type ${type?.text ?? 'none'}`, `use one of ${FORMULA_TYPES.join(', ')}`)];
  const stored = ['required', 'unique', 'externalId', 'length', 'defaultValue', 'valueSet']
    .filter((name) => root.first(name) && root.textOf(name) !== 'false')
    .map((name) => problem(file, root.first(name)?.line ?? line, `a formula has no <${name}>`, 'remove it'));
  const numeric = ['Currency', 'Number', 'Percent'].includes(type?.text ?? '');
  const digits =
    numeric && !(root.first('precision') && root.first('scale'))
      ? [problem(file, line, 'a numeric formula without <precision> and <scale>', 'add both')]
      : [];
  return [...wrongType, ...stored, ...digits];
}

function nameProblems({ file, name, root }: MetadataFile): string[] {
  const full = root.first('fullName');
  if (full?.text !== name) {
    return [problem(file, full?.line ?? root.line, `<fullName> is not ${name}`, 'name the file and the field alike')];
  }
  const [, stem = ''] = /^([A-Za-z][A-Za-z0-9_]*)__c$/.exec(name) ?? [];
  if (stem !== '' && stem.length <= 40 && !/__|_$/.test(stem)) return [];
  return [problem(file, full.line, `${name} is no API name of a custom field`, 'at most 40 characters and __c')];
}

function valueProblems({ file, root }: MetadataFile): string[] {
  const values = root.below('value');
  const names = values.map((value) => value.textOf('fullName').toLowerCase());
  const twice = values
    .filter((value, index) => names.indexOf(value.textOf('fullName').toLowerCase()) < index)
    .map((value) =>
      problem(
        file,
        value.first('fullName')?.line ?? value.line,
        `the value ${value.textOf('fullName')} stands twice`,
        'keep one',
      ),
    );
  const defaults = values.filter((value) => value.is('default'));
  const second = defaults[1];
  return second ? [...twice, problem(file, second.line, 'a second default value', 'keep one')] : twice;
}
