import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError } from '../core/errors.ts';
import { ProviderError } from '../core/provider-error.ts';
import type { Log } from '../core/runtime.ts';
import { isUnknownOutcome, SalesforceError } from '../salesforce/records.ts';
import { requestIdOf } from './caller.ts';
import { wantsPage, sendErrorPage } from './pages.ts';

export const notFound: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address. The endpoints are listed in docs/http-api.md.');
};

/** The one place where an error becomes an answer: `{"error":{code,message,requestId,details?}}`, or a page for people. */
export function createErrorHandler(deps: { log: Log }): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const error = toAppError(thrown);
    const requestId = requestIdOf(response);
    const log = error.status >= 500 ? deps.log.error.bind(deps.log) : deps.log.info.bind(deps.log);
    log({ requestId, code: error.code, err: error.code === 'internal' ? thrown : error }, 'request failed');
    response.status(error.status);
    if (error.retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
    if (wantsPage(request)) {
      sendErrorPage(response, error, requestId);
      return;
    }
    response.json({
      error: {
        code: error.code,
        message: error.message,
        requestId,
        ...(error.details === undefined ? {} : { details: error.details }),
      },
    });
  };
}

/** Translates what any room throws into the error that callers see. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isUnknownOutcome(thrown)) {
    return new AppError(
      'outcome_unknown',
      'Salesforce was asked and did not answer, so it is not known whether this was done. Sending the same request again is safe.',
      { cause: thrown, retryable: true },
    );
  }
  if (thrown instanceof SalesforceError) {
    return thrown.retryable
      ? new AppError('salesforce_unavailable', 'Salesforce does not answer at the moment. Please try again shortly.', {
          cause: thrown,
          retryable: true,
        })
      : new AppError('salesforce_refused', `Salesforce refused this: ${thrown.message}`, { cause: thrown });
  }
  if (thrown instanceof ProviderError) {
    if (thrown.failure === 'configuration') {
      return new AppError(
        'provider_configuration',
        'The connection to the provider is not set up correctly. An administrator has to look at it.',
        { cause: thrown },
      );
    }
    return thrown.retryable
      ? new AppError('provider_unavailable', 'The provider does not answer at the moment. Please try again shortly.', {
          cause: thrown,
          retryable: true,
          ...(thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs }),
        })
      : new AppError('provider_refused', `The provider refused this: ${thrown.message}`, { cause: thrown });
  }
  return (
    fromBodyParser(thrown) ??
    fromStatus(thrown) ??
    new AppError('internal', 'Something went wrong on our side.', { cause: thrown })
  );
}

/** express.json() marks its errors with `type`. */
function fromBodyParser(thrown: unknown): AppError | undefined {
  const type = typeof thrown === 'object' && thrown !== null && 'type' in thrown ? thrown.type : undefined;
  switch (type) {
    case 'entity.parse.failed':
      return new AppError('malformed_json', 'The body is not valid JSON.');
    case 'entity.too.large':
      return new AppError('body_too_large', 'The body is larger than 100 KB.');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError('unsupported_media_type', 'Send the body as application/json in UTF-8.');
    case 'parameters.too.many':
      return new AppError('body_too_large', 'The body has too many parameters.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('malformed_json', 'The body did not arrive completely.');
    default:
      return undefined;
  }
}

/** Express and its parsers mark with a status what the caller did wrong: an address that cannot be decoded, no gzip. */
function fromStatus(thrown: unknown): AppError | undefined {
  const status = typeof thrown === 'object' && thrown !== null && 'status' in thrown ? thrown.status : undefined;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const cause = { cause: thrown };
  if (status === 413) return new AppError('body_too_large', 'The body is too large.', cause);
  if (status === 415) return new AppError('unsupported_media_type', 'The body is of a kind not taken here.', cause);
  return new AppError('invalid_input', 'The request cannot be read: its address or its body is damaged.', cause);
}
