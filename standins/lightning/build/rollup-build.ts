import lwc from '@lwc/rollup-plugin';
import replace from '@rollup/plugin-replace';
import path from 'node:path';
import { rollup, type LogHandler, type Plugin } from 'rollup';
import type { PageSources } from './page-sources.ts';
import { CLIENT } from './platform-modules.ts';
import { platformPlugin } from './platform-plugin.ts';

/** Builds shell, base components and the package's components into `output`: `main.js` and what it loads later. */
export async function bundlePages(sources: PageSources, output: string): Promise<void> {
  const bundle = await rollup({
    input: path.join(CLIENT, 'main.js'),
    onLog,
    plugins: [
      platformPlugin(sources),
      (replace as unknown as (options: object) => Plugin)({
        preventAssignment: true,
        values: { 'import.meta.env.SSR': 'false', 'process.env.NODE_ENV': '"production"' },
      }),
      (lwc as unknown as (options: object) => Plugin)({
        rootDir: CLIENT,
        modules: [{ npm: 'lightning-base-components' }],
        enableDynamicComponents: true,
        // The base components' own combobox uses element internals, which synthetic shadow has only with this.
        enableSyntheticElementInternals: true,
        enableLwcOn: true,
      }),
    ],
  });
  await bundle.write({
    dir: output,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.close();
}

/** Warnings about our own sources are faults; those of the packages are not ours to repair. */
const onLog: LogHandler = (level, log) => {
  if (level !== 'warn' || log.code === 'CIRCULAR_DEPENDENCY') return;
  if (/node_modules/.test(log.loc?.file ?? log.id ?? '')) return;
  throw new Error(log.message);
};
