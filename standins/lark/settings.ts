import type { Store } from './store.ts';

/** What the console and the administrator can change while the vendor runs. */
export interface ConsoleSettings {
  /** Scopes a user does not get although the app asks for them. */
  withheldScopes: string[];
  appDisabled: boolean;
  appInstalled: boolean;
  /** Absent: as the app's options say. */
  refreshSwitch?: boolean;
}

const INITIAL: ConsoleSettings = { withheldScopes: [], appDisabled: false, appInstalled: true };

export function readSettings(store: Store): ConsoleSettings {
  const row = store.one(`SELECT value FROM settings WHERE name = 'console'`);
  return row ? { ...INITIAL, ...(JSON.parse(String(row['value'])) as Partial<ConsoleSettings>) } : INITIAL;
}

export function changeSettings(store: Store, change: Partial<ConsoleSettings>): ConsoleSettings {
  const settings = { ...readSettings(store), ...change };
  store.run(`INSERT OR REPLACE INTO settings (name, value) VALUES ('console', ?)`, JSON.stringify(settings));
  return settings;
}
