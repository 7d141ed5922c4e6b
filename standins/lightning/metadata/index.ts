import { readApps, readRecordPages, type App, type Tab } from './read-app.ts';
import { readLabels, type Labels } from './read-labels.ts';
import { readHighlights, readLayouts } from './read-layouts.ts';
import { readListViews, type ListView } from './read-list-views.ts';
import { readPages, type Page, type Section } from './read-pages.ts';
import { readPageRights, type PageRights } from './read-permission-sets.ts';

/** Everything that the package says about pages. */
export interface PageMetadata {
  /** The first is the one that opens where nobody has chosen. */
  apps: readonly App[];
  /** Every tab that an app has, by name. */
  tabs: ReadonlyMap<string, Tab>;
  /** FlexiPage by object, the same in every app. */
  recordPages: ReadonlyMap<string, string>;
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
  const apps = readApps(root);
  return {
    apps,
    tabs: new Map(apps.flatMap((app) => app.tabs.map((tab) => [tab.name, tab] as const))),
    recordPages: readRecordPages(apps),
    pages: readPages(root),
    layouts: readLayouts(root),
    highlights: readHighlights(root, [...listViews.keys()]),
    listViews,
    labels: readLabels(root),
    rights: readPageRights(root),
  };
}

/** Names of the custom components that tabs and pages place. */
export function placedComponents(metadata: Pick<PageMetadata, 'tabs' | 'pages'>): string[] {
  const onPages = [...metadata.pages.values()].flatMap((page) =>
    page.regions.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'component' ? [block.name] : []))),
  );
  const onTabs = [...metadata.tabs.values()].filter(({ kind }) => kind === 'component').map(({ target }) => target);
  return [...new Set([...onPages, ...onTabs])].sort();
}
