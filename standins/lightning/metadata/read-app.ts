import path from 'node:path';
import { filesIn } from './files.ts';
import { readXmlFile, UnreadablePage, type Element } from './xml.ts';

export interface Tab {
  name: string;
  /** Absent for object tabs, which show the object's plural label. */
  label?: string;
  kind: 'object' | 'page' | 'component';
  /** API name of the object, FlexiPage or component. */
  target: string;
  /** As `lightning-icon` takes it: `custom:custom63`. */
  icon: string;
}

export interface App {
  name: string;
  label: string;
  description: string;
  color: string;
  /** In the order of the navigation bar. */
  tabs: Tab[];
  /** FlexiPage by object: the app's own record pages. */
  recordPages: Map<string, string>;
}

/** Tabs of the platform that are not shown here: its reports and dashboards need the platform itself. */
const STANDARD_TABS = ['standard-report', 'standard-Dashboard'];

export const isStandardTab = (name: string) => STANDARD_TABS.includes(name);

/** The Lightning apps of the package with their tabs, as their files are named. */
export function readApps(root: string): App[] {
  const files = filesIn(path.join(root, 'applications'), '.app-meta.xml');
  if (files.length === 0) throw new UnreadablePage(`${root}: an app is expected in applications/`);
  const tabs = new Map(
    filesIn(path.join(root, 'tabs'), '.tab-meta.xml').map(({ name, file }) => [name, readTab(name, file)]),
  );
  return files.map(({ name, file }) => readApp(name, file, tabs));
}

function readApp(name: string, file: string, tabs: ReadonlyMap<string, Tab>): App {
  const xml = readXmlFile(file, 'CustomApplication');
  return {
    name,
    label: xml.needText('label'),
    description: xml.text('description') ?? '',
    color: xml.list('brand')[0]?.text('headerColor') ?? '#0176D3',
    tabs: xml
      .texts('tabs')
      .filter((tab) => !isStandardTab(tab))
      .map((tab) => tabs.get(tab) ?? missingTab(file, tab)),
    recordPages: new Map(xml.list('actionOverrides').flatMap(recordPage)),
  };
}

function missingTab(file: string, tab: string): never {
  throw new UnreadablePage(`${file}: there is no tab ${tab}`);
}

/**
 * The record page of each object.
 * @throws {UnreadablePage} where two apps activate different ones, which these pages cannot tell apart.
 */
export function readRecordPages(apps: readonly App[]): Map<string, string> {
  const pages = new Map<string, string>();
  for (const app of apps) {
    for (const [object, page] of app.recordPages) {
      const other = pages.get(object);
      if (other !== undefined && other !== page) {
        throw new UnreadablePage(`${app.name}: another app shows ${object} by ${other}, this one by ${page}`);
      }
      pages.set(object, page);
    }
  }
  return pages;
}

/** Overrides of View name the record page that the app activates for an object. */
function recordPage(override: Element): [string, string][] {
  if (override.text('actionName') !== 'View' || override.text('type') !== 'Flexipage') return [];
  return [[override.needText('pageOrSobjectType'), override.needText('content')]];
}

function readTab(name: string, file: string): Tab {
  const xml = readXmlFile(file, 'CustomTab');
  const number = /^Custom(\d+):/.exec(xml.needText('motif'))?.[1];
  if (number === undefined) throw new UnreadablePage(`${file}: <motif> must be like "Custom63: Chip"`);
  const icon = `custom:custom${number}`;
  if (xml.text('customObject') === 'true') return { name, kind: 'object', target: name, icon };
  const label = xml.needText('label');
  const page = xml.text('flexiPage');
  if (page !== undefined) return { name, label, kind: 'page', target: page, icon };
  return { name, label, kind: 'component', target: xml.needText('lwcComponent'), icon };
}
