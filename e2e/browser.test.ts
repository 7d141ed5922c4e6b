import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const launch = `
  import { launchBrowser } from ${JSON.stringify(path.join(import.meta.dirname, 'kit/browser.ts'))};
  const browser = await launchBrowser();
  await browser.close();
`;

test('journeys that start at once on a new machine all get a browser', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainer-connect-browser-'));
  const env = { ...process.env, TMPDIR: folder, PATH: '', CHROME_PATH: '' };
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', launch];
  try {
    const all = await Promise.allSettled(
      Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, options, { env, timeout: 120_000 })),
    );
    assert.deepEqual(
      all.map((one) => (one.status === 'rejected' ? String(one.reason) : 'a browser')),
      ['a browser', 'a browser', 'a browser'],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
