import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { callerOf } from './world.ts';

export interface MiddlewareProcess {
  pid: number;
  base: string;
  call: ReturnType<typeof callerOf>;
  /** Resolves when the named step was reached; rejects when that does not happen within a minute. */
  readonly reached: Promise<void>;
  /** Lets it go on from the step at which it stopped, and never stop there again. */
  goOn(): void;
  /** The most memory that it ever held (resident set), in bytes. */
  peakMemory(): Promise<number>;
  /** SIGSTOP: it keeps everything and does nothing. */
  freeze(): void;
  /** SIGCONT. */
  wake(): void;
  /** SIGKILL: nothing is finished, nothing is closed. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** What a middleware in a process of its own says and is told. */
export type FromMiddleware = { port: number } | { reached: string } | { peakMemory: number };
export type ToMiddleware = 'go on' | 'tell peak memory';

/** For a machine that does many other things; nothing is measured by it. */
const START_WITHIN_MS = 60_000;

/** Starts the middleware in a process of its own; with `stopAt` it stops at that step until it is told to go on. */
export async function startMiddleware(
  environment: Record<string, string | undefined>,
  { stopAt }: { stopAt?: string } = {},
): Promise<MiddlewareProcess> {
  const child = fork(path.join(import.meta.dirname, 'middleware-process.ts'), stopAt === undefined ? [] : [stopAt], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { promise: started, resolve: start, reject: fail } = Promise.withResolvers<number>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  child.on('message', (message: FromMiddleware) => {
    if ('port' in message) start(message.port);
    if ('reached' in message) reach();
  });
  child.once('exit', (code) => fail(new Error(`the middleware ended with code ${code} before it listened`)));
  const patience = new AbortController();
  const tooLong = sleep(START_WITHIN_MS, undefined, { ref: false, signal: patience.signal }).then(() => {
    child.kill('SIGKILL');
    return assert.fail('the middleware did not listen in time');
  });
  const port = await Promise.race([started, tooLong]).finally(() => patience.abort());
  const base = `http://127.0.0.1:${port}`;
  return {
    pid: child.pid ?? assert.fail('no process'),
    base,
    call: callerOf(() => base),
    get reached() {
      return Promise.race([
        reached,
        sleep(60_000, undefined, { ref: false }).then(() => assert.fail(`the step ${stopAt} was not reached`)),
      ]);
    },
    goOn: () => void child.send('go on' satisfies ToMiddleware),
    peakMemory: async () => {
      child.send('tell peak memory' satisfies ToMiddleware);
      for (;;) {
        const [message] = (await once(child, 'message')) as [FromMiddleware];
        if ('peakMemory' in message) return message.peakMemory;
      }
    },
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
