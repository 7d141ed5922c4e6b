import { filesBelow, problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

/** How long the platform lets these texts be: file ending, element, characters. */
const LONGEST: readonly (readonly [suffix: string, element: string, characters: number])[] = [
  ['app', 'label', 40],
  ['app', 'description', 255],
  ['compactLayout', 'label', 40],
  ['customPermission', 'label', 80],
  ['customPermission', 'description', 255],
  ['dashboard', 'title', 80],
  ['dashboard', 'description', 255],
  ['email', 'name', 80],
  ['email', 'subject', 255],
  ['field', 'label', 40],
  ['field', 'description', 1000],
  ['field', 'inlineHelpText', 510],
  ['flexipage', 'masterLabel', 80],
  ['flexipage', 'description', 255],
  ['flow', 'label', 80],
  ['labels', 'fullName', 80],
  ['labels', 'shortDescription', 80],
  ['labels', 'value', 1000],
  ['listView', 'label', 40],
  ['md', 'label', 40],
  ['object', 'label', 40],
  ['object', 'pluralLabel', 40],
  ['object', 'description', 1000],
  ['permissionset', 'label', 80],
  ['permissionset', 'description', 255],
  ['report', 'name', 40],
  ['report', 'description', 255],
  ['reportType', 'label', 50],
  ['reportType', 'description', 255],
  ['translation', 'label', 1000],
  ['validationRule', 'errorMessage', 255],
];

/** What stands once a file under one key: the platform refuses the second, or lets it win silently. */
const ONCE: readonly (readonly [suffix: string, element: string, key: string])[] = [
  ['labels', 'labels', 'fullName'],
  ['permissionset', 'applicationVisibilities', 'application'],
  ['permissionset', 'classAccesses', 'apexClass'],
  ['permissionset', 'customPermissions', 'name'],
  ['permissionset', 'fieldPermissions', 'field'],
  ['permissionset', 'objectPermissions', 'object'],
  ['permissionset', 'tabSettings', 'tab'],
  ['permissionset', 'userPermissions', 'name'],
  ['translation', 'customLabels', 'name'],
];

const LEGACY_CREDENTIAL = ['endpoint', 'principalType', 'protocol', 'username', 'password', 'authProvider'];
const XML_SCHEMA = 'http://www.w3.org/2001/XMLSchema';

/** What the declarations allow and a deploy, or the running org, does not. */
export function checkPlatformRules(source: PackageSource): string[] {
  return [
    ...source.metadata.flatMap((file) => [...lengthProblems(file), ...repeated(file)]),
    ...source.of('flow').flatMap((flow) => [...asyncPathProblems(flow), ...faultPathProblems(flow)]),
    ...source.of('namedCredential').flatMap(credentialProblems),
    ...['namedCredential', 'externalCredential'].flatMap((suffix) => source.of(suffix)).flatMap(brokenValues),
    ...source
      .of('externalCredential')
      .flatMap(({ file, root }) =>
        root.all('principals').map((node) => problem(file, node.line, '<principals> is refused', PRINCIPAL_HINT)),
      ),
    ...source.of('md').flatMap(customMetadataProblems),
    ...keysInGit(source),
    ...source.of('object').flatMap(objectProblems),
  ];
}

const PRINCIPAL_HINT = 'a principal is an <externalCredentialParameters> of type NamedPrincipal';

function lengthProblems({ file, suffix, root }: MetadataFile): string[] {
  return LONGEST.filter(([kind]) => kind === suffix).flatMap(([, element, most]) =>
    (suffix === 'labels' || suffix === 'translation' ? root.below(element) : root.all(element))
      .filter(({ text }) => text.length > most)
      .map((node) => problem(file, node.line, `<${element}> has ${node.text.length} characters`, `keep to ${most}`)),
  );
}

function repeated({ file, suffix, root }: MetadataFile): string[] {
  return ONCE.filter(([kind]) => kind === suffix).flatMap(([, element, key]) => {
    const seen = new Set<string>();
    return root.all(element).flatMap((node) => {
      const name = node.textOf(key);
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      const line = node.first(key)?.line ?? node.line;
      return [problem(file, line, `<${element}> of ${name} stands twice`, 'keep one')];
    });
  });
}

function asyncPathProblems({ file, root }: MetadataFile): string[] {
  return root
    .below('scheduledPaths')
    .filter((path) => path.textOf('pathType') === 'AsyncAfterCommit')
    .flatMap((path) => path.children.filter(({ name }) => !['name', 'connector', 'pathType'].includes(name)))
    .map((node) => problem(file, node.line, `an AsyncAfterCommit path has no <${node.name}>`, 'remove it'));
}

/** The scanner does not follow asynchronous paths, on which a failure would be mailed to whoever made the flow. */
function faultPathProblems({ file, root }: MetadataFile): string[] {
  if (root.first('start')?.textOf('triggerType') === 'RecordBeforeSave') return [];
  return ['actionCalls', 'recordCreates', 'recordDeletes', 'recordLookups', 'recordUpdates']
    .flatMap((name) => root.all(name))
    .filter((element) => !element.first('faultConnector'))
    .map((element) =>
      problem(file, element.line, `${element.textOf('name')} has no fault path`, 'connect one, each failure is mailed'),
    );
}

function credentialProblems({ file, root }: MetadataFile): string[] {
  if (root.textOf('namedCredentialType') !== 'SecuredEndpoint') {
    return [
      problem(file, root.line, 'a named credential of the legacy kind', 'use namedCredentialType SecuredEndpoint'),
    ];
  }
  return root.children
    .filter(({ name }) => LEGACY_CREDENTIAL.includes(name))
    .map((node) => problem(file, node.line, `<${node.name}> belongs to legacy credentials`, 'remove it'));
}

/** A header or URL that a formatter broke over lines is sent, or refused, with its line breaks. */
function brokenValues({ file, root }: MetadataFile): string[] {
  return root
    .below('parameterValue')
    .filter(({ rawText }) => rawText !== rawText.trim() || rawText.includes('\n'))
    .map((node) => problem(file, node.line, '<parameterValue> has white space around it', 'write it on one line'));
}

function customMetadataProblems({ file, root }: MetadataFile): string[] {
  const declared =
    root.attributes['xmlns:xsi'] === `${XML_SCHEMA}-instance` && root.attributes['xmlns:xsd'] === XML_SCHEMA;
  const namespaces = declared ? [] : [problem(file, root.line, 'xmlns:xsi or xmlns:xsd is missing', 'declare both')];
  return [
    ...namespaces,
    ...root
      .all('values')
      .map((values) => values.first('value'))
      .filter((value): value is XmlNode => value !== undefined)
      .filter(({ attributes }) => !/^xsd:\w+$/.test(attributes['xsi:type'] ?? '') && attributes['xsi:nil'] !== 'true')
      .map((value) => problem(file, value.line, 'a value without xsi:type', 'write xsi:type="xsd:string" or its like')),
  ];
}

function keysInGit({ root }: PackageSource): string[] {
  return filesBelow(root, '**/*.ecaGlblOauth-meta.xml').map((file) =>
    problem(file, 1, 'holds the key and secret of the external client app', 'keep it out of git, enter it in Setup'),
  );
}

function objectProblems({ file, name, root }: MetadataFile): string[] {
  if (!name.endsWith('__c')) return [];
  const missing = ['deploymentStatus', 'label', 'pluralLabel', 'nameField', 'sharingModel']
    .filter((element) => !root.first(element))
    .map((element) => problem(file, root.line, `the object lacks <${element}>`, 'add it'));
  const nameField = root.first('nameField');
  return nameField?.textOf('type') === 'AutoNumber' && !nameField.first('displayFormat')
    ? [...missing, problem(file, nameField.line, 'an auto number without <displayFormat>', 'add one like TB-{00000}')]
    : missing;
}
