import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const PRODUCT = ['force-app/main', 'force-app/fresh-org'].map((folder) => path.join(REPOSITORY, folder));
const OBJECT = 'Trainer_Connection__c';
const SET = 'Trainer_Connection_Draft';

export interface OrgSources {
  metadata: string[];
  data: string;
  remove(): Promise<void>;
}

/**
 * What a local org with `Trainer_Connection__c` is made of. As long as the package does not bring the object, the
 * fields that tokens need are deployed beside it, as design and flush agree on them; once it does, it alone counts.
 */
export async function sourcesWithConnections(): Promise<OrgSources> {
  const data = path.join(REPOSITORY, 'data');
  if (existsSync(path.join(REPOSITORY, 'force-app/main/default/objects', OBJECT))) {
    return { metadata: PRODUCT, data, remove: () => Promise.resolve() };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'trainer-connection-'));
  const write = async (file: string, root: string, xml: string) => {
    const place = path.join(folder, 'package', file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, `<${root} xmlns="http://soap.sforce.com/2006/04/metadata">${xml}</${root}>`);
  };
  await write(`objects/${OBJECT}/${OBJECT}.object-meta.xml`, 'CustomObject', OBJECT_XML);
  for (const [name, xml] of Object.entries(FIELDS)) {
    const field = `<fullName>${name}</fullName><label>${name}</label>${xml}`;
    await write(`objects/${OBJECT}/fields/${name}.field-meta.xml`, 'CustomField', field);
  }
  await write(
    `objects/${OBJECT}/validationRules/Token_Generation_Never_Falls.validationRule-meta.xml`,
    'ValidationRule',
    FENCE,
  );
  await write(`permissionsets/${SET}.permissionset-meta.xml`, 'PermissionSet', permissions());
  await cp(data, path.join(folder, 'data'), { recursive: true });
  const usersFile = path.join(folder, 'data/users.json');
  const users = await readFile(usersFile, 'utf8');
  await writeFile(usersFile, users.replace('"Trainer_Connect_Integration"', `"Trainer_Connect_Integration", "${SET}"`));
  return {
    metadata: [...PRODUCT, path.join(folder, 'package')],
    data: path.join(folder, 'data'),
    remove: () => rm(folder, { recursive: true }),
  };
}

const OBJECT_XML = `<deploymentStatus>Deployed</deploymentStatus><label>Trainer Connection</label>
  <nameField><displayFormat>TC-{000000}</displayFormat><label>Number</label><type>AutoNumber</type></nameField>
  <pluralLabel>Trainer Connections</pluralLabel><sharingModel>Private</sharingModel>`;

const text = (length: number) => `<length>${length}</length><type>Text</type>`;
const longText = (length: number) =>
  `<length>${length}</length><type>LongTextArea</type><visibleLines>3</visibleLines>`;
const dateTime = '<type>DateTime</type>';
const picklist = (...values: string[]) => `<type>Picklist</type><valueSet><restricted>true</restricted>
  <valueSetDefinition><sorted>false</sorted>${values
    .map((value) => `<value><fullName>${value}</fullName><default>false</default><label>${value}</label></value>`)
    .join('')}</valueSetDefinition></valueSet>`;

const FIELDS: Record<string, string> = {
  Key__c: `<caseSensitive>true</caseSensitive><externalId>true</externalId><length>80</length><required>true</required>
    <type>Text</type><unique>true</unique>`,
  Trainer__c: `<deleteConstraint>Restrict</deleteConstraint><referenceTo>Onboarding_Trainer__c</referenceTo>
    <relationshipLabel>Connections</relationshipLabel><relationshipName>Connections</relationshipName>
    <required>false</required><type>Lookup</type>`,
  Scope__c: picklist('Trainer', 'Organisation'),
  Provider__c: picklist('lark', 'google', 'outlook', 'calendly'),
  Account_Email__c: text(255),
  Account_ID__c: text(255),
  Tenant_ID__c: text(255),
  Identity_Hash__c: text(64),
  Access_Token__c: longText(16_384),
  Refresh_Token__c: longText(16_384),
  Token_Expires_At__c: dateTime,
  Refresh_Expires_At__c: dateTime,
  Token_Generation__c: '<precision>15</precision><scale>0</scale><type>Number</type>',
  Status__c: picklist('Not Connected', 'Connected', 'Needs Reconnect', 'On Hold'),
  Connected_At__c: dateTime,
  Last_Token_Refresh__c: dateTime,
  Connection_Error__c: text(255),
  Granted_Scopes__c: longText(4_096),
  Sync_Enabled__c: '<defaultValue>false</defaultValue><type>Checkbox</type>',
  Title_Template__c: text(255),
};

const FENCE = `<fullName>Token_Generation_Never_Falls</fullName><active>true</active>
  <errorConditionFormula>BLANKVALUE(PRIORVALUE(Token_Generation__c), 0) &gt; BLANKVALUE(Token_Generation__c, 0)</errorConditionFormula>
  <errorDisplayField>Token_Generation__c</errorDisplayField>
  <errorMessage>A newer pair of tokens has been saved already.</errorMessage>`;

/** Required fields take no field permission. */
function permissions(): string {
  const fields = Object.keys(FIELDS)
    .filter((name) => name !== 'Key__c')
    .map(
      (name) => `<fieldPermissions><editable>true</editable><field>${OBJECT}.${name}</field>
      <readable>true</readable></fieldPermissions>`,
    );
  return `${fields.join('')}<label>Trainer Connection Draft</label><objectPermissions><allowCreate>true</allowCreate>
    <allowDelete>true</allowDelete><allowEdit>true</allowEdit><allowRead>true</allowRead>
    <modifyAllRecords>true</modifyAllRecords><object>${OBJECT}</object><viewAllRecords>true</viewAllRecords>
    </objectPermissions>`;
}
