import { accessSync, constants, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * A headless Chromium: the one at `CHROME_PATH`, one that is installed, or the one inside `@sparticuz/chromium`, which
 * is unpacked into the temporary folder. Only loopback is reached.
 */
export async function launchBrowser(): Promise<Browser> {
  // Root, as in containers, has no sandbox to use.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const installed = installedChromium();
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: asRoot });
  // The package's own arguments are for cloud functions: one process for all pages, and no web security.
  return chromium.launch({ executablePath: await unpackChromium(), args: asRoot });
}

/** One process at a time: the package takes a file that is still being written for an unpacked one. */
async function unpackChromium(): Promise<string> {
  const { default: packaged } = await import('@sparticuz/chromium');
  const lock = path.join(tmpdir(), 'trainer-connect-chromium.lock');
  while (!tookLock(lock)) await wait(100);
  try {
    return await packaged.executablePath();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

const UNPACKING_TAKES_AT_MOST_MS = 60_000;

function tookLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    // Left behind by a process that was killed.
    if (Date.now() - since > UNPACKING_TAKES_AT_MOST_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function installedChromium(): string | undefined {
  const given = process.env['CHROME_PATH'];
  if (given !== undefined && given !== '') return given;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
