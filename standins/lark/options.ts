import type { MovableClock } from '../kit/clock.ts';
import { ALL_SCOPES } from './scopes.ts';

export interface LarkAppOptions {
  id: string;
  secret: string;
  name?: string;
  tenantKey?: string;
  /** What the app applied for in the console; absent: everything this vendor knows. */
  scopes?: string[];
  /** Exact list, as in the console. */
  redirectUris: string[];
  /** The console's "refresh user_access_token"; on unless told. */
  refreshSwitch?: boolean;
  /** The bot capability, which the app identity needs for calendars; on unless told. */
  bot?: boolean;
}

export interface LarkAccountOptions {
  email?: string;
  name: string;
  /** Absent: the app's tenant. */
  tenantKey?: string;
  /** Absent: derived from app and account, so that it is the same after every start. */
  openId?: string;
  mobile?: string;
  resigned?: boolean;
  inContactRange?: boolean;
}

export interface RateLimits {
  perSecond: number;
  perMinute: number;
}

export interface LarkOptions {
  /** 0 or absent picks a free port. */
  port?: number;
  clock: MovableClock;
  /** SQLite file that keeps the state over a restart; absent: in memory. */
  file?: string;
  app?: LarkAppOptions;
  /** Further apps of the same developer, for what belongs to another client_id. */
  otherApps?: LarkAppOptions[];
  accounts: LarkAccountOptions[];
  /** Each API, app and tenant; 50 a second and 1000 a minute unless told (rules 2.3, 4, 5, 10). */
  limits?: Partial<RateLimits>;
}

export interface LarkApp {
  id: string;
  secret: string;
  name: string;
  tenantKey: string;
  scopes: readonly string[];
  redirectUris: readonly string[];
  refreshSwitch: boolean;
  bot: boolean;
}

/** Stands for the app of the offline configuration. The id has the form the official SDK insists on. */
export const DEFAULT_LARK_APP: LarkAppOptions = {
  id: 'cli_0ff11e0000000001',
  secret: 'offline-lark-app-secret',
  redirectUris: ['http://localhost:3000/api/lark/trainer/oauth/callback'],
};

const APP_ID = /^cli_[0-9a-fA-F]{16}$/;

/** Fills the defaults in. Throws on an app id the SDK would not connect with, and on an unknown scope. */
export function readApp(options: LarkAppOptions): LarkApp {
  if (!APP_ID.test(options.id)) throw new Error(`Lark app id must look like cli_ and 16 hex digits: ${options.id}`);
  const unknown = options.scopes?.find((scope) => !ALL_SCOPES.includes(scope));
  if (unknown !== undefined) throw new Error(`Lark knows no scope "${unknown}"`);
  return {
    id: options.id,
    secret: options.secret,
    name: options.name ?? 'Trainer Connect',
    tenantKey: options.tenantKey ?? '736588c92lxf175d',
    scopes: options.scopes ?? ALL_SCOPES,
    redirectUris: options.redirectUris,
    refreshSwitch: options.refreshSwitch ?? true,
    bot: options.bot ?? true,
  };
}
