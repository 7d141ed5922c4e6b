import assert from 'node:assert/strict';
import { ProviderError } from '../../../src/core/provider-error.ts';
import { createLark, type Lark, type LarkConfig } from '../../../src/providers/lark/index.ts';
import { createKeptLog } from '../kept-log.ts';
import {
  startScriptedServer,
  type ReceivedRequest,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../scripted-server.ts';

export const NOW = new Date('2026-03-02T08:00:00.000Z');
export const APP_SECRET = 'the-app-secret';

export interface LarkUnderTest extends AsyncDisposable {
  lark: Lark;
  server: ScriptedServer;
  log: ReturnType<typeof createKeptLog>;
  clock: { now: Date };
}

/** The adapter against a server whose answers the test writes. */
export async function larkAnswering(
  answer: (request: ReceivedRequest, count: number) => ScriptedAnswer,
  config: Partial<LarkConfig> = {},
): Promise<LarkUnderTest> {
  const server = await startScriptedServer(answer);
  const log = createKeptLog();
  const clock = { now: NOW };
  const lark = createLark(
    {
      appId: 'cli_0123456789abcdef',
      appSecret: APP_SECRET,
      domain: server.url,
      accountsDomain: 'https://accounts.example.test',
      tokenUrl: `${server.url}/open-apis/authen/v2/oauth/token`,
      redirectUri: 'https://connect.example.test/callback',
      ...config,
    },
    { now: () => clock.now, log },
  );
  return {
    lark,
    server,
    log,
    clock,
    async [Symbol.asyncDispose]() {
      await lark.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const success = (data: unknown) => ({ json: { code: 0, msg: 'success', data } });

export async function providerErrorOf(attempt: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await attempt.then(
    (value) => assert.fail(`succeeded with ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}
