import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'rollup';
import { readLabels } from '../metadata/read-labels.ts';
import type { PageSources } from './page-sources.ts';
import { CLIENT, generateModule, isGenerated, platformFile } from './platform-modules.ts';

const GENERATED = '\0platform:';
const require = createRequire(import.meta.url);

/** Answers for every module that only Salesforce has. Must come before the LWC plugin, which would look for files. */
export function platformPlugin(sources: PageSources): Plugin {
  let labels: ReadonlyMap<string, string> | undefined;
  const labelNames = () => (labels ??= readLabels(sources.root).source);
  return {
    name: 'lightning-platform',
    resolveId(id, importer) {
      if (isGenerated(id)) return GENERATED + id;
      const file = platformFile(id);
      if (file !== undefined) return file;
      if (id.startsWith('lightning-base-components/scopedImports/')) return require.resolve(id);
      // The LWC resolver wants namespace folders; bundles of a package have none. The specifier keeps the namespace.
      const [, namespace, name] = /^(c|shell)\/(\w+)$/.exec(id) ?? [];
      if (namespace === undefined || name === undefined) {
        // Whatever a bundle asks for is looked for from here: a package folder elsewhere has no node_modules above it.
        const isBare = !id.startsWith('.') && !path.isAbsolute(id) && importer?.startsWith(sources.root);
        return isBare ? this.resolve(id, path.join(CLIENT, 'main.js'), { skipSelf: true }) : null;
      }
      const folder = namespace === 'c' ? path.join(sources.root, 'lwc') : path.join(CLIENT, 'modules/shell');
      const source = path.join(folder, name, `${name}.js`);
      if (!existsSync(source)) {
        // What tabs and pages place is imported by a module that is written here.
        const asker = importer?.startsWith(GENERATED) ? 'a page or tab' : path.basename(importer?.split('?')[0] ?? '');
        throw new Error(`There is no component ${id}, which ${asker} asks for.`);
      }
      return `${source}?specifier=${id}`;
    },
    load(id) {
      return id.startsWith(GENERATED) ? generateModule(id.slice(GENERATED.length), sources, labelNames) : null;
    },
  };
}
