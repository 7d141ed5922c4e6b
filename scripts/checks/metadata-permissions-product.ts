import type { Catalog } from './metadata-catalog.ts';
import { problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

/** The set of the middleware's user: the only one that opens sealed tokens. */
const INTEGRATION = 'Trainer_Connect_Integration';
const TOKEN_FIELD = /\b(?:Lark_)?(?:Access|Refresh)_Token__c\b/;
/** Kinds of metadata that show fields to people. */
const SHOWING = ['compactLayout', 'flexipage', 'layout', 'listView', 'report', 'reportType', 'fieldSet'];
/** They open every field or record, whatever the sets say. */
const OPENS_ALL = [
  'ViewAllData',
  'ModifyAllData',
  'ViewAllFields',
  'ManageUsers',
  'AuthorApex',
  'CustomizeApplication',
];
const NEVER_DELETED = 'Training_Booking__c';
/** Modify All needs Delete on the platform. */
const DELETING = ['allowDelete', 'modifyAllRecords'];

/** What would deploy and break the product's promises. */
export function checkProductPermissions(source: PackageSource, catalog: Catalog): string[] {
  const sets = source.of('permissionset');
  const integration = sets.find(({ name }) => name === INTEGRATION);
  return [
    ...sets.flatMap((set) => [
      ...tokenProblems(set),
      ...wideProblems(set),
      ...deletionProblems(set),
      ...unreadable(set),
    ]),
    ...shownTokens(source),
    ...ungrantedClasses(sets, catalog),
    ...(integration ? withheldFields(integration, catalog) : []),
  ];
}

function tokenProblems({ file, name, root }: MetadataFile): string[] {
  if (name === INTEGRATION) return [];
  const tokens = root.all('fieldPermissions').flatMap((one) => one.all('field'));
  const all = root.all('objectPermissions').filter((one) => one.is('viewAllFields'));
  return [
    ...tokens
      .filter(({ text }) => TOKEN_FIELD.test(text))
      .map(({ line, text }) => problem(file, line, `${text} is opened`, `only ${INTEGRATION} may open tokens`)),
    ...all.map((one) => problem(file, one.line, `all fields of ${one.textOf('object')} are opened`, 'name the fields')),
  ];
}

function wideProblems({ file, root }: MetadataFile): string[] {
  return root
    .all('userPermissions')
    .flatMap((one) => one.all('name'))
    .filter(({ text }) => OPENS_ALL.includes(text))
    .map(({ line, text }) =>
      problem(file, line, `${text} goes past every other permission`, 'grant objects and fields'),
    );
}

/** Also not to the middleware: it writes to bookings that trainers own by a sharing rule. */
function deletionProblems({ file, root }: MetadataFile): string[] {
  return root
    .all('objectPermissions')
    .filter((one) => one.textOf('object') === NEVER_DELETED)
    .flatMap((one) => {
      const [granted] = DELETING.filter((right) => one.is(right));
      if (granted === undefined) return [];
      return problem(
        file,
        one.first(granted)?.line ?? one.line,
        'Delete on bookings, whose meetings would stay behind',
        'set allowDelete and modifyAllRecords to false; sharing rules give Edit',
      );
    });
}

/** Fields of an object that the set does not open are seen by nobody. */
function unreadable({ file, root }: MetadataFile): string[] {
  const readable = new Set(
    root.all('objectPermissions').flatMap((one) => (one.is('allowRead') ? [one.textOf('object')] : [])),
  );
  const first = new Map<string, XmlNode>();
  for (const field of root.all('fieldPermissions').flatMap((one) => one.all('field'))) {
    const object = field.text.split('.')[0] ?? '';
    if (!readable.has(object) && !first.has(object)) first.set(object, field);
  }
  return [...first].map(([object, { line }]) =>
    problem(file, line, `fields of ${object} without Read on it`, 'add the object permission to this set'),
  );
}

function shownTokens(source: PackageSource): string[] {
  const texts = (node: XmlNode): XmlNode[] => [node, ...node.children.flatMap(texts)];
  const shown = SHOWING.flatMap((suffix) => source.of(suffix)).flatMap(({ file, root }) =>
    texts(root)
      .filter(({ children, text }) => children.length === 0 && TOKEN_FIELD.test(text))
      .map(({ line, text }) => problem(file, line, `shows ${text}`, 'remove it: tokens are for the middleware alone')),
  );
  const tracked = source
    .of('field')
    .filter(({ name, root }) => TOKEN_FIELD.test(name) && (root.is('trackHistory') || root.is('trackTrending')))
    .map(({ file, root }) => {
      const line = (root.first('trackHistory') ?? root).line;
      return problem(file, line, 'keeps old tokens in the field history', 'set trackHistory to false');
    });
  return [...shown, ...tracked];
}

function ungrantedClasses(sets: readonly MetadataFile[], catalog: Catalog): string[] {
  const granted = new Set(
    sets.flatMap(({ root }) =>
      root.all('classAccesses').flatMap((one) => (one.is('enabled') ? [one.textOf('apexClass')] : [])),
    ),
  );
  return [...catalog.classes].flatMap(([name, { file, text }]) => {
    // Fields of a shape are @AuraEnabled too: only methods are entered from outside.
    const entry = /@(AuraEnabled|InvocableMethod)\b(?:\([^)]*\))?\s+(?:global|public)\s+static\s/.exec(text);
    if (!entry || granted.has(name)) return [];
    const line = text.slice(0, entry.index).split('\n').length;
    return [problem(file, line, `no permission set opens the class ${name}`, 'add classAccesses to a set')];
  });
}

/** The middleware reads and writes everything that the package stores. */
function withheldFields({ file, root }: MetadataFile, catalog: Catalog): string[] {
  const permissions = new Map(root.all('fieldPermissions').map((one) => [one.textOf('field'), one]));
  return [...catalog.objects.values()].flatMap((object) =>
    [...object.fields.values()].flatMap((field) => {
      if (!field.source || field.isRequired || field.type === 'MasterDetail' || object.name.endsWith('__mdt'))
        return [];
      const name = `${object.name}.${field.name}`;
      const permission = permissions.get(name);
      if (!permission)
        return [problem(file, root.line, `${name} is not granted to the middleware`, 'add its field permission')];
      const enough = permission.is('readable') && (field.isFormula || permission.is('editable'));
      return enough
        ? []
        : [problem(file, permission.line, `${name} cannot be written by the middleware`, 'set editable to true')];
    }),
  );
}
