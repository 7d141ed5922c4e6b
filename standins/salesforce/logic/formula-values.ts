import type { FieldValue } from './save-context.ts';

/** A formula that Salesforce would have refused for its types, or that ended in `#Error!` for this record. */
export class FormulaFailure extends Error {
  override name = 'FormulaFailure';
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

/** Blank text and null are the same to Salesforce, except to ISNULL. */
export function isBlank(value: FieldValue): boolean {
  return value === null || value === '';
}

/** Text for a text function; blank counts as the empty text. */
export function asText(value: FieldValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  throw new FormulaFailure(`expected a text, got ${describe(value)}`);
}

/** A condition; null is neither true nor false and ends as false at the outside. */
export function asCondition(value: FieldValue): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  throw new FormulaFailure(`expected a condition, got ${describe(value)}`);
}

/** A number, or null for blank. */
export function asNumber(value: FieldValue): number | null {
  if (isBlank(value)) return null;
  if (typeof value === 'number') return value;
  throw new FormulaFailure(`expected a number, got ${describe(value)}`);
}

/** Equality: case-sensitive for text, blanks equal blanks, date-times by instant. Never null. */
export function areEqual(left: FieldValue, right: FieldValue): boolean {
  if (isBlank(left) || isBlank(right)) return isBlank(left) && isBlank(right);
  if (typeof left !== typeof right) {
    throw new FormulaFailure(`cannot compare ${describe(left)} with ${describe(right)}`);
  }
  if (isInstant(left) && isInstant(right)) return Date.parse(left) === Date.parse(right);
  return left === right;
}

/** Negative, zero or positive; null when a side is blank. Text has no order in Salesforce formulas. */
export function compareOrder(left: FieldValue, right: FieldValue): number | null {
  if (isBlank(left) || isBlank(right)) return null;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if ((isInstant(left) && isInstant(right)) || (isDate(left) && isDate(right))) {
    return Date.parse(left) - Date.parse(right);
  }
  throw new FormulaFailure(`${describe(left)} and ${describe(right)} have no order`);
}

/** `+`: numbers, texts, or a date and a number of days. */
export function add(left: FieldValue, right: FieldValue): FieldValue {
  if (isPlainText(left) || isPlainText(right)) return asText(left) + asText(right);
  if (isBlank(left) || isBlank(right)) return null;
  if (isTime(left) && typeof right === 'number') return shiftDays(left, right);
  if (isTime(right) && typeof left === 'number') return shiftDays(right, left);
  return calculate(left, right, (a, b) => a + b);
}

/** `-`: numbers, a date minus days, or the days between two dates. */
export function subtract(left: FieldValue, right: FieldValue): FieldValue {
  if (isBlank(left) || isBlank(right)) return null;
  if (isTime(left) && typeof right === 'number') return shiftDays(left, -right);
  if ((isInstant(left) && isInstant(right)) || (isDate(left) && isDate(right))) {
    return (Date.parse(left) - Date.parse(right)) / DAY_MS;
  }
  return calculate(left, right, (a, b) => a - b);
}

export function multiply(left: FieldValue, right: FieldValue): FieldValue {
  return calculate(left, right, (a, b) => a * b);
}

export function divide(left: FieldValue, right: FieldValue): FieldValue {
  return calculate(left, right, (a, b) => {
    if (b === 0) throw new FormulaFailure('division by zero');
    return a / b;
  });
}

/** Reads a text as a number, as VALUE() does. */
export function parseNumber(value: FieldValue): number | null {
  const text = asText(value).trim();
  if (text === '') return null;
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) throw new FormulaFailure(`${describe(text)} is not a number`);
  return Number(text);
}

/** Writes a number, date or picklist value as TEXT() does; date-times as `2026-11-23 09:00:00Z`. */
export function formatText(value: FieldValue): string {
  if (typeof value === 'boolean') throw new FormulaFailure('TEXT does not take a checkbox');
  if (typeof value === 'number') return formatNumber(value);
  if (isInstant(value))
    return new Date(value)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z');
  return asText(value);
}

export function isInstant(value: FieldValue): value is string {
  return typeof value === 'string' && INSTANT.test(value);
}

export function isDate(value: FieldValue): value is string {
  return typeof value === 'string' && DATE.test(value);
}

/** Salesforce never writes an exponent. */
function formatNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(18).replace(/\.?0+$/, '') : text;
}

function isTime(value: FieldValue): value is string {
  return isInstant(value) || isDate(value);
}

function isPlainText(value: FieldValue): boolean {
  return typeof value === 'string' && value !== '' && !isTime(value);
}

function shiftDays(time: string, days: number): string {
  const moved = new Date(Date.parse(time) + (isDate(time) ? Math.trunc(days) : days) * DAY_MS).toISOString();
  return isDate(time) ? moved.slice(0, 10) : moved;
}

function calculate(left: FieldValue, right: FieldValue, operation: (a: number, b: number) => number): number | null {
  const a = asNumber(left);
  const b = asNumber(right);
  // Salesforce knows no negative zero.
  return a === null || b === null ? null : operation(a, b) + 0;
}

function describe(value: FieldValue): string {
  return typeof value === 'string' ? `the text "${value}"` : String(value);
}
