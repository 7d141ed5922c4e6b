import type { FieldDef } from '../schema/types.ts';

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const textLiteral = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Texts are compared without case, for all alphabets. SQLite folds ASCII only, so a folded copy is kept in a column
 * of its own, which comparisons, ordering and indexes use.
 */
export function isFolded(field: FieldDef): boolean {
  if (field.longText || field.caseSensitive) return false;
  return ['string', 'email', 'url', 'phone', 'textarea', 'picklist', 'multipicklist'].includes(field.type);
}

export const foldedColumn = (field: FieldDef) => (isFolded(field) ? `${field.name}~` : field.name);

export function fold(field: FieldDef, text: string): string {
  return isFolded(field) ? text.normalize('NFC').toLowerCase() : text;
}
