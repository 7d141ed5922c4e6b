// Bundling takes seconds of pure computing: in a thread of its own it does not hold up the servers of this process.
import { parentPort, workerData } from 'node:worker_threads';
import type { PageSources } from './page-sources.ts';
import { bundlePages } from './rollup-build.ts';

const { sources, output } = workerData as { sources: PageSources; output: string };
try {
  await bundlePages(sources, output);
  parentPort?.postMessage({});
} catch (error) {
  const { message, loc, frame } = error as Error & { loc?: { file?: string; line?: number }; frame?: string };
  const place = loc?.file === undefined ? '' : `${loc.file.split('?')[0]}:${loc.line ?? 1}\n`;
  parentPort?.postMessage({ failure: `${place}${message}${frame === undefined ? '' : `\n\n${frame}`}` });
}
