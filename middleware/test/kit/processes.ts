import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { callerOf } from './world.ts';

export interface MiddlewareProcess {
  pid: number;
  base: string;
  call: ReturnType<typeof callerOf>;
  /** Resolves when the named step was reached. */
  reached: Promise<void>;
  /** SIGKILL: nothing is finished, nothing is closed. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the middleware in a process of its own; with `stopAt` it stops for ever at that step. */
export async function startMiddleware(
  environment: Record<string, string | undefined>,
  { stopAt }: { stopAt?: string } = {},
): Promise<MiddlewareProcess> {
  const child = fork(path.join(import.meta.dirname, 'middleware-process.ts'), stopAt === undefined ? [] : [stopAt], {
    env: { PATH: process.env['PATH'], ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { promise: started, resolve: start, reject: fail } = Promise.withResolvers<number>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  child.on('message', (message: { port?: number; reached?: string }) => {
    if (message.port !== undefined) start(message.port);
    if (message.reached !== undefined) reach();
  });
  child.once('exit', (code) => fail(new Error(`the middleware ended with code ${code} before it listened`)));
  const base = `http://127.0.0.1:${await started}`;
  return {
    pid: child.pid ?? assert.fail('no process'),
    base,
    call: callerOf(() => base),
    reached,
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
