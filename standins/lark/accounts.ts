import { createHash } from 'node:crypto';
import { LarkError } from './errors.ts';
import type { LarkAccountOptions, LarkApp } from './options.ts';
import type { Row, Store } from './store.ts';

/** A person with an account at the vendor. */
export interface Account {
  /** Internal key: the lower-case e-mail, or the name where there is none. */
  key: string;
  email?: string;
  name: string;
  tenantKey: string;
  mobile?: string;
  resigned: boolean;
  inContactRange: boolean;
  unionId: string;
  userId: string;
  /** Of the primary calendar. */
  calendarId: string;
  /** Open ids are per app (rule 0). */
  openIdFor(app: LarkApp): string;
}

export const USER_ID_TYPES = ['open_id', 'union_id', 'user_id'] as const;
export type UserIdType = (typeof USER_ID_TYPES)[number];

export interface Accounts {
  all(): Account[];
  byKey(key: string): Account | undefined;
  byEmail(email: string): Account | undefined;
  byMobile(mobile: string): Account | undefined;
  byOpenId(app: LarkApp, openId: string): Account | undefined;
  byCalendarId(calendarId: string): Account | undefined;
  /** Throws 99992351 unknown, 99992361 open id of another app, 99992364 other tenant (rule 10). */
  resolve(app: LarkApp, type: UserIdType, id: string): Account;
  change(key: string, change: { resigned?: boolean; inContactRange?: boolean }): void;
}

/** Accounts of the options that the store does not have yet are added; the others stay as they were. */
export function createAccounts(deps: { store: Store; apps: LarkApp[] }, wanted: LarkAccountOptions[]): Accounts {
  const { store, apps } = deps;
  const [mainApp] = apps;
  if (!mainApp) throw new Error('Lark needs an app');
  for (const options of wanted) {
    store.run(
      `INSERT INTO accounts (key, email, name, tenant_key, mobile, open_id, resigned, in_contact_range)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
      (options.email ?? options.name).toLowerCase(),
      options.email ?? null,
      options.name,
      options.tenantKey ?? mainApp.tenantKey,
      options.mobile ?? null,
      options.openId ?? null,
      Number(options.resigned ?? false),
      Number(options.inContactRange ?? true),
    );
  }
  let people = loadPeople(deps);
  return {
    all: () => people.list,
    byKey: (key) => people.byKey.get(key),
    byEmail: (email) => people.byEmail.get(email.toLowerCase()),
    byMobile: (mobile) => people.list.find((account) => account.mobile === mobile),
    byOpenId: (app, openId) => people.byId.get(`${app.id} open_id ${openId}`),
    byCalendarId: (calendarId) => people.byCalendar.get(calendarId),
    resolve(app, type, id) {
      const found = people.byId.get(`${app.id} ${type} ${id}`);
      if (!found) {
        const foreign = apps.some((other) => people.byId.has(`${other.id} ${type} ${id}`));
        throw foreign
          ? new LarkError(400, 99992361, 'open_id cross app')
          : new LarkError(400, 99992351, `the ${type} does not exist`);
      }
      if (found.tenantKey !== app.tenantKey) throw new LarkError(400, 99992364, `the ${type} is of another tenant`);
      return found;
    },
    change(key, { resigned, inContactRange }) {
      if (resigned !== undefined) store.run('UPDATE accounts SET resigned = ? WHERE key = ?', Number(resigned), key);
      if (inContactRange !== undefined)
        store.run('UPDATE accounts SET in_contact_range = ? WHERE key = ?', Number(inContactRange), key);
      people = loadPeople(deps);
    },
  };
}

/** Everybody, with an index for each kind of id: a token sweep asks for thousands. */
function loadPeople(deps: { store: Store; apps: LarkApp[] }) {
  const list = deps.store
    .all('SELECT * FROM accounts ORDER BY name, key')
    .map((row) => toAccount(row, deps.apps[0] as LarkApp));
  const byId = new Map<string, Account>();
  for (const app of deps.apps)
    for (const account of list)
      for (const type of USER_ID_TYPES) byId.set(`${app.id} ${type} ${idOf(account, app, type)}`, account);
  return {
    list,
    byId,
    byCalendar: new Map(list.map((account) => [account.calendarId, account])),
    byKey: new Map(list.map((account) => [account.key, account])),
    byEmail: new Map(list.flatMap((account) => (account.email ? [[account.email.toLowerCase(), account]] : []))),
  };
}

export function idOf(account: Account, app: LarkApp, type: UserIdType): string {
  if (type === 'open_id') return account.openIdFor(app);
  return type === 'union_id' ? account.unionId : account.userId;
}

function toAccount(row: Row, mainApp: LarkApp): Account {
  const key = String(row['key']);
  const given = row['open_id'];
  return {
    key,
    ...(row['email'] === null ? {} : { email: String(row['email']) }),
    name: String(row['name']),
    tenantKey: String(row['tenant_key']),
    ...(row['mobile'] === null ? {} : { mobile: String(row['mobile']) }),
    resigned: row['resigned'] === 1,
    inContactRange: row['in_contact_range'] === 1,
    unionId: `on_${derive('union', key, 32)}`,
    userId: derive('user', key, 8),
    calendarId: calendarIdOf(`user:${key}`),
    openIdFor: (app) => (typeof given === 'string' && app.id === mainApp.id ? given : `ou_${derive(app.id, key, 32)}`),
  };
}

/** Rule 5. */
export function calendarIdOf(owner: string): string {
  return `feishu.cn_${derive('calendar', owner, 20)}@group.calendar.feishu.cn`;
}

function derive(kind: string, key: string, length: number): string {
  return createHash('sha256').update(`${kind}:${key}`).digest('hex').slice(0, length);
}
