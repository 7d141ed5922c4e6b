import type { ProviderId } from '../core/connection.ts';
import { ProviderError } from '../core/provider-error.ts';
import { createHttpExchange, ExchangeError, type ExchangeAnswer, type ExchangeRequest } from '../core/http-exchange.ts';

export type HttpAnswer = ExchangeAnswer;

/** One finished request, for logs and metrics: no query, no header, no body. */
export interface RequestReport {
  provider: ProviderId;
  method: string;
  /** The template of the path, e.g. `/vc/v1/reserves/:reserve_id`. */
  route: string;
  /** Absent when no answer came. */
  status?: number;
  durationMs: number;
}

export interface HttpClient {
  /** One request, never repeated. Throws `ProviderError` `not-sent` or `unknown-outcome`; every status is an answer. */
  send(request: ExchangeRequest & { route: string }): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  provider: ProviderId;
  timeoutMs: number;
  /** Default 8 MiB. */
  maxBodyBytes?: number;
  /** Default 50 for each origin. */
  connections?: number;
  onRequest?: (report: RequestReport) => void;
}

const MEBIBYTE = 1024 * 1024;

export const providerNames: Readonly<Record<ProviderId, string>> = {
  lark: 'Lark',
  google: 'Google',
  outlook: 'Outlook',
  calendly: 'Calendly',
};

/** The way out to one provider: keep-alive connections, one timer a call, no retries (their owner is the caller). */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { provider, timeoutMs, maxBodyBytes = 8 * MEBIBYTE, onRequest } = options;
  const exchange = createHttpExchange({ timeoutMs, maxBodyBytes, connections: options.connections ?? 50 });
  return {
    async send({ route, ...request }) {
      const startedAt = performance.now();
      const report = (status?: number) =>
        onRequest?.({
          provider,
          method: request.method,
          route,
          ...(status === undefined ? {} : { status }),
          durationMs: Math.round(performance.now() - startedAt),
        });
      try {
        const answer = await exchange.send(request);
        report(answer.status);
        return answer;
      } catch (error) {
        report();
        throw error instanceof ExchangeError ? translate(provider, error) : error;
      }
    },
    close: () => exchange.close(),
  };
}

function translate(provider: ProviderId, error: ExchangeError): ProviderError {
  const name = providerNames[provider];
  return error.sent
    ? new ProviderError(provider, 'unknown-outcome', `${name} gave no usable answer (${error.message}).`, {
        cause: error,
      })
    : new ProviderError(provider, 'not-sent', `${name} could not be reached (${error.message}).`, { cause: error });
}
