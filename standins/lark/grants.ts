import { joinScopes, splitScopes } from './scopes.ts';
import type { Store } from './store.ts';

/** Everything the user ever allowed this app: grants accumulate (rule 2.1). */
export function grantedScopes(store: Store, appId: string, account: string): string[] {
  const row = store.one('SELECT scopes FROM grants WHERE app_id = ? AND account = ?', appId, account);
  return row ? splitScopes(String(row['scopes'])) : [];
}

/** Adds to the grants and returns all of them. */
export function addGrants(store: Store, appId: string, account: string, scopes: readonly string[]): string[] {
  const all = joinScopes([...grantedScopes(store, appId, account), ...scopes]);
  store.run('INSERT OR REPLACE INTO grants (app_id, account, scopes) VALUES (?, ?, ?)', appId, account, all);
  return splitScopes(all);
}

export function removeGrants(store: Store, appId: string, account: string): void {
  store.run('DELETE FROM grants WHERE app_id = ? AND account = ?', appId, account);
}
