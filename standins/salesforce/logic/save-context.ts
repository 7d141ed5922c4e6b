/** A value as the local org stores it: date-times are ISO 8601 UTC strings, multi-select picklists are `a;b`. */
export type FieldValue = string | number | boolean | null;

/** Everything that a validation rule or a before-save flow may look at while one record is being saved. */
export interface SaveContext {
  object: string;
  /** All fields of the record as it is about to be stored, under their exact API names. */
  record: Readonly<Record<string, FieldValue>>;
  /** The stored record before this save; null on create. */
  prior: Readonly<Record<string, FieldValue>> | null;
  /** Follows lookups of the new record: `['Trainer__r', 'User__r', 'IsActive']`; null where a lookup is empty. */
  related(path: readonly string[]): FieldValue;
  hasCustomPermission(developerName: string): boolean;
  userId: string;
  now: Date;
}

/** Raised when metadata uses something outside the vocabulary that the local org understands. */
export class UnsupportedMetadata extends Error {
  override name = 'UnsupportedMetadata';
}
