import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** The API version of the package. */
export const API_VERSION = '65.0';

const CLI = path.join(REPOSITORY, 'node_modules/@salesforce/cli/bin/run.js');

/** Nothing is sent to anybody but the target org, and nothing is fetched. */
const QUIET = {
  SF_DISABLE_TELEMETRY: 'true',
  SF_AUTOUPDATE_DISABLE: 'true',
  SF_SKIP_NEW_VERSION_CHECK: 'true',
};

/** The CLI's own refusal, in its words. */
export class SfError extends Error {
  override name = 'SfError';
  /** The CLI's name for it: `NOT_FOUND`, `NamedOrgNotFoundError`. */
  readonly code: string;
  /** What came with it, where a command failed with a result: failed components. */
  readonly result: unknown;

  constructor(code: string, message: string, result: unknown) {
    super(message);
    this.code = code;
    this.result = result;
  }
}

export interface Sf {
  targetOrg: string;
  /** Runs a command with `--json` against the target org and answers its result. @throws SfError */
  run<Result>(args: readonly string[]): Promise<Result>;
  /** One REST call. @throws SfError */
  request<Body>(method: string, resource: string, body?: unknown): Promise<Body>;
  /** One REST call whose body goes through standard input: it stands neither among arguments nor in a file. @throws SfError */
  requestWithSecret<Body>(method: string, resource: string, body: unknown): Promise<Body>;
}

/** The CLI waits no more than 10 ms for standard input, which a busy machine may miss. */
const ATTEMPTS = 15;
const TOO_BUSY = 'The CLI did not take its input: this machine is too busy. Run the same command again.';

/** The unmodified Salesforce CLI against one org. */
export function createSf(targetOrg: string, environment: NodeJS.ProcessEnv = process.env): Sf {
  const start = (args: readonly string[], input: string | undefined) =>
    new Promise<{ code: number; output: string; errors: string }>((resolve, reject) => {
      const child = spawn(process.execPath, [CLI, ...args, '--target-org', targetOrg], {
        cwd: REPOSITORY,
        env: { ...environment, ...QUIET },
      });
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, output, errors }));
      child.stdin.end(input ?? '');
    });
  const rest = (method: string, resource: string, more: readonly string[], input?: string) =>
    start(['api', 'request', 'rest', `/services/data/v${API_VERSION}${resource}`, '--method', method, ...more], input);
  return {
    targetOrg,
    run: async <Result>(args: readonly string[]) => {
      const { output, errors } = await start([...args, '--json'], undefined);
      const answer = readJson(output) as
        { status: number; result: Result; name?: string; message?: string } | undefined;
      if (!answer) throw new SfError('NoAnswer', `sf ${args.slice(0, 3).join(' ')}: ${errors || output}`, undefined);
      if (answer.status === 0) return answer.result;
      throw new SfError(answer.name ?? 'Failed', answer.message ?? `sf ${args.join(' ')} failed`, answer.result);
    },
    request: async <Body>(method: string, resource: string, body?: unknown) => {
      if (body === undefined) return answerOf<Body>(await rest(method, resource, []));
      const folder = mkdtempSync(path.join(tmpdir(), 'org-request-'));
      try {
        const file = path.join(folder, 'body.json');
        writeFileSync(file, JSON.stringify(body));
        return answerOf<Body>(await rest(method, resource, ['--body', `@${file}`]));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    requestWithSecret: async <Body>(method: string, resource: string, body: unknown) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return answerOf<Body>(await rest(method, resource, ['--body', '-'], JSON.stringify(body)));
        } catch (error) {
          // Without its input the CLI sends "-", which every org refuses like this, so nothing was done.
          const missed = error instanceof SfError && error.code === 'JSON_PARSER_ERROR';
          if (!missed) throw error;
          if (attempt === ATTEMPTS) throw new SfError('NoInput', TOO_BUSY, undefined);
        }
      }
    },
  };
}

/** What a REST call was answered. @throws SfError */
function answerOf<Body>({ code, output, errors }: { code: number; output: string; errors: string }): Body {
  const answer = readJson(output);
  const [error] = Array.isArray(answer) ? (answer as { errorCode?: string; message?: string }[]) : [];
  if (error?.errorCode !== undefined) throw new SfError(error.errorCode, error.message ?? '', answer);
  if (code !== 0 || answer === undefined) throw new SfError('NoAnswer', errors.trim() || output.trim(), undefined);
  return answer as Body;
}

/** The JSON in what the CLI printed; undefined where there is none. */
function readJson(output: string): unknown {
  const start = output.search(/[[{]/);
  if (start < 0) return undefined;
  try {
    return JSON.parse(output.slice(start)) as unknown;
  } catch {
    return undefined;
  }
}
