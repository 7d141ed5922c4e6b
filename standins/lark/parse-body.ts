import type { Request, Response } from 'express';
import { z } from 'zod';
import { fieldViolation } from './errors.ts';

const JSON_TYPE = /^application\/json(\s*;\s*charset="?utf-8"?)?$/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded(\s*;\s*charset="?utf-8"?)?$/i;

export type RawBody = { kind: 'json' | 'form'; value: unknown } | { kind: 'empty' } | { kind: 'refused'; why: string };

/** What was sent, judged by its content type alone. A form whose names repeat is refused. */
export function readRawBody(request: Request): RawBody {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (bytes.length === 0) return { kind: 'empty' };
  const type = request.headers['content-type'] ?? '';
  if (FORM_TYPE.test(type)) {
    const fields = [...new URLSearchParams(bytes.toString('utf8'))];
    const value = Object.fromEntries(fields);
    if (Object.keys(value).length !== fields.length) return { kind: 'refused', why: 'a parameter was sent twice' };
    return { kind: 'form', value };
  }
  if (!JSON_TYPE.test(type)) return { kind: 'refused', why: `Content-Type "${type}" is not accepted` };
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    return { kind: 'refused', why: 'the body is not JSON' };
  }
}

/** A JSON body of the given shape. Throws 99992402 with every field that is wrong (rules 0, 10). */
export function parseBody<T extends z.ZodType>(schema: T, request: Request, response: Response): z.infer<T> {
  const raw = readRawBody(request);
  if (raw.kind === 'refused') throw fieldViolation([{ field: 'body', description: raw.why }]);
  if (raw.kind === 'form') throw fieldViolation([{ field: 'Content-Type', description: 'must be application/json' }]);
  const value = raw.kind === 'empty' ? undefined : raw.value;
  response.locals.parsedBody = value;
  return matchShape(schema, value, 'body');
}

/** Nothing, or the empty object that the official SDK sends where there is no body. */
export function refuseBody(request: Request, response: Response): void {
  const raw = readRawBody(request);
  if (raw.kind !== 'empty') parseBody(z.strictObject({}), request, response);
}

/** The query of the given shape; unknown and repeated names are refused. Throws 99992402. */
export function parseQuery<T extends z.ZodType>(schema: T, request: Request): z.infer<T> {
  return matchShape(schema, request.query, 'query');
}

function matchShape<T extends z.ZodType>(schema: T, value: unknown, where: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw fieldViolation(
    result.error.issues.map((issue) => ({ field: issue.path.join('.') || where, description: issue.message })),
  );
}
