import type { ErrorCode } from '../../core/error-codes.ts';
import { AppError } from '../../core/errors.ts';
import { ProviderError } from '../../core/provider-error.ts';

/**
 * What a failed effect means for the booking.
 * - `setup`: the trainer has to connect (again).
 * - `temporary`: it may work later; `unknownOutcome` when it may have worked already.
 * - `permanent`: the provider will not do it.
 * - `gone`: what it was about does not exist.
 */
export interface Failure {
  kind: 'setup' | 'temporary' | 'permanent' | 'gone';
  /** For people. */
  message: string;
  unknownOutcome: boolean;
  /** The person did not allow what the call needs; other calls may work. */
  scopeMissing: boolean;
  retryAfterMs: number | undefined;
}

const setupCodes: readonly ErrorCode[] = ['not_connected', 'needs_reconnect', 'on_hold'];
const passingCodes: readonly ErrorCode[] = [
  'token_refresh_busy',
  'provider_unavailable',
  'encryption_key_unknown',
  'sealed_value_unreadable',
  'provider_configuration',
  'provider_off',
  'salesforce_unavailable',
];

/** Sorts a failure of a provider or of the way to a token. Anything else is a fault of ours and is thrown again. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof ProviderError) return ofProvider(error);
  if (error instanceof AppError) {
    const kind = setupCodes.includes(error.code) ? 'setup' : 'temporary';
    if (kind === 'setup' || passingCodes.includes(error.code) || error.retryable) {
      return {
        kind,
        message: error.message,
        unknownOutcome: false,
        scopeMissing: false,
        retryAfterMs: error.retryAfterMs,
      };
    }
  }
  throw error;
}

function ofProvider(error: ProviderError): Failure {
  const common = {
    message: error.message,
    unknownOutcome: error.failure === 'unknown-outcome',
    scopeMissing: error.failure === 'scope-missing',
    retryAfterMs: error.retryAfterMs,
  };
  switch (error.failure) {
    case 'not-sent':
    case 'unknown-outcome':
    case 'temporary':
    case 'rate-limited':
    // An administrator can mend the app's settings while the booking waits.
    case 'configuration':
      return { kind: 'temporary', ...common };
    case 'token-invalid':
    case 'scope-missing':
    case 'grant-consumed':
    case 'grant-dead':
      return { kind: 'setup', ...common };
    case 'not-found':
      return { kind: 'gone', ...common };
    case 'refused':
    case 'unrecognized':
      return { kind: 'permanent', ...common };
  }
}
