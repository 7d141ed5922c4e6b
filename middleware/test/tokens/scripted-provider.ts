import type { ProviderId } from '../../src/core/connection.ts';
import { ProviderError, type ProviderFailure } from '../../src/core/provider-error.ts';
import type { OAuthProvider, TokenSet } from '../../src/providers/ports/oauth.ts';

/**
 * - `single-use` (Lark): rotates; a spent refresh token is refused, the newest is unharmed.
 * - `family-revoking` (Outlook, Calendly): rotates; sending a spent one revokes everything that came from it.
 * - `non-rotating` (Google): answers name no refresh token; the first one serves for ever.
 * - `rotating-with-overlap`: rotates; the one before still serves for a minute.
 */
export const providerKinds = ['single-use', 'family-revoking', 'non-rotating', 'rotating-with-overlap'] as const;
export type ProviderKind = (typeof providerKinds)[number];

export const providerOfKind: Record<ProviderKind, ProviderId> = {
  'single-use': 'lark',
  'family-revoking': 'outlook',
  'non-rotating': 'google',
  'rotating-with-overlap': 'calendly',
};

export const OVERLAP_MS = 60_000;
const ACCESS_MS = 7_200_000;
const REFRESH_MS = 604_800_000;

/** One consent and the refresh tokens that came from it. */
interface Grant {
  revoked: boolean;
  spentAt: Map<string, number>;
}

/** A provider of one kind, with everything that can go wrong on the way to it. */
export function scriptedProvider(now: () => Date, kind: ProviderKind = 'single-use') {
  const id = providerOfKind[kind];
  const rotates = kind !== 'non-rotating';
  const grants = new Map<string, Grant>();
  const sent: string[] = [];
  const spent: string[] = [];
  const failures: (ProviderFailure | 'lost-on-the-way')[] = [];
  let gate: Promise<void> = Promise.resolve();
  let number = 0;

  const issue = (grant: Grant, isFirst: boolean): TokenSet => {
    const refreshToken = isFirst || rotates ? `refresh-${++number}` : undefined;
    if (refreshToken === undefined) number++;
    else grants.set(refreshToken, grant);
    return {
      accessToken: `access-${number}`,
      accessExpiresAt: new Date(now().getTime() + ACCESS_MS),
      refreshToken,
      refreshExpiresAt: rotates ? new Date(now().getTime() + REFRESH_MS) : undefined,
      scopes: ['offline_access'],
    };
  };
  const pair = () => issue({ revoked: false, spentAt: new Map() }, true);
  const refuse = (failure: ProviderFailure, message: string) => new ProviderError(id, failure, message);

  const spend = (refreshToken: string): Grant => {
    const grant = grants.get(refreshToken);
    if (!grant || grant.revoked) throw refuse('grant-dead', 'revoked');
    const spentAt = grant.spentAt.get(refreshToken);
    if (spentAt !== undefined && !(kind === 'rotating-with-overlap' && now().getTime() - spentAt <= OVERLAP_MS)) {
      if (kind === 'family-revoking') grant.revoked = true;
      throw refuse('grant-consumed', 'used before');
    }
    if (rotates && spentAt === undefined) grant.spentAt.set(refreshToken, now().getTime());
    return grant;
  };

  const oauth: OAuthProvider = {
    id,
    scopes: ['offline_access'],
    consentLifetimeMs: undefined,
    timeoutMs: 10_000,
    authorizeUrl: () => 'http://127.0.0.1/authorize',
    exchangeCode: () => Promise.resolve(pair()),
    account: () => Promise.resolve({ subjectId: 'ou_1', tenantId: 't', email: 'a@example.com', name: 'A' }),
    waitForTurn: () => Promise.resolve(),
    refresh: async ({ refreshToken }) => {
      sent.push(refreshToken);
      const failure = failures.shift();
      if (failure === 'lost-on-the-way') throw refuse('unknown-outcome', 'no answer');
      if (failure !== undefined && failure !== 'unknown-outcome') throw refuse(failure, 'scripted');
      const grant = spend(refreshToken);
      spent.push(refreshToken);
      const answer = issue(grant, false);
      await gate;
      if (failure === 'unknown-outcome') throw refuse(failure, 'the answer was lost');
      return answer;
    },
  };
  return {
    oauth,
    kind,
    rotates,
    pair,
    /** Refresh tokens as they were sent, and those of them that were exchanged. */
    sent,
    spent,
    /** `unknown-outcome`: exchanged, and the answer is lost. */
    failNext: (...next: ProviderFailure[]) => failures.push(...next),
    /** The next request is lost before it arrives: nobody knows, nothing happened. */
    loseNextRequest: () => failures.push('lost-on-the-way'),
    /** The owner ends the access in the provider's own pages. */
    revokeAll: () => {
      for (const grant of grants.values()) grant.revoked = true;
    },
    /** Does the provider still take this refresh token, if it is asked now? */
    isLive: (refreshToken: string) => {
      const grant = grants.get(refreshToken);
      return grant !== undefined && !grant.revoked && !grant.spentAt.has(refreshToken);
    },
    /** Answers wait until the returned function is called. */
    withhold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => resolve();
    },
  };
}
