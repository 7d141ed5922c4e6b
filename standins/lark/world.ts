import type { MovableClock } from '../kit/clock.ts';
import type { Accounts } from './accounts.ts';
import type { LarkApp } from './options.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { Store } from './store.ts';

/** What every part of the stand-in works on. */
export interface World {
  store: Store;
  clock: MovableClock;
  /** The first is the app of the options. */
  apps: LarkApp[];
  accounts: Accounts;
  limiter: RateLimiter;
}

export function findApp(world: Pick<World, 'apps'>, id: string): LarkApp | undefined {
  return world.apps.find((app) => app.id === id);
}
