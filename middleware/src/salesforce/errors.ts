import { ExchangeError } from '../core/http-exchange.ts';
import { ErrorAnswer, errorsIn } from './error-answer.ts';
import { SalesforceError, type RowError, type SalesforceFailure } from './records.ts';

/** Does a call change anything there? Decides what a lost answer means. */
export type Effect = 'read' | 'write';

/** The same call can succeed later, and nothing happened: a lock, or a limit that is used up for now. */
const busyCodes: ReadonlySet<string> = new Set([
  'UNABLE_TO_LOCK_ROW',
  'REQUEST_LIMIT_EXCEEDED',
  'SINGLE_EMAIL_LIMIT_EXCEEDED',
  'TXN_SECURITY_METERING_ERROR',
]);
const UNAVAILABLE = 'SERVER_UNAVAILABLE';

/** Translates whatever a call threw. Errors that are not the outside world's (our own mistakes) come back as they are. */
export function translate(error: unknown, effect: Effect): unknown {
  if (error instanceof ExchangeError) return fromExchange(error, effect);
  if (error instanceof ErrorAnswer) return fromAnswer(error, effect);
  return error;
}

function fromExchange(error: ExchangeError, effect: Effect): SalesforceError {
  return error.sent && effect === 'write'
    ? new SalesforceError('unknown-outcome', `Salesforce gave no usable answer (${error.message}).`, { cause: error })
    : new SalesforceError('unreachable', `Salesforce could not be reached (${error.message}).`, { cause: error });
}

function fromAnswer({ status, text }: ErrorAnswer, effect: Effect): SalesforceError {
  const first = errorsIn(parse(text))[0];
  if (first && (status < 500 || first.code === UNAVAILABLE)) return fromErrors([first]);
  if (status >= 500) {
    const failure = effect === 'read' ? 'unreachable' : 'unknown-outcome';
    return new SalesforceError(failure, `Salesforce is unavailable (HTTP ${status}).`, {
      code: first?.code ?? `HTTP_${status}`,
    });
  }
  if (status === 429) return new SalesforceError('busy', 'Salesforce asks for fewer requests.', { code: 'HTTP_429' });
  return new SalesforceError('refused', `Salesforce refused the call (HTTP ${status}).`, { code: `HTTP_${status}` });
}

/** The error that Salesforce's own error rows mean; nothing happened there. `errors` holds at least one. */
export function fromErrors(errors: readonly RowError[], referenceId?: string): SalesforceError {
  const [first] = errors;
  const failure = failureOf(first?.code);
  const texts: Record<SalesforceFailure, string> = {
    unreachable: 'Salesforce is unavailable',
    'unknown-outcome': 'Salesforce gave no usable answer',
    busy: 'Salesforce is busy',
    refused: 'Salesforce refused the call',
  };
  return new SalesforceError(failure, `${texts[failure]}: ${first?.message ?? ''} (${first?.code ?? 'no code'})`, {
    ...(first ? { code: first.code, fields: first.fields } : {}),
    ...(referenceId === undefined ? {} : { referenceId }),
  });
}

function failureOf(code: string | undefined): SalesforceFailure {
  if (code === UNAVAILABLE) return 'unreachable';
  return code !== undefined && busyCodes.has(code) ? 'busy' : 'refused';
}

/** A successful status with a body that is not what the call answers: a proxy's page, a foreign server. */
export function misfit(effect: Effect, cause?: unknown): SalesforceError {
  return new SalesforceError(
    effect === 'read' ? 'unreachable' : 'unknown-outcome',
    'Salesforce answered in a form that this version does not know.',
    { cause },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
