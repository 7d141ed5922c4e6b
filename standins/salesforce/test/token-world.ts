import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LocalOrgOptions } from '../index.ts';
import { connectAs, startTestOrg, USERS, type TestOrg } from './support.ts';

export interface TokenField {
  object: string;
  field: string;
}

/** Everything that holds a provider's token. */
export const TOKEN_FIELDS: readonly TokenField[] = [
  { object: 'Onboarding_Trainer__c', field: 'Lark_Access_Token__c' },
  { object: 'Onboarding_Trainer__c', field: 'Lark_Refresh_Token__c' },
  { object: 'Trainer_Connection__c', field: 'Access_Token__c' },
  { object: 'Trainer_Connection__c', field: 'Refresh_Token__c' },
];

/** What stands in every token field. */
export const SEALED = 'sealed-envelope-of-a-token';

export interface SampleUser {
  username: string;
  isActive: boolean;
  permissionSets: string[];
  trainer?: string;
}

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
export const FORCE_APP = path.join(REPOSITORY, 'force-app');
const USERS_FILE = path.join(REPOSITORY, 'data/users.json');

export const SAMPLE_USERS = (JSON.parse(readFileSync(USERS_FILE, 'utf8')) as { users: SampleUser[] }).users.filter(
  ({ isActive }) => isActive,
);

/** An org in which every trainer has tokens of Lark, and a connection to Google with tokens. */
export async function startTokenOrg(options: Partial<LocalOrgOptions> = {}): Promise<TestOrg> {
  const org = await startTestOrg(options);
  try {
    await writeTokens(org);
    return org;
  } catch (error) {
    await org.close();
    throw error;
  }
}

async function writeTokens(org: TestOrg): Promise<void> {
  const integration = connectAs(org, USERS.integration);
  const tokens = (prefix: string) => ({ [`${prefix}Access_Token__c`]: SEALED, [`${prefix}Refresh_Token__c`]: SEALED });
  const trainers = await integration.query<{ Id: string; OwnerId: string }>(
    'SELECT Id, OwnerId FROM Onboarding_Trainer__c WHERE Owner.IsActive = true',
  );
  const updated = await integration
    .sobject('Onboarding_Trainer__c')
    .update(trainers.records.map(({ Id }) => ({ Id, ...tokens('Lark_') })));
  const connected = await integration.sobject('Trainer_Connection__c').create(
    trainers.records.map(({ Id, OwnerId }) => ({
      Key__c: `google-${Id}`,
      Trainer__c: Id,
      OwnerId,
      Scope__c: 'Trainer',
      Provider__c: 'google',
      ...tokens(''),
    })),
  );
  const failed = [...updated, ...connected].filter(({ success }) => !success);
  if (failed.length > 0) throw new Error(JSON.stringify(failed[0]));
}

/** A copy of the package whose administrators may read the tokens: what no check may let pass. */
export function packageWithLeak(): { metadata: string[]; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'force-app-'));
  cpSync(FORCE_APP, folder, { recursive: true });
  const file = path.join(folder, 'main/default/permissionsets/Trainer_Connect_Admin.permissionset-meta.xml');
  const text = readFileSync(file, 'utf8');
  const grants = TOKEN_FIELDS.map(
    ({ object, field }) =>
      `<fieldPermissions><editable>false</editable><field>${object}.${field}</field><readable>true</readable></fieldPermissions>`,
  );
  const changed = text.replace('<fieldPermissions>', `${grants.join('')}<fieldPermissions>`);
  if (changed === text) throw new Error(`${file} grants no fields.`);
  writeFileSync(file, changed);
  return {
    metadata: [path.join(folder, 'main'), path.join(folder, 'fresh-org')],
    remove: () => rmSync(folder, { recursive: true }),
  };
}
