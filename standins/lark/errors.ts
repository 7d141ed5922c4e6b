import type { Response } from 'express';

/**
 * A refusal of the open platform: `{"code":…,"msg":…}` with `code` not 0 (rule 0).
 * What counts is the code; the status is the documented one where there is one.
 */
export class LarkError extends Error {
  readonly status: number;
  readonly code: number;
  readonly details: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: number,
    message: string,
    extra: { details?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = extra.details ?? {};
    this.headers = extra.headers ?? {};
  }

  /** The answer's body; every error object carries the log id that the header has too. */
  body(logId: string): Record<string, unknown> {
    return { code: this.code, msg: this.message, error: { log_id: logId, ...this.details } };
  }
}

/** The gateway's field validation (rule 10): shapes, types, names and lengths. */
export function fieldViolation(violations: { field: string; description: string }[]): LarkError {
  return new LarkError(400, 99992402, 'field validation failed', { details: { field_violations: violations } });
}

/** Sends any LarkError (OAuth replies included) with its headers, and tells the journal its code. */
export function sendLarkError(error: LarkError, response: Response): void {
  response.locals.errorCode = error.code;
  response
    .status(error.status)
    .set(error.headers)
    .json(error.body(logIdOf(response)));
}

/** The X-Tt-Logid of this answer. */
export function logIdOf(response: Response): string {
  return String(response.getHeader('X-Tt-Logid') ?? '');
}
