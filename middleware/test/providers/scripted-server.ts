import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  /** Path without query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  text: string;
  /** The body read as JSON. */
  json(): unknown;
}

/**
 * - `json`: a JSON answer, status 200 unless told;
 * - `text`: anything else;
 * - `drop`: the connection closes without an answer;
 * - `cut`: it closes in the middle of the answer;
 * - `silence`: nothing comes.
 */
export type ScriptedAnswer =
  | { json: unknown; status?: number; headers?: Record<string, string> }
  | { text: string; status?: number; headers?: Record<string, string> }
  | 'drop'
  | 'cut'
  | 'silence';

export interface ScriptedServer {
  url: string;
  requests: ReceivedRequest[];
  /** Connections so far. */
  accepted(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server on loopback that answers as the test says. */
export async function startScriptedServer(
  answer: (request: ReceivedRequest, count: number) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  let accepted = 0;
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await receive(incoming);
      requests.push(request);
      const given = await answer(request, requests.length);
      if (given === 'silence') return;
      if (given === 'drop') return incoming.socket.destroy();
      if (given === 'cut') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"half":', () => incoming.socket.destroy());
        return;
      }
      const type = 'json' in given ? 'application/json; charset=utf-8' : 'text/plain';
      response.writeHead(given.status ?? 200, { 'content-type': type, ...given.headers });
      response.end('json' in given ? JSON.stringify(given.json) : given.text);
    })();
  });
  server.on('connection', () => (accepted += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An address where nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = await startScriptedServer(() => 'drop');
  await server[Symbol.asyncDispose]();
  return server.url;
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    text,
    json: () => JSON.parse(text) as unknown,
  };
}
