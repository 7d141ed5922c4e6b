// npm run rotate-keys: has the running server seal every token with its current key, and follows it to the end.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { parseApiKeys } from '../middleware/src/http/api-keys.ts';
import { createSealer } from '../middleware/src/tokens/seal.ts';
import { endOfRotation, progressOf, readStatus, type Status } from './rotation-report.ts';

const usage = `npm run rotate-keys -- [--status | --pause | --resume] [--url <address of the middleware>]

Without an option: starts the rotation, or goes on with the one that is open, and shows how far it is. It may be
interrupted: the server goes on by itself. Reads PUBLIC_URL or PORT, and as the key TRAINER_CONNECT_KEY, or else the
first entry of API_KEYS with the scope admin.

Ends with 0: done; 1: values are left that could not be sealed anew, or it stopped; 2: wrong use or key; 3: no server.`;

/** How long a server may be away, for a restart, before this command gives up. The rotation does not. */
const PATIENCE_MS = 120_000;
const POLL_MS = 500;

class Refusal extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

class NotReachable extends Refusal {
  constructor(server: string, why: string) {
    super(
      3,
      `The middleware does not answer at ${server} (${why}). Is it running? --url names another address, such as http://localhost:3000.`,
    );
  }
}

try {
  process.exitCode = await main(readArguments());
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

interface Options {
  url?: string | undefined;
  status?: boolean | undefined;
  pause?: boolean | undefined;
  resume?: boolean | undefined;
  help?: boolean | undefined;
}

function readArguments(): Options {
  try {
    const flag = { type: 'boolean' } as const;
    const options = { url: { type: 'string' }, status: flag, pause: flag, resume: flag, help: flag } as const;
    const { values } = parseArgs({ options });
    if ([values.status, values.pause, values.resume].filter(Boolean).length > 1) {
      throw new Error('Give only one of --status, --pause and --resume.');
    }
    return values;
  } catch (error) {
    throw new Refusal(2, `${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

async function main(options: Options): Promise<number> {
  if (options.help === true) {
    console.log(usage);
    return 0;
  }
  const ask = askAt(serverOf(options), adminKey());
  if (options.status === true) {
    const status = await ask();
    console.log(progressOf(status));
    return report(status);
  }
  if (options.pause === true) {
    console.log(progressOf(await ask('pause')));
    console.log('It stops after the page that is under way. npm run rotate-keys -- --resume goes on.');
    return 0;
  }
  return follow(ask, await ask(options.resume === true ? 'resume' : 'start'));
}

type Ask = (action?: 'start' | 'pause' | 'resume') => Promise<Status>;

async function follow(ask: Ask, first: Status): Promise<number> {
  const show = createProgressLine();
  let status = first;
  let lastAnswer = performance.now();
  while (status.state === 'running') {
    show(progressOf(status));
    await sleep(POLL_MS);
    try {
      status = await ask();
      lastAnswer = performance.now();
    } catch (error) {
      if (!(error instanceof NotReachable) || performance.now() - lastAnswer > PATIENCE_MS) throw error;
      show('The server does not answer at the moment; it goes on by itself after a restart ...');
    }
  }
  show(progressOf(status));
  show.end();
  return report(status);
}

function report(status: Status): number {
  const { lines, exitCode } = endOfRotation(status, placeInSettings);
  for (const line of lines) console.log(line);
  return exitCode;
}

/** Which of the settings of this environment holds a key, so that nobody has to guess which one to remove. */
function placeInSettings(keyId: string): string | undefined {
  const previous = (process.env['ENCRYPTION_PREVIOUS_SECRETS'] ?? '').split(',').map((secret) => secret.trim());
  const index = previous
    .filter((secret) => /^[0-9a-f]{64}$/i.test(secret))
    .findIndex((secret) => createSealer({ orgId: '', secret, previousSecrets: [] }).sealingKeyId === keyId);
  return index < 0 ? undefined : `entry ${index + 1} of ENCRYPTION_PREVIOUS_SECRETS in this environment`;
}

function serverOf({ url }: Options): string {
  const given = url || process.env['PUBLIC_URL'] || `http://localhost:${process.env['PORT'] || '3000'}`;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new Refusal(2, `${given} is not an address such as https://trainings.example.com.`);
  }
  return given.replace(/\/+$/, '');
}

function adminKey(): string {
  const own = process.env['TRAINER_CONNECT_KEY'];
  if (own) return own;
  const parsed = z
    .string()
    .transform(parseApiKeys)
    .safeParse(process.env['API_KEYS'] ?? '');
  if (!parsed.success) {
    throw new Refusal(2, `API_KEYS: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
  }
  // A caller that speaks for Salesforce would have to name its org and user.
  const key = parsed.data.find(({ scopes }) => scopes.includes('admin') && !scopes.includes('salesforce'));
  if (key) return key.key;
  throw new Refusal(
    2,
    'No key to ask the server with: set TRAINER_CONNECT_KEY to an API key with the scope admin (and without salesforce), or API_KEYS as the server has it.',
  );
}

function askAt(server: string, key: string): Ask {
  const address = `${server}/api/admin/key-rotation`;
  return async (action) => {
    const response = await fetch(address, {
      method: action === undefined ? 'GET' : 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
      ...(action === undefined ? {} : { body: JSON.stringify({ action }) }),
    }).catch((error: unknown) => {
      throw new NotReachable(server, whyOf(error));
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.status >= 500) throw new NotReachable(server, `it answers ${response.status}`);
    const status = response.ok ? readStatus(body) : undefined;
    if (status) return status;
    const told = z.object({ error: z.object({ message: z.string() }) }).safeParse(body);
    const message = told.data?.error.message;
    if (response.status === 401 || response.status === 403) {
      throw new Refusal(2, `The server refuses the key: ${message ?? response.status} The scope admin is needed.`);
    }
    throw new Refusal(
      2,
      message ?? `What answers at ${address} is not this middleware (${response.status}). Is the address right?`,
    );
  };
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return String(cause);
}

/** On a terminal one line that changes; elsewhere a line for each change. */
function createProgressLine() {
  let shown = '';
  const show = (line: string) => {
    if (line === shown) return;
    shown = line;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
    else console.log(line);
  };
  return Object.assign(show, {
    end: () => {
      if (process.stdout.isTTY) process.stdout.write('\n');
    },
  });
}
