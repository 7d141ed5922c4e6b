import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fullNameOf } from '../checks/metadata-catalog.ts';
import { readPackage, type MetadataFile, type XmlNode } from '../checks/metadata-files.ts';
import { REPOSITORY } from './seeded-faults.ts';

/** What package.xml calls the kinds of files. */
const TYPES: Readonly<Record<string, string>> = {
  app: 'CustomApplication',
  cls: 'ApexClass',
  compactLayout: 'CompactLayout',
  customPermission: 'CustomPermission',
  dashboard: 'Dashboard',
  dashboardFolder: 'Dashboard',
  email: 'EmailTemplate',
  emailFolder: 'EmailTemplate',
  externalCredential: 'ExternalCredential',
  field: 'CustomField',
  flexipage: 'FlexiPage',
  flow: 'Flow',
  group: 'Group',
  js: 'LightningComponentBundle',
  labels: 'CustomLabels',
  layout: 'Layout',
  listView: 'ListView',
  namedCredential: 'NamedCredential',
  object: 'CustomObject',
  permissionset: 'PermissionSet',
  report: 'Report',
  reportFolder: 'Report',
  reportType: 'ReportType',
  resource: 'StaticResource',
  sharingRules: 'SharingRules',
  tab: 'CustomTab',
  translation: 'Translations',
  validationRule: 'ValidationRule',
};

// The type of a file follows from any folder above it, so this one is called after none.
const scratch = mkdtempSync(path.join(tmpdir(), 'convert-'));
after(() => rmSync(scratch, { recursive: true }));
const project = path.join(scratch, 'project');
const converted = path.join(scratch, 'converted');
const back = path.join(scratch, 'back');

/** The unmodified CLI, with a home of its own and without a word to the network. */
function sf(folder: string, ...words: string[]): void {
  const home = path.join(scratch, 'home');
  mkdirSync(home, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(REPOSITORY, 'node_modules/@salesforce/cli/bin/run.js'), ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        SF_DISABLE_TELEMETRY: 'true',
        SF_TELEMETRY_DISABLE_ACKNOWLEDGEMENT: 'true',
        SF_AUTOUPDATE_DISABLE: 'true',
        SF_SKIP_NEW_VERSION_CHECK: 'true',
        SF_USE_PROGRESS_BAR: 'false',
      },
    },
  );
  assert.equal(status, 0, `sf ${words.join(' ')}: ${stdout}${stderr}`);
}

function convertAndBack(): void {
  mkdirSync(project);
  for (const name of ['force-app', 'sfdx-project.json', '.forceignore']) {
    cpSync(path.join(REPOSITORY, name), path.join(project, name), { recursive: true });
  }
  sf(project, 'project', 'convert', 'source', '--source-dir', 'force-app', '--output-dir', converted);
  mkdirSync(path.join(back, 'force-app'), { recursive: true });
  const packageDirectories = [{ path: 'force-app', default: true }];
  writeFileSync(path.join(back, 'sfdx-project.json'), JSON.stringify({ packageDirectories, sourceApiVersion: '65.0' }));
  sf(back, 'project', 'convert', 'mdapi', '--root-dir', converted, '--output-dir', 'force-app');
}

convertAndBack();

/** Package files below `force-app/<package>/default`, by their path there. */
function filesOf(root: string): Map<string, string> {
  const files = globSync('force-app/**/*', { cwd: root, withFileTypes: true, exclude: ['**/__tests__'] });
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(root, file).replace(/^force-app\/[\w-]+\/default\//, ''), file]),
  );
}

function memberOf(file: MetadataFile): string {
  const { suffix, name, object } = file;
  if (suffix === 'object') return name;
  if (object !== undefined) return `${object}.${name}`;
  return fullNameOf(file);
}

test('every file of the package is a member of package.xml', () => {
  const manifest = new Map(
    [...readFileSync(path.join(converted, 'package.xml'), 'utf8').matchAll(/<types>([^]*?)<\/types>/g)].map(
      ([, types = '']) => [
        /<name>(\w+)</.exec(types)?.[1] ?? '',
        // Folders of reports and dashboards end in a slash.
        new Set([...types.matchAll(/<members>([^<]+?)\/?</g)].map(([, member = '']) => member)),
      ],
    ),
  );
  const { metadata } = readPackage(project);
  const lost = metadata.filter((file) => manifest.get(TYPES[file.suffix] ?? '')?.has(memberOf(file)) !== true);
  assert.deepEqual(
    lost.map(({ file }) => file),
    [],
  );
  const labels = metadata.find(({ suffix }) => suffix === 'labels')?.root.all('labels').length;
  assert.equal(manifest.get('CustomLabel')?.size, labels);
});

test('the way to the Metadata API and back loses no file and adds none', () => {
  assert.deepEqual([...filesOf(back).keys()].sort(), [...filesOf(project).keys()].sort());
});

/** Components of their own, which the way sorts by name. */
const SORTED_BY_NAME = ['labels', 'sharingCriteriaRules'];

/** Order of differently named elements and white space mean nothing. */
function normalised(node: XmlNode): unknown {
  const place = ({ name, children }: XmlNode) =>
    SORTED_BY_NAME.includes(name) ? `${name} ${children.find((child) => child.name === 'fullName')?.text}` : name;
  const children = node.children.toSorted((one, other) =>
    place(one) < place(other) ? -1 : Number(place(one) > place(other)),
  );
  return { name: node.name, attributes: node.attributes, text: node.text, children: children.map(normalised) };
}

test('the way to the Metadata API and back changes no content', () => {
  const before = filesOf(project);
  const after = filesOf(back);
  const parsed = [project, back].map(
    (root) =>
      new Map(
        readPackage(root).metadata.map(({ file, root: xml }) => [
          file.replace(/^force-app\/[\w-]+\/default\//, ''),
          normalised(xml),
        ]),
      ),
  );
  for (const [name, file] of before) {
    const returned = after.get(name);
    assert.ok(returned, name);
    if (name.endsWith('-meta.xml')) assert.deepEqual(parsed[1]?.get(name), parsed[0]?.get(name), name);
    else assert.equal(readFileSync(returned, 'utf8'), readFileSync(file, 'utf8'), name);
  }
});
