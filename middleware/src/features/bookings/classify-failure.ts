import type { ErrorCode } from '../../core/error-codes.ts';
import { AppError } from '../../core/errors.ts';
import { ProviderError } from '../../core/provider-error.ts';
import { SalesforceError } from '../../salesforce/records.ts';

/**
 * What a failed effect means for the booking.
 * - `setup`: the trainer has to connect (again).
 * - `temporary`: it may work later; `unknownOutcome` when it may have worked already.
 * - `permanent`: the provider will not do it, or gives no access. The nightly look tries it again.
 * - `gone`: what it was about does not exist.
 */
export interface Failure {
  kind: 'setup' | 'temporary' | 'permanent' | 'gone';
  /** For people. */
  message: string;
  unknownOutcome: boolean;
  /** The person did not allow what the call needs; other calls may work. */
  scopeMissing: boolean;
  /** The same owner can do it when somebody has mended the access: what exists is still theirs to remove. */
  recoverable: boolean;
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
/** The trainer has no account any more, or is gone. */
const lostCodes: readonly ErrorCode[] = ['not_connected', 'trainer_not_found'];

/**
 * Sorts a failure of a provider or of the way to a token, which reads Salesforce when the database does not know the
 * token. Anything else is a fault of ours and is thrown again.
 */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof ProviderError) return ofProvider(error);
  if (error instanceof AppError && error.code !== 'internal') return ofAccess(error);
  if (error instanceof SalesforceError) return ofAccess(asAppError(error));
  throw error;
}

function asAppError(error: SalesforceError): AppError {
  const code = error.retryable ? 'salesforce_unavailable' : 'salesforce_refused';
  return new AppError(code, error.message, { cause: error });
}

function ofAccess(error: AppError): Failure {
  const isPassing = error.retryable || passingCodes.includes(error.code);
  return {
    kind: setupCodes.includes(error.code) ? 'setup' : isPassing ? 'temporary' : 'permanent',
    message: error.message,
    unknownOutcome: false,
    scopeMissing: false,
    recoverable: !lostCodes.includes(error.code),
    retryAfterMs: error.retryAfterMs,
  };
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
      return { kind: 'temporary', recoverable: true, ...common };
    case 'token-invalid':
    case 'scope-missing':
    case 'grant-consumed':
    case 'grant-dead':
      return { kind: 'setup', recoverable: true, ...common };
    case 'not-found':
      return { kind: 'gone', recoverable: false, ...common };
    case 'refused':
    case 'unrecognized':
      return { kind: 'permanent', recoverable: false, ...common };
  }
}
