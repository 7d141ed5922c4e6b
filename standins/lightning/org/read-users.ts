import type { PageMetadata } from '../metadata/index.ts';
import { type OrgClient } from './org-client.ts';

/** An active user of the org who may open an app. */
export interface AppUser {
  id: string;
  username: string;
  name: string;
  email: string;
  /** `en_US`, `fr`, `zh_CN` */
  language: string;
  /** `en_US`, `fr_FR` */
  locale: string;
  /** IANA name. */
  timeZone: string;
  /** The permission set that opens an app, without the product's name: Admin, Staff, Trainer. */
  role: string;
  /** Names of the apps that they may open. */
  apps: ReadonlySet<string>;
  /** Names of the tabs they see. */
  tabs: ReadonlySet<string>;
  customPermissions: string[];
}

interface UserRow {
  Id: string;
  Username: string;
  Name: string;
  Email: string;
  LanguageLocaleKey: string;
  LocaleSidKey: string;
  TimeZoneSidKey: string;
}

/** The users who may open an app by their permission sets; administrators first, then by role and name. */
export async function readUsers(
  client: OrgClient,
  metadata: Pick<PageMetadata, 'apps' | 'rights'>,
  permissionSetsOf: (username: string) => readonly string[],
): Promise<AppUser[]> {
  const rows = await client.query<UserRow>(
    'SELECT Id, Username, Name, Email, LanguageLocaleKey, LocaleSidKey, TimeZoneSidKey FROM User WHERE IsActive = TRUE ORDER BY Name',
  );
  const users = rows.flatMap((row): AppUser[] => {
    const sets = permissionSetsOf(row.Username).flatMap((name) => metadata.rights.get(name) ?? []);
    const opening = sets.find(({ apps }) => apps.length > 0);
    if (!opening) return [];
    return [
      {
        id: row.Id,
        username: row.Username,
        name: row.Name,
        email: row.Email,
        language: row.LanguageLocaleKey,
        locale: row.LocaleSidKey,
        timeZone: row.TimeZoneSidKey,
        role: opening.label.replace(metadata.apps[0]?.label ?? '', '').trim(),
        apps: new Set(sets.flatMap(({ apps }) => apps)),
        tabs: new Set(sets.flatMap(({ tabs }) => tabs)),
        customPermissions: [...new Set(sets.flatMap(({ customPermissions }) => customPermissions))],
      },
    ];
  });
  const rank = ({ customPermissions, tabs }: AppUser) => -(customPermissions.length * 100 + tabs.size);
  return users.sort((a, b) => rank(a) - rank(b) || a.role.localeCompare(b.role) || a.name.localeCompare(b.name));
}
