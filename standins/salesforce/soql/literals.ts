import { SalesforceError, invalidField, malformedQuery } from '../errors.ts';
import { isNumber, type FieldDef, type FieldType } from '../schema/types.ts';
import { isCalendarDay } from '../save/check-value.ts';
import { toId18 } from '../store/ids.ts';
import type { SqlValue } from '../store/open-store.ts';
import { fold } from '../store/sql-names.ts';

const TEXTS: readonly FieldType[] = [
  'string',
  'email',
  'url',
  'phone',
  'textarea',
  'picklist',
  'multipicklist',
  'id',
  'reference',
];

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

export const isTextField = (field: FieldDef) => TEXTS.includes(field.type);

export const isIdField = (field: FieldDef) => field.type === 'id' || field.type === 'reference';

/**
 * A literal of the query as a value to compare this field with; null for `null` and for empty text.
 * @throws SalesforceError INVALID_FIELD where quotes or kind do not fit the type of the field.
 */
export function literalValue(field: FieldDef, literalType: string, raw: string): SqlValue {
  switch (literalType) {
    case 'NULL':
      return null;
    case 'STRING':
      if (!isTextField(field)) throw wrongKind(field, `${nameOf(field.type)} and should not be enclosed in quotes`);
      return isIdField(field) ? idValue(raw) : textValue(field, unquote(raw));
    case 'BOOLEAN':
      if (field.type !== 'boolean') throw wrongKind(field, expected(field));
      return raw.toUpperCase() === 'TRUE' ? 1 : 0;
    case 'INTEGER':
    case 'DECIMAL':
      if (!isNumber(field)) throw wrongKind(field, expected(field));
      return Number(raw);
    case 'DATE':
      if (field.type !== 'date') throw wrongKind(field, expected(field));
      return validInstant(`${raw}T00:00:00Z`, raw).slice(0, 10);
    case 'DATETIME':
      if (field.type !== 'datetime') throw wrongKind(field, expected(field));
      return validInstant(raw.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'), raw);
    default:
      throw malformedQuery(`unexpected token: ${raw}`);
  }
}

/** The pattern of LIKE for SQLite, where `\` escapes too. */
export function likePattern(field: FieldDef, raw: string): string {
  const body = raw.slice(1, -1);
  // Escaped wildcards stay escaped; every other escape is resolved, and a real backslash is escaped again.
  const pattern = body.replace(/\\([\s\S])/g, (_all, next: string) => {
    if (next === '%' || next === '_') return `\\${next}`;
    return next === '\\' ? '\\\\' : (ESCAPES[next.toLowerCase()] ?? next);
  });
  return fold(field, pattern);
}

export function unquote(raw: string): string {
  return raw
    .slice(1, -1)
    .replace(/\\u([0-9a-fA-F]{4})|\\([\s\S])/g, (_all, hex: string | undefined, next: string) =>
      hex === undefined ? (ESCAPES[next.toLowerCase()] ?? next) : String.fromCharCode(parseInt(hex, 16)),
    );
}

function textValue(field: FieldDef, text: string): string | null {
  return text === '' ? null : fold(field, text);
}

function idValue(raw: string): string | null {
  const text = unquote(raw);
  if (text === '') return null;
  const id = toId18(text);
  if (id === undefined) throw new SalesforceError('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
  return id;
}

function validInstant(iso: string, raw: string): string {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime()) || !isCalendarDay(iso)) throw malformedQuery(`invalid date: ${raw}`);
  return instant.toISOString();
}

function wrongKind(field: FieldDef, kind: string): SalesforceError {
  return invalidField(`value of filter criterion for field '${field.name}' must be of type ${kind}`);
}

function expected(field: FieldDef): string {
  return isTextField(field) ? 'string and should be enclosed in quotes' : nameOf(field.type);
}

function nameOf(type: FieldType): string {
  return type === 'datetime' ? 'dateTime' : type;
}
