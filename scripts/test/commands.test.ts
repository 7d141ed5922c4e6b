import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { parseEnv } from 'node:util';
import { freePorts } from '../../middleware/test/kit/free-ports.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
const programs: ChildProcess[] = [];
after(() => {
  // A test that failed leaves its programs behind.
  for (const program of programs) program.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});
const offline = parseEnv(readFileSync(path.join(repository, 'config/offline.env'), 'utf8'));

function run(
  script: string,
  environment: Record<string, string | undefined>,
): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    cwd: repository,
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment },
  });
  programs.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

async function printed(program: ReturnType<typeof run>, wanted: RegExp): Promise<void> {
  await eventually(program, () => wanted.test(program.output()));
}

async function eventually(program: ReturnType<typeof run>, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    assert.equal(program.child.exitCode, null, program.output());
    assert.ok(performance.now() < deadline, program.output());
    await new Promise((wait) => setTimeout(wait, 50));
  }
}

async function stop({ child }: ReturnType<typeof run>): Promise<void> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0, 'it stops in order');
}

test('npm start prints its links, is healthy, stops in order, and starts again with what it knew', async () => {
  const ports = await freePorts(4);
  const environment = { PORT: String(ports), STANDIN_PORT: String(ports + 1), DATA_DIR: path.join(scratch, 'start') };
  const outbox = `http://127.0.0.1:${ports + 2}/__standin/outbox`;
  const mails = async () => ((await (await fetch(outbox)).json()) as unknown[]).length;

  const first = run('scripts/start.ts', environment);
  await printed(first, /trainers\/authorize[\s\S]+outbox[\s\S]+npm run demo/);
  const health = await fetch(`http://localhost:${ports}/api/health/lark`);
  assert.equal(health.status, 200, await health.text());
  await eventually(first, async () => (await mails()) > 0);

  const second = run('scripts/start.ts', environment);
  await once(second.child, 'exit');
  assert.match(second.output(), /Port \d+ is in use/);
  await stop(first);

  const again = run('scripts/start.ts', environment);
  await printed(again, /npm run demo/);
  assert.ok((await mails()) > 0, 'the stand-ins kept their state');
  await stop(again);
});

test('the stand-ins and the middleware run as two programs on one clock', async () => {
  const ports = await freePorts(4);
  const redirectUri = `http://localhost:${ports}/api/lark/trainer/oauth/callback`;
  const standins = run('standins/start.ts', {
    STANDIN_PORT: String(ports + 1),
    DATA_DIR: path.join(scratch, 'apart'),
    LARK_OAUTH_REDIRECT_URI: redirectUri,
  });
  await printed(standins, /Salesforce +http/);
  const middleware = run('middleware/src/main.ts', {
    ...offline,
    PORT: String(ports),
    PUBLIC_URL: `http://localhost:${ports}`,
    DATA_DIR: path.join(scratch, 'middleware'),
    LARK_OAUTH_REDIRECT_URI: redirectUri,
    SALESFORCE_LOGIN_URL: `http://127.0.0.1:${ports + 2}`,
    LARK_DOMAIN: `http://127.0.0.1:${ports + 3}`,
    LARK_ACCOUNTS_DOMAIN: `http://127.0.0.1:${ports + 3}`,
    CLOCK_URL: `http://127.0.0.1:${ports + 2}/__standin/clock`,
  });
  await printed(middleware, /Trainer Connect listens/);
  const health = await fetch(`http://localhost:${ports}/api/health/lark`);
  assert.equal(health.status, 200, await health.text());
  await stop(middleware);
  await stop(standins);
});

test('a wrong configuration ends the middleware at once with every problem in one list', () => {
  const { status, stderr } = spawnSync(process.execPath, ['middleware/src/main.ts'], {
    cwd: repository,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /PUBLIC_URL is missing[\s\S]+ENCRYPTION_SECRET is missing[\s\S]+SALESFORCE_LOGIN_URL is missing/,
  );
  assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace');
});

test('npm run demo --json tells the story for machines, within its budget of outside calls', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/demo.ts', '--json'],
    { cwd: repository, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const story = JSON.parse(stdout) as {
    ok: boolean;
    link: string;
    warmBooking: { outsideCalls: number; inSequence: number };
  };
  assert.equal(story.ok, true);
  assert.match(story.link, /^https:/);
  assert.ok(story.warmBooking.outsideCalls <= 5 && story.warmBooking.inSequence <= 4);
});

test('an old Node is refused with one clear line', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `Object.defineProperty(process, 'versions', { value: { node: '20.1.0' } });
       Object.defineProperty(process, 'version', { value: 'v20.1.0' });
       await import('./scripts/require-node-24.mjs');`,
    ],
    { cwd: repository, encoding: 'utf8' },
  );
  assert.equal(status, 1);
  assert.equal(stderr.trim().split('\n').length, 1);
  assert.match(stderr, /needs Node 24 or newer; this is v20\.1\.0/);
});

test('the installation is skipped while the lock file is what was installed', () => {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: repository, encoding: 'utf8' });
  assert.deepEqual([status, stdout], [0, '']);
});
