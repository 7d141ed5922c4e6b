import { existsSync, watch, type FSWatcher } from 'node:fs';
import { buildPages } from './build-pages.ts';
import { inputFolders } from './input-hash.ts';
import type { PageSources } from './page-sources.ts';

export interface PageBuild {
  /** The newest build's folder, building first where nothing was built yet. Rejects with `BuildFailed`. */
  folder(): Promise<string>;
  /** Calls back whenever a changed source was built, or failed to. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/** Saving several files at once (a formatter, a checkout) is one change. */
const QUIET_MS = 150;

/** Builds when the pages are asked for first and, where asked to, again after each change of a source. */
export function createPageBuild(options: {
  sources: () => PageSources;
  cacheDirectory: string;
  watch: boolean;
}): PageBuild {
  const listeners = new Set<() => void>();
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<string> | undefined;
  const closed = new AbortController();

  function start(): Promise<string> {
    const { cacheDirectory } = options;
    const build = Promise.resolve().then(() =>
      buildPages(options.sources(), { cacheDirectory, signal: closed.signal }),
    );
    // Whoever asks gets the failure; nobody may have asked yet.
    build.catch(() => undefined);
    return build;
  }

  function rebuild(): void {
    const build = start();
    current = build;
    const tell = () => {
      if (current === build) for (const listener of listeners) listener();
    };
    void build.then(tell, tell);
  }

  if (options.watch) {
    for (const folder of inputFolders(options.sources()).filter((place) => existsSync(place))) {
      watchers.push(
        watch(folder, { recursive: true }, () => {
          clearTimeout(timer);
          timer = setTimeout(rebuild, QUIET_MS);
        }),
      );
    }
  }
  return {
    folder: () => (current ??= start()),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      clearTimeout(timer);
      closed.abort();
      for (const watcher of watchers) watcher.close();
    },
  };
}
