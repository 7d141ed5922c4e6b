import { readApp, type App } from './read-app.ts';
import { readLabels, type Labels } from './read-labels.ts';
import { readHighlights, readLayouts } from './read-layouts.ts';
import { readListViews, type ListView } from './read-list-views.ts';
import { readPages, type Page, type Section } from './read-pages.ts';
import { readPageRights, type PageRights } from './read-permission-sets.ts';

/** Everything that the package says about pages. */
export interface PageMetadata {
  app: App;
  pages: ReadonlyMap<string, Page>;
  layouts: ReadonlyMap<string, Section[]>;
  highlights: ReadonlyMap<string, string[]>;
  listViews: ReadonlyMap<string, ListView[]>;
  labels: Labels;
  rights: ReadonlyMap<string, PageRights>;
}

/**
 * Reads a package folder (`force-app/main/default`).
 * @throws {UnreadablePage} naming the file.
 */
export function readPageMetadata(root: string): PageMetadata {
  const listViews = readListViews(root);
  return {
    app: readApp(root),
    pages: readPages(root),
    layouts: readLayouts(root),
    highlights: readHighlights(root, [...listViews.keys()]),
    listViews,
    labels: readLabels(root),
    rights: readPageRights(root),
  };
}

/** Names of the custom components that tabs and pages place. */
export function placedComponents(metadata: Pick<PageMetadata, 'app' | 'pages'>): string[] {
  const onPages = [...metadata.pages.values()].flatMap((page) =>
    page.regions.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'component' ? [block.name] : []))),
  );
  const onTabs = metadata.app.tabs.filter(({ kind }) => kind === 'component').map(({ target }) => target);
  return [...new Set([...onPages, ...onTabs])].sort();
}
