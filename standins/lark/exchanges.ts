import type { MovableClock } from '../kit/clock.ts';
import { digest } from '../kit/journal.ts';
import type { Row, Store } from './store.ts';

/** One call of the token endpoint that named an app. Tokens as the journal's digests, so the two can be compared. */
export interface TokenExchange {
  at: Date;
  grantType: string;
  appId: string;
  account?: string;
  /** 0 or the vendor's error code. */
  code: number;
  /** The code or refresh token that was offered. */
  spent?: string;
  accessToken?: string;
  refreshToken?: string;
}

export function recordExchange(deps: { store: Store; clock: MovableClock }, exchange: Omit<TokenExchange, 'at'>): void {
  const { grantType, appId, account, code, spent, accessToken, refreshToken } = exchange;
  const digestOf = (secret: string | undefined) => (secret === undefined ? null : digest(secret));
  deps.store.run(
    `INSERT INTO exchanges (at, grant_type, app_id, account, code, spent, access_token, refresh_token)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    deps.clock.now().getTime(),
    grantType,
    appId,
    account ?? null,
    code,
    digestOf(spent),
    digestOf(accessToken),
    digestOf(refreshToken),
  );
}

/** Oldest first. */
export function listExchanges(store: Store): TokenExchange[] {
  const optional = (row: Row, column: string) => (row[column] == null ? undefined : String(row[column]));
  return store.all('SELECT * FROM exchanges ORDER BY id').map((row) => ({
    at: new Date(Number(row['at'])),
    grantType: String(row['grant_type']),
    appId: String(row['app_id']),
    account: optional(row, 'account'),
    code: Number(row['code']),
    spent: optional(row, 'spent'),
    accessToken: optional(row, 'access_token'),
    refreshToken: optional(row, 'refresh_token'),
  }));
}
