import { createHash, randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createMovableClock } from '../../kit/clock.ts';
import { ALL_SCOPES } from '../scopes.ts';
import type { AnswerBody } from './answers.ts';
import { approve, DEFAULT_LARK_APP, startLark, type Lark, type LarkOptions } from '../index.ts';

export const REDIRECT_URI = DEFAULT_LARK_APP.redirectUris[0] as string;
export const ANNA = 'anna@example.com';
export const BEN = 'ben@example.com';
export const OUTSIDER = 'olga@elsewhere.example';

export const OTHER_APP = {
  id: 'cli_0ff11e0000000002',
  secret: 'offline-other-app-secret',
  redirectUris: [REDIRECT_URI],
};

/** A Lark of its own for one test, with two colleagues and somebody of another tenant. */
export async function larkFor(context: TestContext, options: Partial<LarkOptions> = {}): Promise<Lark> {
  const lark = await startLark({
    clock: createMovableClock(),
    otherApps: [OTHER_APP],
    accounts: [
      { email: ANNA, name: 'Anna Trainer', mobile: '+4915112345678' },
      { email: BEN, name: 'Ben Trainer' },
      { email: OUTSIDER, name: 'Olga Outsider', tenantKey: 'othertenant00001' },
    ],
    limits: { perSecond: 1000, perMinute: 10_000 },
    ...options,
  });
  context.after(() => lark.close());
  return lark;
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function newPkce(): Pkce {
  const verifier = randomBytes(48).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function authorizeUrl(lark: Lark, change: Record<string, string | undefined> = {}): string {
  const url = new URL('/open-apis/authen/v1/authorize', lark.url);
  const query = { client_id: lark.app.id, redirect_uri: REDIRECT_URI, scope: 'offline_access vc:reserve', ...change };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** A code from the real consent page. */
export async function codeFor(
  lark: Lark,
  email: string,
  change: Record<string, string | undefined> = {},
): Promise<string> {
  const location = await approve(authorizeUrl(lark, change), { email });
  return new URL(location).searchParams.get('code') as string;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: AnswerBody;
}

export interface TokenSet {
  access_token: string;
  refresh_token: string;
  scope: string;
}

/** The token endpoint with a correct body of this grant, changed as told (undefined leaves a field out). */
export async function requestToken(
  lark: Lark,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(lark, 'POST', '/open-apis/authen/v2/oauth/token', {
    body: { client_id: lark.app.id, client_secret: lark.app.secret, ...body },
    headers,
  });
}

export function redeem(lark: Lark, code: string, change: Record<string, unknown> = {}): Promise<Answer> {
  return requestToken(lark, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...change });
}

export function refresh(lark: Lark, refreshToken: string, change: Record<string, unknown> = {}): Promise<Answer> {
  return requestToken(lark, { grant_type: 'refresh_token', refresh_token: refreshToken, ...change });
}

/** Tokens of a person who allowed these scopes at the consent page. */
export async function connect(lark: Lark, email: string, scopes: readonly string[] = ALL_SCOPES): Promise<TokenSet> {
  const { body } = await redeem(lark, await codeFor(lark, email, { scope: scopes.join(' ') }));
  return body as unknown as TokenSet;
}

export async function tenantToken(lark: Lark): Promise<string> {
  const { body } = await send(lark, 'POST', '/open-apis/auth/v3/tenant_access_token/internal', {
    body: { app_id: lark.app.id, app_secret: lark.app.secret },
  });
  return String(body['tenant_access_token']);
}

export async function send(
  lark: Lark,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(new URL(path, lark.url), {
    method,
    headers: {
      ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json');
  const body = (json ? JSON.parse(text) : { text }) as AnswerBody;
  return { status: response.status, headers: response.headers, body };
}

export function openIdOf(lark: Lark, email: string): string {
  const account = lark.accounts.find((candidate) => candidate.email === email);
  if (!account) throw new Error(`no account ${email}`);
  return account.openId;
}

/** Unix seconds as a string, so many minutes after the stand-in's now. */
export function inMinutes(lark: Lark, minutes: number): string {
  return String(Math.floor(lark.clock.now().getTime() / 1000) + minutes * 60);
}
