import type { Request } from 'express';
import type { z } from 'zod';
import { AppError } from '../core/errors.ts';

/** Parses what came from outside. Throws `invalid_input` that names every field that is wrong, in words. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: path ? `${path}.${key}` : key, problem: 'is not known here' }));
    }
    return [{ field: path || '(body)', problem: issue.message }];
  });
  const inWords = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
  throw new AppError('invalid_input', `Please check the request. ${inWords}.`, { details: { fields } });
}

/**
 * Parses the JSON body of a request. A body that is none was not read, and is told apart from no body at all.
 * Throws `unsupported_media_type` and `invalid_input`.
 * @param whenAbsent what no body at all stands for; without it, a body is required
 */
export function parseBody<T>(schema: z.ZodType<T>, request: Request, whenAbsent?: object): T {
  const body: unknown = request.body;
  if (body !== undefined) return parse(schema, body);
  if (hasBody(request)) {
    throw new AppError('unsupported_media_type', 'Send the body as JSON, with "Content-Type: application/json".');
  }
  if (whenAbsent !== undefined) return parse(schema, whenAbsent);
  const problem = 'is missing: send JSON, with "Content-Type: application/json"';
  throw new AppError('invalid_input', `Please check the request. (body): ${problem}.`, {
    details: { fields: [{ field: '(body)', problem }] },
  });
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
