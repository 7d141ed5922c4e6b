import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import type { ProviderError } from '../../../src/core/provider-error.ts';
import { connectedCalendar } from '../../../src/features/availability/connected-calendar.ts';
import type { FreeBusy } from '../../../src/providers/ports/free-busy.ts';
import { toTrainer } from '../../../src/features/trainers/trainer-row.ts';
import type { ConnectionState } from '../../../src/tokens/port.ts';

const span = { start: new Date('2026-11-24T00:00:00Z'), end: new Date('2026-11-25T00:00:00Z') };

function fixture(state: Partial<ConnectionState>, lark: { isOff?: boolean; calendarId?: string; zone?: string } = {}) {
  const settings = { records: [{ Calendar_ID__c: lark.calendarId ?? null }] };
  const mei = toTrainer({ Id: 'mei', Time_Zone__c: lark.zone ?? 'Asia/Singapore', Trainer_Connections__r: settings });
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
  return { asked, sourceOf: () => kind.sourceOf(mei) };
}

test('A connected calendar is read with the token and as the person of the connection, as the database knows it', async () => {
  const { sourceOf, asked } = fixture({ subjectId: 'ou_now' });
  const source = await sourceOf();
  await source?.read(span);
  assert.deepEqual(asked, [{ token: 'token of lark:mei', subjectId: 'ou_now', from: span.start, to: span.end }]);
});

test('The calendar that the settings name for trainings is read as well, in the zone of the trainer', async () => {
  for (const [zone, timeZone] of [
    ['Asia/Singapore', 'Asia/Singapore'],
    ['Mars/Olympus', 'UTC'],
  ] as const) {
    const { sourceOf, asked } = fixture({}, { calendarId: 'cal-2', zone });
    const source = await sourceOf();
    await source?.read(span);
    const other = { calendarId: 'cal-2', timeZone };
    assert.deepEqual(asked, [{ token: 'token of lark:mei', subjectId: 'ou_1', from: span.start, to: span.end, other }]);
  }
});

test('What was said before does not count when another calendar counts', async () => {
  const accounts = await Promise.all(
    [{}, { calendarId: 'cal-2' }, { calendarId: 'cal-3' }, { calendarId: 'cal-3', zone: 'Europe/Paris' }].map(
      async (lark) => (await fixture({}, lark).sourceOf())?.account,
    ),
  );
  assert.equal(new Set(accounts).size, 4);
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
