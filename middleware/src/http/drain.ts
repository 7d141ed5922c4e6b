import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches a server from its beginning, so that it can end in order: what runs is answered, and every connection ends with
 * its answer. Kept alive, a busy connection would go on taking requests until the limit.
 * @returns the function that ends it, with whatever still runs cut off after `timeoutMs`
 */
export function prepareDrain(server: Server): (timeoutMs: number) => Promise<void> {
  const running = new Set<ServerResponse>();
  /** Browsers and proxies open connections in advance; for Node, one that never sent anything is not idle. */
  const unused = new Set<Socket>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    unused.delete(socket);
    running.add(response);
    if (draining) sayGoodbye(response);
    response.once('finish', () => {
      // Its head may have promised more.
      if (draining) socket.destroySoon();
    });
    response.once('close', () => running.delete(response));
  });

  return async (timeoutMs) => {
    draining = true;
    for (const response of running) sayGoodbye(response);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
    const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
    await closed;
    clearTimeout(timer);
  };
}

function sayGoodbye(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
