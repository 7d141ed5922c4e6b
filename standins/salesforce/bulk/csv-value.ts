import { SalesforceError } from '../errors.ts';
import type { FieldValue } from '../logic/save-context.ts';
import { readJsonValue } from '../save/check-value.ts';
import { isNumber, type FieldDef } from '../schema/types.ts';

/** What a cell says to set a field to null; an empty cell leaves the field alone. */
const NULL = '#N/A';

const TRUE = ['true', '1', 'yes', 'y', 'on'];
const FALSE = ['false', '0', 'no', 'n', 'off'];

/** @throws SalesforceError where the text does not fit the type of the field */
export function cellValue(field: FieldDef, text: string): FieldValue {
  if (text === NULL) return null;
  try {
    return readJsonValue(field, jsonOf(field, text.trim()));
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    const message = `${field.label}: value not of required type: ${text}`;
    throw new SalesforceError('INVALID_TYPE_ON_FIELD_IN_RECORD', message, 400, [field.name]);
  }
}

function jsonOf(field: FieldDef, text: string): unknown {
  if (field.type === 'boolean') {
    if (TRUE.includes(text.toLowerCase())) return true;
    return FALSE.includes(text.toLowerCase()) ? false : text;
  }
  if (isNumber(field)) return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
  return text;
}

/** A value as results show it: instants in UTC, nothing for null. */
export function cellText(value: FieldValue): string {
  return value === null ? '' : String(value);
}
