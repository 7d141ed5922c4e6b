import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { oneProcessAtATime } from '../../kit/one-process.ts';
import { hashInputs } from './input-hash.ts';
import type { PageSources } from './page-sources.ts';

const KEPT = 4;

/** The sources do not build; the message says where and why. */
export class BuildFailed extends Error {
  override name = 'BuildFailed';
}

/**
 * The folder with the built pages, from the cache where nothing changed (milliseconds instead of seconds).
 * One process builds and the others wait for it. It writes a folder of its own and moves it into place, whole.
 * @throws {BuildFailed}
 */
export async function buildPages(
  sources: PageSources,
  options: { cacheDirectory: string; signal: AbortSignal },
): Promise<string> {
  const { cacheDirectory, signal } = options;
  const folder = path.join(cacheDirectory, hashInputs(sources));
  if (existsSync(folder)) return used(folder);
  mkdirSync(cacheDirectory, { recursive: true });
  return oneProcessAtATime(`${folder}.lock`, { atMostMs: 120_000, signal }, async () =>
    existsSync(folder) ? used(folder) : build(sources, folder, signal),
  );
}

function used(folder: string): string {
  utimesSync(folder, new Date(), new Date());
  return folder;
}

async function build(sources: PageSources, folder: string, signal: AbortSignal): Promise<string> {
  const draft = `${folder}.${process.pid}.${performance.now()}`;
  try {
    await bundleInThread(sources, draft, signal);
    try {
      renameSync(draft, folder);
    } catch (error) {
      // Another process was faster with the same sources.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  dropOldBuilds(path.dirname(folder));
  return folder;
}

function bundleInThread(sources: PageSources, output: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./build-worker.ts', import.meta.url), { workerData: { sources, output } });
    signal.addEventListener('abort', () => void worker.terminate(), { once: true });
    worker.once('message', ({ failure }: { failure?: string }) => {
      if (failure === undefined) resolve();
      else reject(new BuildFailed(failure));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new BuildFailed(`The build ended with ${code} before it was done.`)));
  });
}

function dropOldBuilds(cacheDirectory: string): void {
  const builds = readdirSync(cacheDirectory)
    .filter((name) => /^[0-9a-f]+$/.test(name))
    .map((name) => ({
      place: path.join(cacheDirectory, name),
      usedAt: statSync(path.join(cacheDirectory, name)).mtimeMs,
    }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { place } of builds.slice(KEPT)) rmSync(place, { recursive: true, force: true });
}
