import type { Request } from 'express';

/** What the page sent is not what the platform's page would send. */
export class BadRequest extends Error {
  override name = 'BadRequest';
}

/** The body as a JSON object. Other sites cannot send this content type without being asked first. */
export function readJsonObject(request: Request): Record<string, unknown> {
  if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? '')) {
    throw new BadRequest('The body must be application/json.');
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
  } catch (error) {
    throw new BadRequest('The body is not JSON.', { cause: error });
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new BadRequest('The body must be an object.');
  return body as Record<string, unknown>;
}
