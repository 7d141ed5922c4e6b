import { Agent, request, type Dispatcher } from 'undici';

export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface ExchangeAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  text: string;
}

/**
 * No whole answer came. `sent` tells whether the request may have reached the other side: false means that nothing
 * happened there. The message names the cause (`ECONNREFUSED`, `timeout`), never a header, body or query.
 */
export class ExchangeError extends Error {
  override name = 'ExchangeError';
  readonly sent: boolean;

  constructor(message: string, options: { sent: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.sent = options.sent;
  }
}

export interface HttpExchange {
  /** One request, never repeated, redirects not followed. Throws `ExchangeError`. */
  send(request: ExchangeRequest): Promise<ExchangeAnswer>;
  /** Waits for what is under way; may be called again. */
  close(): Promise<void>;
}

export interface HttpExchangeOptions {
  /** From the call of `send` to the last byte of the answer, waiting for a free connection included. */
  timeoutMs: number;
  maxBodyBytes: number;
  /** Kept-alive connections for each origin. */
  connections?: number;
}

/** Plain HTTP/1.1 with one timer for the whole exchange. */
export function createHttpExchange(options: HttpExchangeOptions): HttpExchange {
  const { timeoutMs, maxBodyBytes, connections = 50 } = options;
  const agent = new Agent({
    connections,
    allowH2: false,
    connect: { timeout: timeoutMs },
    // The timer of `send` is the only one.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let closing: Promise<void> | undefined;
  return {
    send: (wanted) => exchange({ agent, timeoutMs, maxBodyBytes }, wanted),
    close: () => (closing ??= agent.close()),
  };
}

async function exchange(
  deps: { agent: Agent; timeoutMs: number; maxBodyBytes: number },
  wanted: ExchangeRequest,
): Promise<ExchangeAnswer> {
  const controller = new AbortController();
  const departure = { sent: false };
  const dispatcher = deps.agent.compose(noting(departure));
  // A request that still waits for a connection is not rejected by its signal (undici aborts it when its turn comes,
  // unsent), hence the race.
  const { promise: expiry, reject: expire } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const late = new Error(`no answer within ${deps.timeoutMs} ms`);
    controller.abort(late);
    expire(late);
  }, deps.timeoutMs);
  try {
    const answer = receive(dispatcher, wanted, controller.signal, deps.maxBodyBytes);
    return await Promise.race([answer, expiry]);
  } catch (error) {
    throw new ExchangeError(reasonOf(error), { sent: departure.sent, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function receive(
  dispatcher: Dispatcher,
  wanted: ExchangeRequest,
  signal: AbortSignal,
  maxBodyBytes: number,
): Promise<ExchangeAnswer> {
  const { statusCode, headers, body } = await request(wanted.url, {
    dispatcher,
    method: wanted.method,
    headers: wanted.headers ?? {},
    body: wanted.body ?? null,
    signal,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error(`the answer is longer than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: statusCode, headers: flatten(headers), text: Buffer.concat(chunks).toString('utf8') };
}

/** undici starts a request only on an open connection: whatever fails before was never sent. */
function noting(departure: { sent: boolean }): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (controller, context: unknown) => {
      departure.sent = true;
      start?.(controller, context);
    };
    return dispatch(options, handler);
  };
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? (error.message || error.name);
}
