import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { digest } from '../../standins/kit/journal.ts';

/** One call of Lark's token endpoint on its way. Real milliseconds since the epoch. */
export interface Carried {
  /** Digest of the refresh token that was offered; undefined for the code of a new consent. */
  spent: string | undefined;
  leftAt: number;
  /** Lark's answer was complete. */
  answeredAt?: number;
  /** 0: a new pair. */
  code?: number;
  /** Digest of the new access token. */
  accessToken?: string;
  /** Its bytes were handed to the connection of the process that asked; never, if that was gone. */
  deliveredAt?: number;
}

/** The network between one process and Lark's token endpoint: it takes its time, and knows who sent what and when. */
export interface Wire {
  url: string;
  carried: readonly Carried[];
  close(): Promise<void>;
}

/** @param delayMs how long the next leg takes, there or back */
export async function startWire(tokenUrl: string, delayMs: () => number): Promise<Wire> {
  const carried: Carried[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const leftAt = now();
      const body = await bodyOf(request);
      const { refresh_token: offered } = JSON.parse(body) as { refresh_token?: string };
      const call: Carried = { spent: offered === undefined ? undefined : digest(offered), leftAt };
      carried.push(call);
      await sleep(delayMs());
      // What was sent arrives, whether or not its sender still lives.
      const answer = await fetch(tokenUrl, {
        method: 'POST',
        headers: { 'Content-Type': request.headers['content-type'] ?? '' },
        body,
      });
      const text = await answer.text();
      const { code, access_token: accessToken } = JSON.parse(text) as { code?: number; access_token?: string };
      call.answeredAt = now();
      if (code !== undefined) call.code = code;
      if (accessToken !== undefined) call.accessToken = digest(accessToken);
      await sleep(delayMs());
      if (response.destroyed || request.socket.destroyed) return;
      response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' }).end(text);
      call.deliveredAt = now();
    })().catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    carried,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
