import type { RowError } from './records.ts';

/** Salesforce answered with a status outside 2xx. Stays inside this room: `text` may hold field values. */
export class ErrorAnswer extends Error {
  override name = 'ErrorAnswer';
  readonly status: number;
  readonly text: string;

  constructor(status: number, text: string) {
    super(`HTTP ${status}`);
    this.status = status;
    this.text = text;
  }
}

/**
 * The errors in an answer of Salesforce, whatever its shape: `[{errorCode, message, fields}]` of rows and composites,
 * `[{statusCode, message, fields}]` of collections, `[{isSuccess: false, errors: [...]}]` of actions. Empty: none.
 */
export function errorsIn(body: unknown): RowError[] {
  if (Array.isArray(body)) return body.flatMap(errorsIn);
  if (typeof body !== 'object' || body === null) return [];
  if ('errors' in body && Array.isArray(body.errors)) return errorsIn(body.errors);
  const { errorCode, statusCode, message, fields } = body as Record<string, unknown>;
  const code = errorCode ?? statusCode;
  if (typeof code !== 'string') return [];
  return [
    {
      code,
      message: withoutValues(typeof message === 'string' ? message : ''),
      fields: Array.isArray(fields) ? fields.filter((field) => typeof field === 'string') : [],
    },
  ];
}

const LONGEST_MESSAGE = 500;

/** Salesforce quotes field values back ("data value too large: …"), and some of ours are sealed tokens. */
export function withoutValues(message: string): string {
  return message
    .replaceAll(/(data value too large: )[\s\S]*?( \(max length=)/g, '$1…$2')
    .replaceAll(/\S{65,}/g, '…')
    .slice(0, LONGEST_MESSAGE);
}
