import type { FieldValue } from '../logic/save-context.ts';
import type { FieldDef } from '../schema/types.ts';
import { SalesforceError, jsonParserError } from '../errors.ts';
import { toId18 } from '../store/ids.ts';

const EMAIL = /^[^\s@,;<>()[\]\\"]+@[^\s@,;<>()[\]\\".]+(\.[^\s@,;<>()[\]\\".]+)+$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * A value from JSON as the field stores it: text trimmed and empty text null, instants in UTC to the second, ids with
 * 18 characters.
 * @throws SalesforceError JSON_PARSER_ERROR where the JSON type does not fit the field.
 */
export function readJsonValue(field: FieldDef, value: unknown): FieldValue {
  if (value === null) return null;
  switch (field.type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw cannotDeserialize('boolean', value);
      return value;
    case 'double':
    case 'percent':
      if (typeof value !== 'number') throw cannotDeserialize('double', value);
      return value;
    case 'datetime':
      return readDateTime(value);
    case 'date':
      return readDate(value);
    default: {
      if (typeof value !== 'string') throw cannotDeserialize('string', value);
      const text = value.trim();
      return text === '' ? null : text;
    }
  }
}

function readDateTime(value: unknown): string {
  const match = typeof value === 'string' ? DATE_TIME.exec(value) : null;
  const instant = match && new Date(`${match[1]}${(match[3] ?? '').replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  if (!match || !instant || Number.isNaN(instant.getTime()) || !isCalendarDay(match[0])) {
    throw cannotDeserialize('datetime', value);
  }
  return instant.toISOString();
}

function readDate(value: unknown): string {
  if (typeof value !== 'string' || !DATE.test(value)) throw cannotDeserialize('date', value);
  if (!isCalendarDay(value)) throw cannotDeserialize('date', value);
  return value;
}

/** Whether the text begins with a day that exists: JavaScript takes the 30th of February for a day in March. */
export function isCalendarDay(text: string): boolean {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.slice(0, 10);
}

function cannotDeserialize(expected: string, value: unknown): SalesforceError {
  const token = {
    string: 'VALUE_STRING',
    number: Number.isInteger(value) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT',
    boolean: value === true ? 'VALUE_TRUE' : 'VALUE_FALSE',
  }[typeof value as 'string' | 'number' | 'boolean'] as string | undefined;
  const found = token ? `${token} value ${String(value)}` : Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
  return jsonParserError(
    `Cannot deserialize instance of ${expected} from ${found} or request may be missing a required field`,
  );
}

/**
 * Length, format, range and picklist checks of a value about to be stored; returns it in its stored form.
 * @throws SalesforceError with the platform's code and the field.
 */
export function checkValue(field: FieldDef, value: FieldValue): FieldValue {
  if (value === null) return null;
  switch (field.type) {
    case 'double':
      return checkNumber(field, value as number);
    case 'picklist':
      return checkPicklist(field, value as string);
    case 'multipicklist':
      return checkMultiPicklist(field, value as string);
    case 'reference':
      return checkId(field, value as string);
    case 'email':
      checkLength(field, value as string);
      if (!EMAIL.test(value as string)) {
        throw new SalesforceError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${value}`, 400, [
          field.name,
        ]);
      }
      return value;
    case 'url':
      checkLength(field, value as string);
      if (!isUrl(value as string)) {
        throw new SalesforceError('FIELD_INTEGRITY_EXCEPTION', `${field.label}: invalid URL: ${value}`, 400, [
          field.name,
        ]);
      }
      return value;
    case 'string':
    case 'textarea':
    case 'phone':
      checkLength(field, value as string);
      return value;
    default:
      return value;
  }
}

export function isEmailAddress(text: string): boolean {
  return EMAIL.test(text);
}

function checkLength(field: FieldDef, text: string): void {
  if (text.length <= field.length) return;
  const shown = text.length > 255 ? `${text.slice(0, 255)}…` : text;
  const message = `${field.label}: data value too large: ${shown} (max length=${field.length})`;
  throw new SalesforceError('STRING_TOO_LONG', message, 400, [field.name]);
}

function checkNumber(field: FieldDef, value: number): number {
  const scaled = Number(`${Math.round(Number(`${value}e${field.scale}`))}e-${field.scale}`);
  const rounded = Number.isNaN(scaled) ? value : scaled;
  if (!Number.isFinite(value) || Math.abs(rounded) >= 10 ** (field.precision - field.scale)) {
    const message = `${field.label}: value outside of valid range on numeric field: ${value}`;
    throw new SalesforceError('NUMBER_OUTSIDE_VALID_RANGE', message, 400, [field.name]);
  }
  return rounded;
}

function checkPicklist(field: FieldDef, value: string): string {
  if (field.restricted && !field.values?.includes(value)) throw badPicklistValue(field, value);
  checkLength(field, value);
  return value;
}

/** Values in the order of the picklist, each once. */
function checkMultiPicklist(field: FieldDef, value: string): string {
  const chosen = new Set(value.split(';').map((one) => one.trim()));
  chosen.delete('');
  const known = field.values ?? [];
  const unknown = [...chosen].filter((one) => !known.includes(one));
  if (field.restricted && unknown.length > 0) throw badPicklistValue(field, unknown.join(';'));
  return [...known.filter((one) => chosen.has(one)), ...unknown].join(';');
}

function badPicklistValue(field: FieldDef, value: string): SalesforceError {
  const message = `${field.label}: bad value for restricted picklist field: ${value}`;
  return new SalesforceError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, 400, [field.name]);
}

function checkId(field: FieldDef, value: string): string {
  const id = toId18(value);
  if (id === undefined) {
    throw new SalesforceError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, 400, [
      field.name,
    ]);
  }
  return id;
}

function isUrl(text: string): boolean {
  if (/\s/.test(text)) return false;
  try {
    const { protocol, hostname } = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return ['http:', 'https:', 'ftp:'].includes(protocol) && hostname !== '';
  } catch {
    return false;
  }
}
