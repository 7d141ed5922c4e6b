import { i18nFor, LANGUAGES, type I18n } from './i18n.ts';
import { labelsIn } from './metadata/read-labels.ts';
import type { PageMetadata } from './metadata/index.ts';
import type { App } from './metadata/read-app.ts';
import type { Block } from './metadata/read-pages.ts';
import { describeObject } from './org/describe.ts';
import type { OrgClient } from './org/org-client.ts';
import type { AppUser } from './org/read-users.ts';
import type { Session } from './session.ts';

interface ShownTab {
  name: string;
  label: string;
  kind: 'object' | 'page' | 'component';
  icon: string;
  url: string;
  /** What the tab shows; none for object tabs, which show lists. */
  blocks: Block[];
}

interface ShownApp {
  name: string;
  label: string;
  description: string;
  icon: string;
  url: string;
}

/** `globalThis.__SF__`: what the page knows of its user before it asks for anything. */
export interface PageContext {
  user: { id: string; username: string; name: string; email: string; role: string };
  users: { username: string; name: string; role: string }[];
  language: string;
  languages: { key: string; code: string; label: string }[];
  i18n: I18n;
  customPermissions: string[];
  labels: Record<string, string>;
  /** The app that is open, with those of its tabs that the user sees. */
  app: ShownApp & { tabs: ShownTab[] };
  /** The apps that the user may open. */
  apps: ShownApp[];
  /** Every tab that the user sees, in whichever app. */
  items: ShownTab[];
  /** The page loads itself again when its sources were built anew. */
  watch: boolean;
}

export async function readPageContext(
  deps: { metadata: PageMetadata; client: OrgClient; watch: boolean },
  users: readonly AppUser[],
  user: AppUser,
  session: Session,
): Promise<PageContext> {
  const { metadata, client } = deps;
  const chosen = LANGUAGES.find(({ key }) => key === session.language);
  const language = chosen?.key ?? user.language;
  const items = await shownTabs(metadata, client, user);
  const apps = metadata.apps.filter(({ name }) => user.apps.has(name));
  const open = apps.find(({ name }) => name === session.app) ?? apps[0];
  if (!open) throw new Error(`${user.username} may open no app.`);
  const tabs = open.tabs.flatMap((tab) => items.find(({ name }) => name === tab.name) ?? []);
  return {
    user: { id: user.id, username: user.username, name: user.name, email: user.email, role: user.role },
    users: users.map((one) => ({ username: one.username, name: one.name, role: one.role })),
    language,
    languages: LANGUAGES.map(({ key, code, label: title }) => ({ key, code, label: title })),
    // Choosing a language here brings its formats along; on the platform the locale is a setting of its own.
    i18n: i18nFor({ language, locale: chosen?.locale ?? user.locale, timeZone: user.timeZone }),
    customPermissions: user.customPermissions,
    labels: labelsIn(metadata.labels, language),
    app: { ...shownApp(open), tabs },
    apps: apps.map(shownApp),
    items,
    watch: deps.watch,
  };
}

function shownApp({ name, label, description, tabs }: App): ShownApp {
  return { name, label, description, icon: tabs[0]?.icon ?? 'standard:apps', url: `/lightning/app/c__${name}` };
}

async function shownTabs(metadata: PageMetadata, client: OrgClient, user: AppUser): Promise<ShownTab[]> {
  const shown: ShownTab[] = [];
  for (const tab of [...metadata.tabs.values()].filter(({ name }) => user.tabs.has(name))) {
    if (tab.kind === 'object') {
      const object = await describeObject(client, tab.target);
      // The platform hides the tab of an object that the user cannot read.
      if (!object) continue;
      shown.push({ ...tab, label: object.labelPlural, url: `/lightning/o/${tab.name}/list`, blocks: [] });
      continue;
    }
    const blocks: Block[] =
      tab.kind === 'component'
        ? [{ type: 'component', name: tab.target, properties: {} }]
        : (metadata.pages.get(tab.target)?.regions.flatMap((region) => region.blocks) ?? []);
    shown.push({ ...tab, label: tab.label ?? tab.name, url: `/lightning/n/${tab.name}`, blocks });
  }
  return shown;
}
