import type { Request } from 'express';
import type { PageMetadata } from '../metadata/index.ts';
import type { OrgClient } from '../org/org-client.ts';
import type { AppUser } from '../org/read-users.ts';
import { readSession, type Session } from '../session.ts';

/** Who sent a request, and the org in their session. */
export interface Visitor {
  users: AppUser[];
  user: AppUser;
  session: Session;
  client: OrgClient;
}

/** What the routes work with. */
export interface LightningDeps {
  /** Read anew for every page, so that a change of the metadata shows. */
  metadata: () => PageMetadata;
  clientOf: (username: string) => OrgClient;
  /** The org as its integration user sees it: all records, all users. */
  everybody: OrgClient;
  users: () => Promise<AppUser[]>;
}

/** @throws Error where no active user may open an app. */
export async function identify(deps: LightningDeps, request: Request): Promise<Visitor> {
  const users = await deps.users();
  const session = readSession(request, users);
  const user = users.find(({ username }) => username === session?.username);
  if (!session || !user) throw new Error('No active user of the org has a permission set that opens an app.');
  return { users, user, session, client: deps.clientOf(user.username) };
}
