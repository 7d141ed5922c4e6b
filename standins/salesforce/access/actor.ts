import { PROFILES } from './profiles.ts';
import type { ObjectDef, ObjectPermission, PermissionSetDef, Schema } from '../schema/types.ts';
import type { Store } from '../store/open-store.ts';

/** The acting user and what they may do. */
export interface Actor {
  userId: string;
  username: string;
  /** IANA name; date literals are read in it. */
  timeZone: string;
  administrator: boolean;
  /** Saves of the org itself (sample data): permissions and sharing do not apply. */
  system: boolean;
  permissionSets: readonly PermissionSetDef[];
  customPermissions: ReadonlySet<string>;
  /** API names of the public groups they are in. */
  groups: ReadonlySet<string>;
  apiEnabled: boolean;
  /** Apex classes whose methods they may call from pages and flows. */
  apexClasses: ReadonlySet<string>;
  /** Principals of External Credentials through which they may call out; none without Read on User External Credential. */
  credentialPrincipals: ReadonlySet<string>;
  objectPermission(object: ObjectDef): ObjectPermission;
}

const NOTHING = { create: false, read: false, edit: false, delete: false, viewAll: false, modifyAll: false };
const EVERYTHING = { create: true, read: true, edit: true, delete: true, viewAll: true, modifyAll: true };
const READ = { ...NOTHING, read: true, viewAll: true };

/** Setup objects that every internal user reads. */
const PUBLIC_SETUP = new Set(['User', 'Profile', 'Organization', 'Group', 'EmailTemplate', 'OrgWideEmailAddress']);

/** Setup objects that an administrator changes through the API. */
const MANAGED_SETUP = new Set(['User', 'PermissionSetAssignment', 'GroupMember']);

/** Reads the user's profile, permission sets and groups. Undefined for unknown users. */
export function loadActor(store: Store, schema: Schema, userId: string): Actor | undefined {
  const user = store.get(
    `SELECT u."Id" AS id, u."Username" AS username, u."TimeZoneSidKey" AS zone, p."Name" AS profile
       FROM "User" u JOIN "Profile" p ON p."Id" = u."ProfileId" WHERE u."Id" = ?`,
    userId,
  );
  if (!user) return undefined;
  const assigned = new Set(
    store
      .all(
        `SELECT s."Name" AS name FROM "PermissionSetAssignment" a JOIN "PermissionSet" s ON s."Id" = a."PermissionSetId"
          WHERE a."AssigneeId" = ? AND a."IsDeleted" = 0`,
        userId,
      )
      .map((row) => String(row['name'])),
  );
  const groups = store
    .all(
      `SELECT g."DeveloperName" AS name FROM "GroupMember" m JOIN "Group" g ON g."Id" = m."GroupId"
        WHERE m."UserOrGroupId" = ? AND m."IsDeleted" = 0`,
      userId,
    )
    .map((row) => String(row['name']));
  const permissionSets = schema.permissionSets.filter(({ name }) => assigned.has(name));
  const administrator = PROFILES.some(({ name, administrator }) => administrator && name === user['profile']);
  return createActor({
    userId,
    username: String(user['username']),
    timeZone: String(user['zone']),
    administrator,
    system: false,
    permissionSets,
    groups: new Set(groups),
  });
}

/** The org itself, saving in the name of a user. */
export function systemActor(user: { userId: string; username: string; timeZone: string }): Actor {
  return createActor({ ...user, administrator: true, system: true, permissionSets: [], groups: new Set() });
}

function createActor(
  facts: Omit<Actor, 'customPermissions' | 'apiEnabled' | 'apexClasses' | 'credentialPrincipals' | 'objectPermission'>,
): Actor {
  const readsCredentials = facts.permissionSets.some(
    ({ objects }) => objects.get('userexternalcredential')?.read === true,
  );
  const known = new Map<string, ObjectPermission>();
  return {
    ...facts,
    customPermissions: new Set(facts.permissionSets.flatMap((set) => [...set.customPermissions])),
    apiEnabled: facts.administrator || facts.permissionSets.some((set) => set.userPermissions.has('ApiEnabled')),
    apexClasses: new Set(facts.permissionSets.flatMap((set) => [...set.apexClasses])),
    credentialPrincipals: new Set(
      readsCredentials ? facts.permissionSets.flatMap((set) => [...set.credentialPrincipals]) : [],
    ),
    objectPermission: (object) => {
      let permission = known.get(object.name);
      if (!permission) known.set(object.name, (permission = permissionOf(facts, object)));
      return permission;
    },
  };
}

function permissionOf(facts: Pick<Actor, 'administrator' | 'permissionSets'>, object: ObjectDef): ObjectPermission {
  if (object.sharingModel === 'Setup') {
    if (facts.administrator && MANAGED_SETUP.has(object.name)) return EVERYTHING;
    return facts.administrator || PUBLIC_SETUP.has(object.name) ? READ : NOTHING;
  }
  if (facts.administrator) return EVERYTHING;
  const granted = facts.permissionSets.map((set) => set.objects.get(object.name.toLowerCase()) ?? NOTHING);
  const any = (right: keyof ObjectPermission) => granted.some((permission) => permission[right]);
  return {
    create: any('create'),
    read: any('read'),
    edit: any('edit'),
    delete: any('delete'),
    viewAll: any('viewAll'),
    modifyAll: any('modifyAll'),
  };
}
