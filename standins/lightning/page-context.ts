import { i18nFor, LANGUAGES, type I18n } from './i18n.ts';
import { labelsIn } from './metadata/read-labels.ts';
import type { PageMetadata } from './metadata/index.ts';
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

/** `globalThis.__SF__`: what the page knows of its user before it asks for anything. */
export interface PageContext {
  user: { id: string; username: string; name: string; email: string; role: string };
  users: { username: string; name: string; role: string }[];
  language: string;
  languages: { key: string; code: string; label: string }[];
  i18n: I18n;
  customPermissions: string[];
  labels: Record<string, string>;
  app: { name: string; label: string; description: string; icon: string; tabs: ShownTab[] };
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
  const tabs: ShownTab[] = [];
  for (const tab of metadata.app.tabs.filter(({ name }) => user.tabs.has(name))) {
    if (tab.kind === 'object') {
      const object = await describeObject(client, tab.target);
      // The platform hides the tab of an object that the user cannot read.
      if (!object) continue;
      tabs.push({ ...tab, label: object.labelPlural, url: `/lightning/o/${tab.name}/list`, blocks: [] });
      continue;
    }
    const blocks: Block[] =
      tab.kind === 'component'
        ? [{ type: 'component', name: tab.target, properties: {} }]
        : (metadata.pages.get(tab.target)?.regions.flatMap((region) => region.blocks) ?? []);
    tabs.push({ ...tab, label: tab.label ?? tab.name, url: `/lightning/n/${tab.name}`, blocks });
  }
  const { name, label, description } = metadata.app;
  return {
    user: { id: user.id, username: user.username, name: user.name, email: user.email, role: user.role },
    users: users.map((one) => ({ username: one.username, name: one.name, role: one.role })),
    language,
    languages: LANGUAGES.map(({ key, code, label: title }) => ({ key, code, label: title })),
    // Choosing a language here brings its formats along; on the platform the locale is a setting of its own.
    i18n: i18nFor({ language, locale: chosen?.locale ?? user.locale, timeZone: user.timeZone }),
    customPermissions: user.customPermissions,
    labels: labelsIn(metadata.labels, language),
    app: { name, label, description, icon: metadata.app.tabs[0]?.icon ?? 'standard:apps', tabs },
    watch: deps.watch,
  };
}
