import { errorStatus, type ErrorCode } from './error-codes.ts';

export interface AppErrorOptions {
  /** For people and programs: never holds a secret. */
  details?: Record<string, unknown>;
  cause?: unknown;
  /** May the same request succeed later without anybody changing anything? */
  retryable?: boolean;
  retryAfterMs?: number;
}

/** The one error that crosses rooms. `message` is for people, `cause` for logs. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

/** Text of anything that was thrown, for logs and timelines. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
