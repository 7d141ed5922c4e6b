import { pino, type DestinationStream } from 'pino';
import type { Log } from './runtime.ts';

interface LoggedError {
  type: string;
  message: string;
  code?: unknown;
  vendorCode?: unknown;
  stack?: string;
  cause?: LoggedError;
}

/** JSON lines. Errors are reduced to names, texts and codes: what libraries hang on them may hold requests with tokens. */
export function createLog(options: { level: string; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      serializers: { err: describe },
      redact: {
        paths: [
          '*.token',
          '*.accessToken',
          '*.refreshToken',
          '*.authorization',
          '*.ticket',
          '*.state',
          '*.code_verifier',
        ],
      },
    },
    options.destination ?? pino.destination(1),
  );
}

/** Texts for people may name a person; the log names ids. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/[^\s@"'<>()]+@[^\s@"'<>()]+\.[a-z]{2,}/gi, '(e-mail)');
}

function describe(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code, vendorCode, cause } = error as Error & { code?: unknown; vendorCode?: unknown };
  return {
    type: error.name,
    message: withoutAddresses(error.message),
    ...(code === undefined ? {} : { code }),
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(depth === 0 && error.stack !== undefined
      ? { stack: withoutAddresses(error.stack.split('\n').slice(1, 6).join('\n')) }
      : {}),
    ...(cause === undefined || depth > 3 ? {} : { cause: describe(cause, depth + 1) }),
  };
}
