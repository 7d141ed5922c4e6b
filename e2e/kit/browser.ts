import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
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
  const { default: packaged } = await import('@sparticuz/chromium');
  // The package's own arguments are for cloud functions: one process for all pages, and no web security.
  return chromium.launch({ executablePath: await packaged.executablePath(), args: asRoot });
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
