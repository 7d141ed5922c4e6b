import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PageSources } from './page-sources.ts';
import { CLIENT } from './platform-modules.ts';

const PACKAGES = ['lwc', '@lwc/rollup-plugin', '@lwc/synthetic-shadow', 'lightning-base-components', 'rollup'];

/** Folders whose change makes a new build. */
export function inputFolders(sources: PageSources): string[] {
  return [...['lwc', 'classes', 'labels'].map((name) => path.join(sources.root, name)), CLIENT, import.meta.dirname];
}

/** A digest of everything that a build is made from: sources, builder and the versions of the packages. */
export function hashInputs(sources: PageSources): string {
  const hash = createHash('sha256').update(JSON.stringify(sources.components));
  for (const folder of inputFolders(sources)) {
    for (const file of filesBelow(folder)) {
      hash.update(`\0${path.relative(folder, file)}\0`).update(readFileSync(file));
    }
  }
  const require = createRequire(import.meta.url);
  for (const name of PACKAGES) {
    const { version } = JSON.parse(readFileSync(packageFile(require, name), 'utf8')) as { version: string };
    hash.update(`\0${name}@${version}`);
  }
  return hash.digest('hex').slice(0, 20);
}

/** Packages that do not export their `package.json` are found through the folders that Node would search. */
function packageFile(require: NodeJS.Require, name: string): string {
  const folder = (require.resolve.paths(name) ?? []).find((place) => existsSync(path.join(place, name)));
  if (folder === undefined) throw new Error(`The package ${name} is not installed: run npm ci.`);
  return path.join(folder, name, 'package.json');
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('__tests__'))
    .sort();
}
