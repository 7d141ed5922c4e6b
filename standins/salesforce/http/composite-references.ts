import { SalesforceError } from '../errors.ts';

const REFERENCE = /@\{([A-Za-z][A-Za-z0-9_]*)((?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])+)\}/g;

/** Bodies of the subrequests that have succeeded so far, by reference id. */
export type Results = ReadonlyMap<string, unknown>;

/** Replaces `@{ref.id}` and `@{ref.records[0].Name}` in texts, at any depth. A text that is one reference keeps its type. */
export function substituteReferences(value: unknown, results: Results): unknown {
  if (typeof value === 'string') {
    const whole = new RegExp(`^${REFERENCE.source}$`).exec(value);
    if (whole) return lookUp(whole[1] ?? '', whole[2] ?? '', results);
    return substituteInText(value, results);
  }
  if (Array.isArray(value)) return value.map((one) => substituteReferences(one, results));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, substituteReferences(inner, results)]));
}

export function substituteInText(text: string, results: Results): string {
  return text.replace(REFERENCE, (_all, id: string, path: string) => String(lookUp(id, path, results)));
}

function lookUp(id: string, path: string, results: Results): unknown {
  let value = results.get(id);
  for (const step of path.match(/[A-Za-z_][A-Za-z0-9_]*|\d+/g) ?? []) {
    const known = value !== null && typeof value === 'object' && Object.hasOwn(value, step);
    value = known ? (value as Record<string, unknown>)[step] : undefined;
  }
  if (value === undefined || value === null || typeof value === 'object') {
    throw new SalesforceError(
      'PROCESSING_HALTED',
      `Invalid reference specified. No value for ${id}${path} found in ${id}`,
    );
  }
  return value;
}
