import type { MovableClock } from '../kit/clock.ts';
import type { LarkApp } from './options.ts';
import type { Store } from './store.ts';
import { mintAppToken } from './tokens.ts';

/** Rule 3. */
const LIFETIME_SECONDS = { tenant: 7200, app: 7140 } as const;
const KEEP_UNTIL_SECONDS_LEFT = 30 * 60;

export type AppTokenKind = keyof typeof LIFETIME_SECONDS;

type Deps = { store: Store; clock: MovableClock };

/**
 * The newest token of this kind and its remaining seconds. The same value comes back until less than 30 minutes
 * remain; then there is a new one, and both are valid.
 */
export function currentAppToken(deps: Deps, app: LarkApp, kind: AppTokenKind): { token: string; expire: number } {
  const now = deps.clock.now().getTime();
  const row = deps.store.one(
    'SELECT token, expires_at FROM app_tokens WHERE app_id = ? AND kind = ? ORDER BY expires_at DESC LIMIT 1',
    app.id,
    kind,
  );
  const left = row ? Math.floor((Number(row['expires_at']) - now) / 1000) : 0;
  if (row && left >= KEEP_UNTIL_SECONDS_LEFT) return { token: String(row['token']), expire: left };
  const token = mintAppToken(kind === 'tenant' ? 't-' : 'a-');
  const expire = LIFETIME_SECONDS[kind];
  deps.store.run(
    'INSERT INTO app_tokens (token, kind, app_id, expires_at) VALUES (?, ?, ?, ?)',
    token,
    kind,
    app.id,
    now + expire * 1000,
  );
  return { token, expire };
}

/** The app whose live tenant token this is. */
export function appOfAppToken(deps: Deps & { apps: LarkApp[] }, token: string): LarkApp | undefined {
  const row = deps.store.one(`SELECT app_id, expires_at FROM app_tokens WHERE token = ? AND kind = 'tenant'`, token);
  if (!row || deps.clock.now().getTime() >= Number(row['expires_at'])) return undefined;
  return deps.apps.find((app) => app.id === row['app_id']);
}
