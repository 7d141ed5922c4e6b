import path from 'node:path';
import { isCacheable } from './apex-methods.ts';
import type { PageSources } from './page-sources.ts';

export const CLIENT = path.resolve(import.meta.dirname, '../client');
const PLATFORM = path.join(CLIENT, 'platform');

/** Modules of the platform that are files here. */
const FILES: Record<string, string> = {
  '@salesforce/apex': 'apex.js',
  'lightning/navigation': 'navigation.js',
  'lightning/platformShowToastEvent': 'platformShowToastEvent.js',
  'lightning/platformResourceLoader': 'platformResourceLoader.js',
  'lightning/refresh': 'refresh.js',
  'lightning/uiRecordApi': 'uiRecordApi.js',
};

/** Mirrored icons are for languages written from right to left, which we do not have: leaving them out saves seconds. */
const NO_ICONS = /^lightning\/iconSvgTemplates\w*Rtl$/;

const GENERATED =
  /^(?:@salesforce\/(?:apex|schema|label|i18n|user|customPermission|userPermission|resourceUrl|client)\/|sf:)/;

/** The file that answers for a module of the platform. */
export function platformFile(id: string): string | undefined {
  if (NO_ICONS.test(id)) return path.join(PLATFORM, 'noIcons.js');
  const file = FILES[id];
  return file === undefined ? undefined : path.join(PLATFORM, file);
}

/** Whether a module is written by `generateModule`. Labels other than `c.*` belong to the base components. */
export function isGenerated(id: string): boolean {
  if (id.startsWith('@salesforce/label/')) return id.startsWith('@salesforce/label/c.');
  return GENERATED.test(id);
}

/** Names of the package's custom labels: a build asks for hundreds, and reads their file once. */
export type LabelNames = () => { has(name: string): boolean };

/**
 * The source of a module that exists only on the platform. What depends on the user is read from the page when the
 * module runs, so that one build serves everybody in every language.
 * @throws Error that says what is missing, as a deployment would.
 */
export function generateModule(id: string, sources: PageSources, labels: LabelNames): string {
  if (id === 'sf:components') return componentList(sources.components);
  const [, kind = '', name = ''] = /^@salesforce\/(\w+)\/(.+)$/.exec(id) ?? [];
  const text = JSON.stringify(name);
  switch (kind) {
    case 'apex': {
      const cacheable = isCacheable(sources.root, name);
      if (cacheable === undefined) throw new Error(`There is no @AuraEnabled Apex method ${name}.`);
      return `import { createApex } from ${JSON.stringify(path.join(PLATFORM, 'apex.js'))};
        export default createApex(${text}, ${cacheable});`;
    }
    case 'schema': {
      const [objectApiName, ...field] = name.split('.');
      const fieldApiName = field.join('.');
      return `export default ${JSON.stringify(fieldApiName ? { fieldApiName, objectApiName } : { objectApiName })};`;
    }
    case 'label': {
      const label = name.slice('c.'.length);
      if (!labels().has(label)) throw new Error(`There is no custom label ${label}.`);
      return `export default globalThis.__SF__.labels[${JSON.stringify(label)}];`;
    }
    case 'i18n':
      // What a page does not set (digits, calendars) is as the base components have it.
      return `import * as usual from 'lightning-base-components/scopedImports/@salesforce-i18n-${name}.js';
        export default globalThis.__SF__.i18n[${text}] ?? usual.default;`;
    case 'user':
      return `export default ({ Id: globalThis.__SF__.user.id, isGuest: false })[${text}];`;
    case 'client':
      return `export default (globalThis.innerWidth < 768 ? 'Small' : 'Large');`;
    case 'customPermission':
    case 'userPermission':
      return `export default globalThis.__SF__.customPermissions.includes(${text}) || undefined;`;
    case 'resourceUrl':
      return `export default ${JSON.stringify(`/resource/${name}`)};`;
    default:
      throw new Error(`The module ${id} is not known to this Lightning.`);
  }
}

/** `{ name: () => import('c/name') }` of the components that pages place. */
function componentList(names: readonly string[]): string {
  const entries = names.map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(`c/${name}`)})`);
  return `export default { ${entries.join(', ')} };`;
}
