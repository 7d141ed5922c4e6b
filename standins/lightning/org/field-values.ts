import type { DescribedField } from './describe.ts';

export type Row = Record<string, unknown>;

/** A field with its value as the page shows it. */
export interface FieldValue {
  name: string;
  type: string;
  value: unknown;
  /** Words for a value that does not speak for itself (the name of a record). */
  text?: string;
  /** Where a click leads. */
  href?: string;
}

/** Objects that have a record page here. */
export type HasPage = (object: string) => boolean;

/** Reads a field out of a row that was queried with the names of its references. */
export function readFieldValue(row: Row, field: DescribedField, hasPage: HasPage): FieldValue {
  const { name, type } = field;
  const value = row[name] ?? null;
  if (type === 'datetime' && typeof value === 'string') {
    return { name, type, value: new Date(value).toISOString() };
  }
  if (type !== 'reference' || typeof value !== 'string') return { name, type, value };
  const target = field.referenceTo[0] ?? '';
  const related = row[field.relationshipName ?? ''] as { Name?: string } | null | undefined;
  return {
    name,
    type,
    value,
    text: related?.Name ?? value,
    ...(hasPage(target) && related ? { href: recordUrl(target, value) } : {}),
  };
}

export function recordUrl(object: string, id: string): string {
  return `/lightning/r/${object}/${id}/view`;
}
