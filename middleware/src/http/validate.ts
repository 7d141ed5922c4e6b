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
