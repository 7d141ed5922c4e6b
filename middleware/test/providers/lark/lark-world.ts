import { createHash, randomBytes } from 'node:crypto';
import { createMovableClock } from '../../../../standins/kit/clock.ts';
import { approve, startLark, type LarkOptions } from '../../../../standins/lark/index.ts';
import { createLark } from '../../../src/providers/lark/index.ts';
import type { TokenSet } from '../../../src/providers/ports/oauth.ts';
import { createKeptLog } from '../kept-log.ts';

export const ANN = 'ann@trainers.example';
const REDIRECT_URI = 'http://localhost:3000/api/lark/trainer/oauth/callback';

/** The adapter against the stand-in, both on one movable clock. */
export async function startLarkWorld(options: Partial<LarkOptions> & { timeoutMs?: number; appSecret?: string } = {}) {
  const { timeoutMs, appSecret, ...standinOptions } = options;
  const clock = createMovableClock();
  const vendor = await startLark({
    clock,
    accounts: [
      { email: ANN, name: 'Ann Trainer' },
      { email: 'bob@trainers.example', name: 'Bob Trainer' },
    ],
    ...standinOptions,
  });
  const log = createKeptLog();
  const lark = createLark(
    {
      appId: vendor.app.id,
      appSecret: appSecret ?? vendor.app.secret,
      domain: vendor.url,
      accountsDomain: vendor.url,
      tokenUrl: vendor.tokenUrl,
      redirectUri: REDIRECT_URI,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    { now: () => clock.now(), log },
  );

  /** Consents at the vendor's page; answers code and verifier. */
  async function consent(email = ANN): Promise<{ code: string; codeVerifier: string }> {
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const state = randomBytes(16).toString('base64url');
    const location = new URL(await approve(lark.oauth.authorizeUrl({ state, codeChallenge }), { email }));
    if (location.searchParams.get('state') !== state) throw new Error(`unexpected redirect ${location.pathname}`);
    return { code: location.searchParams.get('code') ?? '', codeVerifier };
  }

  return {
    clock,
    vendor,
    lark,
    log,
    consent,
    connect: async (email = ANN): Promise<TokenSet> => lark.oauth.exchangeCode(await consent(email)),
    async [Symbol.asyncDispose]() {
      vendor.faults.release();
      await lark.close();
      await vendor.close();
    },
  };
}
