import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface SeenRequest {
  method: string;
  /** With the query string. */
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface ScriptedMiddleware {
  url: string;
  apiKey: string;
  requests: SeenRequest[];
  /** The next answer instead of the usual one. */
  answerNext(status: number, body: string): void;
  close(): Promise<void>;
}

const FIXTURES = path.resolve(import.meta.dirname, '../../../../force-app/main/default/staticresources');

/** A body that the Apex tests' mock answers with as well. */
export function fixture(name: string): string {
  return readFileSync(path.join(FIXTURES, `TC_Test_${name}.json`), 'utf8');
}

const USUAL: readonly [string, RegExp, number, string][] = [
  ['GET', /^\/api\/lark\/trainer\/status\?/, 200, 'Status'],
  ['POST', /^\/api\/connections\/lark\/links$/, 201, 'Link'],
  ['DELETE', /^\/api\/lark\/trainer\/oauth\/disconnect\?/, 200, 'Disconnected'],
  ['GET', /^\/api\/lark\/availability\?trainerId=[^&]*&trainerId=/, 200, 'Availabilities'],
  ['GET', /^\/api\/lark\/availability\?/, 200, 'Availability'],
  ['POST', /^\/api\/lark\/book-training$/, 201, 'Booked'],
  ['POST', /^\/api\/bookings\/sync$/, 202, 'Accepted'],
  ['PATCH', /^\/api\/bookings\/a\w{17}$/, 200, 'Booked'],
  ['DELETE', /^\/api\/bookings\/a\w{17}$/, 200, 'Booked'],
  ['POST', /^\/api\/bookings\/a\w{17}\/meeting-link$/, 200, 'Booked'],
  ['GET', /^\/api\/admin\/connections(\?|$)/, 200, 'Connections'],
  ['POST', /^\/api\/admin\/connections\/lark%3A\w{18}\/refresh$/, 200, 'Renewed'],
  ['POST', /^\/api\/admin\/connections\/lark%3A\w{18}\/allow-identity-once$/, 200, 'Allowed'],
  ['POST', /^\/api\/admin\/(reminders|refresh)$/, 202, 'Run_Started'],
  ['GET', /^\/api\/admin\/runs\/[\w-]+$/, 200, 'Run'],
  ['GET', /^\/api\/admin\/runs\/[\w-]+\/results(\?|$)/, 200, 'Run_Results'],
  ['GET', /^\/api\/admin\/dead-letters\?/, 200, 'Dead_Letters'],
  ['POST', /^\/api\/admin\/dead-letters\/[\w-]+\/retry$/, 202, 'Retried'],
  ['GET', /^\/api\/admin\/setup$/, 200, 'Setup'],
  ['POST', /^\/api\/admin\/setup\/\w+\/check$/, 200, 'Checked'],
];

/** A middleware that records what it is asked and answers with the fixtures. */
export async function startScriptedMiddleware(): Promise<ScriptedMiddleware> {
  const requests: SeenRequest[] = [];
  const queue: { status: number; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const text = Buffer.concat(chunks).toString('utf8');
      requests.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) });
      const usual = USUAL.find(([verb, address]) => verb === method && address.test(url));
      const answer =
        queue.shift() ?? (usual ? { status: usual[2], body: fixture(usual[3]) } : { status: 404, body: '{}' });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: 'key-of-the-test',
    requests,
    answerNext: (status, body) => void queue.push({ status, body }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
