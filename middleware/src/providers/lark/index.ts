import type { Log, Now } from '../../core/runtime.ts';
import { createHttpClient } from '../http-client.ts';
import { noTurns, type Turns } from '../turns.ts';
import type { Provider } from '../ports/provider.ts';
import { createCallLark } from './business-call.ts';
import { createAppChecks, type AppChecks } from './check-app.ts';
import { createCalendar } from './calendar.ts';
import { createDirectory } from './directory.ts';
import { createEventReader } from './event-reader.ts';
import { createFreeBusy } from './free-busy.ts';
import { createInvitations } from './invitations.ts';
import { createMeetings } from './meetings.ts';
import { createOAuth } from './oauth.ts';
import { createTenantToken } from './tenant-token.ts';

export interface LarkConfig {
  /** `cli_…` */
  appId: string;
  appSecret: string;
  /** Where the APIs live, e.g. https://open.larksuite.com; without a trailing slash. */
  domain: string;
  /** Where people sign in, e.g. https://accounts.larksuite.com; without a trailing slash. */
  accountsDomain: string;
  /** The whole address of the token endpoint. */
  tokenUrl: string;
  redirectUri: string;
  /** For every call, from its start to the last byte of the answer. Default 10 s. */
  timeoutMs?: number;
  /** Marks the events that this installation makes, so that it knows them again; letters and digits. */
  installationId?: string | undefined;
}

export type Lark = Required<Provider> &
  AppChecks & {
    /** Succeeds when Lark accepts the app: a tenant token is held or can be fetched. Throws `ProviderError`. */
    tenantCheck(): Promise<void>;
    /** Waits for what is under way. */
    close(): Promise<void>;
  };

/** Lark or Feishu: sign-in, meetings, calendar, free-busy and directory. */
export function createLark(config: LarkConfig, deps: { now: Now; log: Log; turns?: Turns }): Lark {
  const { now, log, turns = noTurns } = deps;
  const { installationId } = config;
  const timeoutMs = config.timeoutMs ?? 10_000;
  const http = createHttpClient({
    provider: 'lark',
    timeoutMs,
    onRequest: (report) => log.debug(report, 'request to Lark'),
  });
  const callLark = createCallLark({ http, turns, baseUrl: config.domain, now });
  const tenantToken = createTenantToken({ http, config, now });
  return {
    oauth: createOAuth({ http, turns, config, now, callLark, timeoutMs }),
    directory: createDirectory({ callLark, tenantToken }),
    meetings: createMeetings({ callLark }),
    calendar: createCalendar({ callLark, installationId }),
    invitations: createInvitations({ callLark, tenantToken, installationId }),
    events: createEventReader({ callLark, installationId }),
    freeBusy: createFreeBusy({ callLark }),
    ...createAppChecks({ http, config, now, callLark }),
    tenantCheck: () => tenantToken.use(async () => {}),
    close: () => http.close(),
  };
}
