import { existsSync } from 'node:fs';
import path from 'node:path';
import { shapeOfRoot, type Shape } from './metadata-declarations.ts';
import { filesBelow, problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';

/** The root element that each file ending stands for. */
const ROOT_OF_SUFFIX: Readonly<Record<string, string>> = {
  app: 'CustomApplication',
  cls: 'ApexClass',
  compactLayout: 'CompactLayout',
  cspTrustedSite: 'CspTrustedSite',
  customPermission: 'CustomPermission',
  dashboard: 'Dashboard',
  dashboardFolder: 'DashboardFolder',
  eca: 'ExternalClientApplication',
  ecaOauth: 'ExtlClntAppOauthSettings',
  ecaOauthPlcy: 'ExtlClntAppOauthConfigurablePolicies',
  ecaPlcy: 'ExtlClntAppConfigurablePolicies',
  email: 'EmailTemplate',
  emailFolder: 'EmailFolder',
  externalCredential: 'ExternalCredential',
  field: 'CustomField',
  fieldSet: 'FieldSet',
  flexipage: 'FlexiPage',
  flow: 'Flow',
  group: 'Group',
  js: 'LightningComponentBundle',
  labels: 'CustomLabels',
  layout: 'Layout',
  listView: 'ListView',
  md: 'CustomMetadata',
  messageChannel: 'LightningMessageChannel',
  namedCredential: 'NamedCredential',
  object: 'CustomObject',
  permissionset: 'PermissionSet',
  permissionsetgroup: 'PermissionSetGroup',
  quickAction: 'QuickAction',
  recordType: 'RecordType',
  report: 'Report',
  reportFolder: 'ReportFolder',
  reportType: 'ReportType',
  resource: 'StaticResource',
  sharingRules: 'SharingRules',
  tab: 'CustomTab',
  translation: 'Translations',
  trigger: 'ApexTrigger',
  validationRule: 'ValidationRule',
  webLink: 'WebLink',
};

/** XML, root, elements, values, how often each stands, what is missing: by the vendor's declarations. */
export function checkSchema(source: PackageSource): string[] {
  return [...source.illFormed, ...source.metadata.flatMap(checkFile), ...missingParts(source)];
}

function checkFile({ file, suffix, root }: MetadataFile): string[] {
  const expected = ROOT_OF_SUFFIX[suffix];
  if (expected === undefined) {
    const known = Object.keys(ROOT_OF_SUFFIX).join(', ');
    return [problem(file, 1, `.${suffix}-meta.xml is no known kind of metadata`, `rename it to one of ${known}`)];
  }
  if (root.name !== expected) {
    return [problem(file, root.line, `the root is <${root.name}>`, `.${suffix} means <${expected}>`)];
  }
  const shape = shapeOfRoot(expected);
  if (!shape) return [problem(file, root.line, `<${expected}> is not declared`, 'use a root of the Metadata API')];
  const namespace =
    root.attributes['xmlns'] === NAMESPACE
      ? []
      : [problem(file, root.line, 'the root has another xmlns', `write xmlns="${NAMESPACE}"`)];
  return [...namespace, ...checkNode(file, root, shape)];
}

function checkNode(file: string, node: XmlNode, shape: Shape): string[] {
  const report = (at: XmlNode, what: string, remedy: string) => [problem(file, at.line, what, remedy)];
  if (shape.kind === 'any') return [];
  if (shape.kind !== 'elements' && node.children.length > 0) {
    return report(node, `<${node.name}> holds elements`, 'write one value');
  }
  switch (shape.kind) {
    case 'boolean':
      if (/^(true|false)$/.test(node.rawText)) return [];
      return report(node, `<${node.name}> is '${node.text}'`, 'write true or false');
    case 'number':
      if (/^-?\d+(\.\d+)?$/.test(node.rawText)) return [];
      return report(node, `<${node.name}> is '${node.text}'`, 'write a number');
    case 'choice':
      if (shape.values.includes(node.rawText)) return [];
      return report(node, `<${node.name}> is '${node.text}'`, `choose of ${someOf(shape.values)}`);
    case 'elements':
      return checkElements(file, node, shape);
  }
}

function checkElements(file: string, node: XmlNode, shape: Extract<Shape, { kind: 'elements' }>): string[] {
  const names = new Set(node.children.map(({ name }) => name));
  const text = node.text === '' ? [] : [problem(file, node.line, `text '${node.text}' in <${node.name}>`, 'remove it')];
  const children = [...names].flatMap((name) => {
    const [first, second] = node.all(name);
    const element = shape.elements.get(name);
    if (!element) {
      const known = someOf([...shape.elements.keys()]);
      return [problem(file, first?.line ?? node.line, `<${node.name}> has no element <${name}>`, `known are ${known}`)];
    }
    const many =
      second && !element.many
        ? [problem(file, second.line, `<${name}> stands ${node.all(name).length} times`, 'keep one of them')]
        : [];
    return [...many, ...node.all(name).flatMap((child) => checkNode(file, child, element.shape()))];
  });
  const missing = [...shape.elements].flatMap(([name, { required }]) =>
    // A file's own name is its fullName.
    required && !names.has(name) && name !== 'fullName'
      ? [problem(file, node.line, `<${node.name}> lacks <${name}>`, 'add it')]
      : [],
  );
  return [...text, ...children, ...missing];
}

function someOf(values: readonly string[]): string {
  return values.length > 8 ? `${values.slice(0, 8).join(', ')}, …` : values.join(', ');
}

/** What a conversion drops or takes over without a word: sources without metadata and metadata without a source. */
function missingParts({ root, metadata }: PackageSource): string[] {
  const lonely = filesBelow(root, '**/*.{cls,trigger,email}')
    .filter((file) => !existsSync(path.join(root, `${file}-meta.xml`)))
    .map((file) => problem(file, 1, 'there is no -meta.xml beside it, so it would not be deployed', 'add the file'));
  const sourceless = metadata
    .filter(({ file, suffix }) => /^(cls|trigger|email)$/.test(suffix) && !existsSync(sourceOf(root, file)))
    .map(({ file }) => problem(file, 1, 'its source is missing', `add ${path.posix.basename(sourceOf('', file))}`));
  const resources = metadata
    .filter(({ suffix }) => suffix === 'resource')
    .filter(
      ({ file }) =>
        filesBelow(root, `${file.slice('force-app/'.length).replace(/\.resource-meta\.xml$/, '')}.*`).length < 2,
    )
    .map(({ file }) => problem(file, 1, 'its content is missing', 'add the file that it describes'));
  const bundles = new Map<string, string>();
  for (const file of filesBelow(root, '*/default/lwc/!(__*)/*.{js,html}')) {
    const folder = path.posix.dirname(file);
    if (!bundles.has(folder)) bundles.set(folder, file);
  }
  const unnamed = [...bundles].flatMap(([folder, file]) => {
    const name = path.posix.basename(folder);
    return [`${name}.js`, `${name}.js-meta.xml`]
      .filter((part) => !existsSync(path.join(root, folder, part)))
      .map((part) => problem(file, 1, `the component ${name} has no ${part}, so it would not be deployed`, 'add it'));
  });
  return [...lonely, ...sourceless, ...resources, ...unnamed];
}

function sourceOf(root: string, file: string): string {
  return path.join(root, file.replace(/-meta\.xml$/, ''));
}
