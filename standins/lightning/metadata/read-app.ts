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

/** The one Lightning app of the package, with its tabs. */
export function readApp(root: string): App {
  const [found, ...others] = filesIn(path.join(root, 'applications'), '.app-meta.xml');
  if (!found || others.length > 0) throw new UnreadablePage(`${root}: exactly one app is expected in applications/`);
  const xml = readXmlFile(found.file, 'CustomApplication');
  const tabs = new Map(
    filesIn(path.join(root, 'tabs'), '.tab-meta.xml').map(({ name, file }) => [name, readTab(name, file)]),
  );
  return {
    name: found.name,
    label: xml.needText('label'),
    description: xml.text('description') ?? '',
    color: xml.list('brand')[0]?.text('headerColor') ?? '#0176D3',
    tabs: xml.texts('tabs').map((name) => {
      const tab = tabs.get(name);
      if (!tab) throw new UnreadablePage(`${found.file}: there is no tab ${name}`);
      return tab;
    }),
    recordPages: new Map(xml.list('actionOverrides').flatMap(recordPage)),
  };
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
