import { readFileSync } from 'node:fs';
import { systemActor, type Actor } from '../access/actor.ts';
import { PROFILES } from '../access/profiles.ts';
import { toSecond, type SaveDeps } from '../save/save-record.ts';
import { objectOf } from '../schema/types.ts';
import { recordId } from '../store/ids.ts';
import { insertRow, updateRow, type RecordValues } from '../store/rows.ts';

/** One entry of `users.json`. */
export interface SampleUser {
  username: string;
  name: string;
  email: string;
  alias: string;
  /** IANA name. */
  timeZone: string;
  language: string;
  isActive: boolean;
  /** Default: the least that the platform has, so that everything comes from permission sets. */
  profile?: string;
  permissionSets: string[];
  groups: string[];
  /** Reference id of the trainer whose user this is. */
  trainer?: string;
}

export function readSampleUsers(file: string): SampleUser[] {
  const { users } = JSON.parse(readFileSync(file, 'utf8')) as { users: SampleUser[] };
  return users;
}

/** What a new org of this edition has of the licences that matter here. */
const LICENSES = [
  ['Salesforce', 100],
  ['Salesforce Integration', 5],
] as const;

const LEAST_PROFILE = 'Minimum Access - Salesforce';

/**
 * Fills an empty org with its organisation, profiles, permission sets, groups and the users. All users start active;
 * `deactivateUsers` follows when their records exist, because an inactive user can own nothing new.
 * @returns the ids of the users by username
 */
export function loadUsers(deps: SaveDeps, orgId: string, users: readonly SampleUser[]): Map<string, string> {
  const insert = setupInserter(deps);
  const { schema } = deps;
  insert('Organization', orgId, {
    Name: 'Trainer Connect (local org)',
    InstanceName: 'LOCAL',
    OrganizationType: 'Developer Edition',
    TimeZoneSidKey: 'UTC',
  });
  const profiles = new Map(PROFILES.map(({ name }) => [name, insert('Profile', undefined, { Name: name })]));
  const sets = new Map(
    schema.permissionSets.map(({ name, label }) => [
      name,
      insert('PermissionSet', undefined, { Name: name, Label: label }),
    ]),
  );
  const groups = new Map(
    schema.groups.map(({ name, label }) => [
      name,
      insert('Group', undefined, { Name: label, DeveloperName: name, Type: 'Regular' }),
    ]),
  );
  const ids = new Map<string, string>();
  for (const user of users) {
    const userId = insert('User', undefined, {
      ...namesOf(user.name),
      Username: user.username,
      Email: user.email,
      Alias: user.alias,
      TimeZoneSidKey: user.timeZone,
      LanguageLocaleKey: user.language,
      LocaleSidKey: user.language,
      EmailEncodingKey: 'UTF-8',
      IsActive: true,
      UserType: 'Standard',
      ProfileId: known(profiles, user.profile ?? LEAST_PROFILE, user),
    });
    ids.set(user.username, userId);
    for (const name of user.permissionSets) {
      insert('PermissionSetAssignment', undefined, { PermissionSetId: known(sets, name, user), AssigneeId: userId });
    }
    for (const name of user.groups) {
      insert('GroupMember', undefined, { GroupId: known(groups, name, user), UserOrGroupId: userId });
    }
  }
  return ids;
}

export function deactivateUsers(deps: SaveDeps, users: readonly SampleUser[], ids: ReadonlyMap<string, string>): void {
  for (const user of users) {
    const id = ids.get(user.username);
    if (!user.isActive && id !== undefined) {
      updateRow(deps.store, objectOf(deps.schema, 'User'), id, { IsActive: false });
    }
  }
  deps.permissionsChanged();
}

/** Permission sets and groups that the metadata gained since the org was filled. */
export function addMissingSetup(deps: SaveDeps): void {
  const insert = setupInserter(deps);
  const has = (object: string, column: string, name: string) =>
    deps.store.get(`SELECT 1 FROM "${object}" WHERE "${column}" = ?`, name) !== undefined;
  for (const { name, label } of deps.schema.permissionSets) {
    deps.store.run('UPDATE "PermissionSet" SET "Label" = ? WHERE "Name" = ?', label, name);
    if (!has('PermissionSet', 'Name', name)) insert('PermissionSet', undefined, { Name: name, Label: label });
  }
  for (const [Name, TotalLicenses] of LICENSES) {
    if (has('UserLicense', 'Name', Name)) continue;
    insert('UserLicense', undefined, { Name, Status: 'Active', TotalLicenses, UsedLicenses: 0 });
  }
  for (const { name, label } of deps.schema.groups) {
    if (!has('Group', 'DeveloperName', name)) {
      insert('Group', undefined, { Name: label, DeveloperName: name, Type: 'Regular' });
    }
  }
}

/** The administrator in whose name the sample data are loaded; permissions are not asked of them. */
export function sampleLoader(users: readonly SampleUser[], ids: ReadonlyMap<string, string>): Actor {
  const user =
    users.find(({ permissionSets }) => permissionSets.some((name) => name.endsWith('_Admin'))) ?? users.at(0);
  const userId = user && ids.get(user.username);
  if (!user || userId === undefined) throw new Error('The sample data need at least one user.');
  return systemActor({ userId, username: user.username, timeZone: user.timeZone });
}

/** Writes rows of setup objects, which no user saves. */
export function setupInserter(
  deps: SaveDeps,
): (object: string, id: string | undefined, values: RecordValues) => string {
  const now = toSecond(deps.now());
  return (name, givenId, values) => {
    const object = objectOf(deps.schema, name);
    const id = givenId ?? recordId(object.keyPrefix, deps.store.nextNumber(name));
    insertRow(deps.store, object, {
      Id: id,
      IsDeleted: false,
      CreatedDate: now,
      LastModifiedDate: now,
      SystemModstamp: now,
      ...values,
    });
    return id;
  };
}

function namesOf(name: string): { FirstName: string | null; LastName: string; Name: string } {
  const space = name.lastIndexOf(' ');
  return { FirstName: space < 0 ? null : name.slice(0, space), LastName: name.slice(space + 1), Name: name };
}

function known(ids: ReadonlyMap<string, string>, name: string, user: SampleUser): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`The sample user ${user.username} names ${name}, which does not exist.`);
  return id;
}
