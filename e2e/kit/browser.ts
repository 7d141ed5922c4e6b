import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium, type Browser } from 'playwright-core';
import { oneProcessAtATime } from '../../standins/kit/one-process.ts';

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
  return oneProcessAtATime(lock, { atMostMs: 60_000 }, () => packaged.executablePath());
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
