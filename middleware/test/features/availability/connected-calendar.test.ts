import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import type { ProviderError } from '../../../src/core/provider-error.ts';
import { connectedCalendar } from '../../../src/features/availability/connected-calendar.ts';
import type { FreeBusy } from '../../../src/providers/ports/free-busy.ts';
import type { ConnectionState } from '../../../src/tokens/port.ts';

const span = { start: new Date('2026-11-24T00:00:00Z'), end: new Date('2026-11-25T00:00:00Z') };

function fixture(state: Partial<ConnectionState>, lark: { isOff?: boolean } = {}) {
  const asked: unknown[] = [];
  const freeBusy: FreeBusy = {
    busy: (token, request) => {
      asked.push({ token, ...request });
      return Promise.resolve([]);
    },
  };
  const kind = connectedCalendar({
    provider: 'lark',
    freeBusy: lark.isOff === true ? undefined : freeBusy,
    tokens: { withAccessToken: (connectionId, call) => call(`token of ${connectionId}`) },
    connections: {
      stateOf: () => Promise.resolve({ status: 'Connected', subjectId: 'ou_1', ...state } as ConnectionState),
    },
  });
  return { asked, sourceOf: () => kind.sourceOf('mei') };
}

test('A connected calendar is read with the token and as the person of the connection, as the database knows it', async () => {
  const { sourceOf, asked } = fixture({ subjectId: 'ou_now' });
  const source = await sourceOf();
  await source?.read(span);
  assert.deepEqual(asked, [{ token: 'token of lark:mei', subjectId: 'ou_now', from: span.start, to: span.end }]);
});

test('Nobody is there where nothing is connected; what needs help is still a calendar', async () => {
  assert.equal(await fixture({ status: 'Not Connected' }).sourceOf(), undefined);
  for (const status of ['Needs Reconnect', 'On Hold'] as const) assert.ok(await fixture({ status }).sourceOf());
});

test('Another account, the same one connected anew, and one that needs help are different accounts', async () => {
  const accounts = await Promise.all(
    [
      {},
      { subjectId: 'ou_2' },
      { connectedAt: new Date('2026-11-21T00:00:00Z') },
      { connectedAt: new Date('2026-11-21T00:00:01Z') },
      { status: 'Needs Reconnect' as const },
    ].map(async (state) => (await fixture(state).sourceOf())?.account),
  );
  assert.equal(new Set(accounts).size, 5);
});

test('A connected calendar of a provider without credentials, or of nobody, cannot be read: it is not free', async () => {
  const off = await fixture({}, { isOff: true }).sourceOf();
  await assert.rejects(off?.read(span) ?? Promise.resolve(), (error: AppError) => error.code === 'provider_off');
  const nobody = await fixture({ subjectId: undefined }).sourceOf();
  await assert.rejects(nobody?.read(span) ?? Promise.resolve(), (error: ProviderError) => error.failure === 'refused');
});
