import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPublicKey, createPrivateKey } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, describe, it } from 'node:test';
import { startWorld, type World } from '../../middleware/test/kit/world.ts';
import type { TestOrg } from '../../standins/salesforce/test/support.ts';
import { readKnownCommands, whyUnknown } from '../docs/known-commands.ts';
import { commandsIn, expectedExit, isForRealOrg, shellBlocks, unknownMarks } from '../docs/shell-blocks.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(REPOSITORY, file), 'utf8');

const blocks = ['docs/salesforce-setup.md', 'docs/provider-setup.md'].flatMap((file) => shellBlocks(file, read(file)));
const known = readKnownCommands();

// Two at a time, because most of the time is starts of the Salesforce CLI.
describe('commands in the set-up pages', { concurrency: 2 }, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'docs-commands-'));
  let world: World | undefined;
  after(async () => {
    await world?.close();
    rmSync(home, { recursive: true, force: true });
  });
  const made = (file: string) => readFileSync(path.join(home, 'trainer-connect', file), 'utf8').trim();

  /** The addresses that the pages name are where everything listens on a reader's machine. */
  const inThisWorld = async (script: string) => {
    // The first block makes the keys that the middleware is started with.
    world ??= await startWorld({
      environment: {
        API_KEYS: ['salesforce:salesforce+admin', 'portal:portal', 'operator:admin+metrics']
          .map((caller) => `${caller}:${made(`${caller.split(':')[0]}.key`)}`)
          .join(','),
      },
    });
    const { Email__c } = await world.trainer(0);
    return script
      .replaceAll('https://trainer-connect.example.com', world.base())
      .replaceAll('http://127.0.0.1:4001', world.standins.salesforce.url)
      .replaceAll('trainer@example.com', Email__c);
  };

  /** What the blocks before have changed is there. */
  let changed: Promise<unknown> = Promise.resolve();

  for (const [index, block] of blocks.entries()) {
    const place = `${block.file}:${block.line}`;
    if (isForRealOrg(block)) {
      it(`${place} can be typed`, () => {
        assert.deepEqual(unknownMarks(block), []);
        const unknown = commandsIn(block.script).flatMap((words) => whyUnknown(words, known) ?? []);
        assert.deepEqual(unknown, []);
      });
      continue;
    }
    it(`${place} runs`, async () => {
      assert.deepEqual(unknownMarks(block), []);
      const running = changed.then(async () => run(home, index === 0 ? block.script : await inThisWorld(block.script)));
      // It changes nothing: the next block need not wait for it.
      if (!block.script.includes('org:preflight')) changed = running.catch(() => {});
      const { code, output } = await running;
      assert.equal(code, expectedExit(block), `${block.script}\n${output}`);
    });
  }

  it('left the key and the certificate, the address and the secret in the org, and no booking', async () => {
    await changed;
    const certificate = createPublicKey(made('server.crt')).export({ type: 'spki', format: 'pem' });
    const ofKey = createPublicKey(createPrivateKey(made('server.key'))).export({ type: 'spki', format: 'pem' });
    assert.equal(certificate, ofKey);
    assert.ok(world);
    const org = world.standins.salesforce as unknown as TestOrg;
    assert.deepEqual(org.namedCredential('Trainer_Connect'), { url: world.base(), apiKey: made('salesforce.key') });
    assert.deepEqual(await world.soql('SELECT Id FROM Training_Booking__c'), []);
    assert.ok(!JSON.stringify(org.journal.entries({ since: 0 })).includes(made('salesforce.key')));
  });
});

describe('what is looked at without being run', () => {
  for (const [script, why] of [
    ['npm run org:preflight -- --target-org x', undefined],
    ['A=1 npm run org:preflite', 'package.json has no script "org:preflite"'],
    ['npx sf org login web --alias x -r https://test.salesforce.com', undefined],
    ['npx sf org login \\\n  web --aliass x', '"sf org login web" has no flag --aliass'],
    ['npx sf org logins web', 'the Salesforce CLI has no command "org logins web"'],
    ['# why\nls', '"ls" is neither npm nor npx sf: let it be run, without a mark'],
  ] as const) {
    it(`${script.replaceAll(/\s+/g, ' ')}: ${why ?? 'can be typed'}`, () => {
      assert.deepEqual(
        commandsIn(script).map((words) => whyUnknown(words, known)),
        [why],
      );
    });
  }

  it('finds the second of two commands, and marks in the fence', () => {
    assert.deepEqual(commandsIn('npm run a && npx sf b "c d" | e'), [
      ['npm', 'run', 'a'],
      ['npx', 'sf', 'b', 'c d'],
      ['e'],
    ]);
    const [first, second, ...others] = shellBlocks(
      'a.md',
      '```json\n{}\n```\n1. x\n   ```sh exit-3\n   a\n   ```\n```sh typo\n```\n',
    );
    assert.deepEqual(first, { file: 'a.md', line: 6, marks: ['exit-3'], script: 'a\n' });
    assert.deepEqual([expectedExit(first), unknownMarks(first), others], [3, [], []]);
    assert.deepEqual(second && unknownMarks(second), ['typo']);
  });
});

describe('commands that the pages name', () => {
  const scripts = (text: string) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');

  it('every npm script that is named exists', () => {
    for (const file of ['README.md', ...globSync('docs/*.md', { cwd: REPOSITORY })]) {
      const missing = scripts(read(file)).filter((name) => !known.scripts.has(name));
      assert.deepEqual(missing, [], file);
    }
  });

  it('every npm script is in the README', () => {
    const inReadme = new Set([...scripts(read('README.md')), 'start', 'test']);
    const hooks = (name: string) => /^(pre|post)/.test(name);
    assert.deepEqual(
      [...known.scripts].filter((name) => !hooks(name) && !inReadme.has(name)),
      [],
    );
  });
});

/** As a reader would type it, with a home of its own. */
function run(home: string, script: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: REPOSITORY,
      env: {
        PATH: `${path.join(REPOSITORY, 'node_modules/.bin')}:${process.env['PATH']}`,
        HOME: home,
        SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
        SF_DISABLE_TELEMETRY: 'true',
        SF_AUTOUPDATE_DISABLE: 'true',
        SF_SKIP_NEW_VERSION_CHECK: 'true',
        npm_config_update_notifier: 'false',
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end();
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
