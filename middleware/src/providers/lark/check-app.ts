import { z } from 'zod';
import type { CallLark } from './business-call.ts';
import { createTenantToken, type TenantTokenDeps } from './tenant-token.ts';

export interface AppChecks {
  /** Asks Lark for a new token of the app's own, whatever is held already. */
  appCheck(): Promise<void>;
  /** Reads which calendar is the app's own. */
  calendarCheck(): Promise<void>;
}

/** Questions to Lark that say whether the app is set up; nothing is changed there. All throw `ProviderError`. */
export function createAppChecks(deps: TenantTokenDeps & { callLark: CallLark }): AppChecks {
  const freshToken = () => createTenantToken(deps);
  return {
    appCheck: () => freshToken().use(() => Promise.resolve()),
    calendarCheck: () =>
      freshToken().use(async (token) => {
        await deps.callLark({
          method: 'POST',
          route: '/calendar/v4/calendars/primary',
          token,
          effect: 'read',
          data: z.unknown(),
        });
      }),
  };
}
