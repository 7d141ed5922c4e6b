import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Interval } from '../../../src/core/interval.ts';
import { ProviderError } from '../../../src/core/provider-error.ts';
import { findAvailability } from '../../../src/features/availability/find-availability.ts';
import { nextFreeSlots } from '../../../src/features/availability/next-free-slots.ts';
import type { CalendarKind } from '../../../src/providers/ports/free-busy.ts';
import { fixtureOn, MEI, mei, RAJ, trainerOf, tuesday, useDatabase, type Given } from './availability-kit.ts';

const db = useDatabase();
const fixture = (given: Given = {}) => fixtureOn(db, given);

/** The calendar of Mei answers when the test says so, the one of everybody else at once. */
function slowCalendar() {
  const asked: string[] = [];
  const slow = Promise.withResolvers<Interval[]>();
  const kind: CalendarKind = {
    provider: 'lark',
    sourceOf: ({ id }) =>
      Promise.resolve({
        ...{ provider: 'lark', connectionId: `lark:${id}`, account: '' },
        read: () => {
          asked.push(id);
          return id === MEI ? slow.promise : Promise.resolve([]);
        },
      }),
  };
  return { kind, asked, answer: slow.resolve, fail: slow.reject };
}

test('One calendar that does not answer is unknown in time; what it says later is known to whoever asks then', async () => {
  const calendar = slowCalendar();
  const { deps, warnings } = fixture({ calendars: [calendar.kind] });
  const both = [mei, trainerOf(RAJ)].map((trainer) => ({ trainer, span: tuesday }));
  const [slow, quick] = await findAvailability({ ...deps, patienceMs: 20 }, both);
  assert.deepEqual(slow?.slots, []);
  const reason = 'The Lark calendar could not be read: It has not answered in time. Please try again in a moment.';
  assert.deepEqual(slow?.unknown, [{ ...tuesday, reason }]);
  assert.equal(quick?.slots.length, 8);
  assert.equal(warnings.length, 1);

  calendar.answer([tuesday]);
  const [later] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual([later?.unknown, later?.slots], [[], []]);
  assert.equal(later?.busy.length, 1);
  assert.deepEqual(calendar.asked, [MEI, RAJ], 'nobody had to ask again');
});

test('A calendar that fails after it was given up is asked again', async () => {
  const calendar = slowCalendar();
  const { deps } = fixture({ calendars: [calendar.kind] });
  const asked = [{ trainer: mei, span: tuesday }];
  await findAvailability({ ...deps, patienceMs: 20 }, asked);
  calendar.fail(new ProviderError('lark', 'temporary', 'Lark is down.'));
  await setImmediate();
  const [later] = await findAvailability(deps, asked);
  assert.match(later?.unknown[0]?.reason ?? '', /Lark is down/);
  assert.deepEqual(calendar.asked, [MEI, MEI]);
});

test('Offers instead of a taken time do not wait for a calendar that does not answer', async () => {
  const calendar = slowCalendar();
  const { deps } = fixture({ calendars: [calendar.kind] });
  const wanted = { durationMs: 3_600_000, count: 3 };
  const without = await nextFreeSlots({ ...deps, patienceMs: 20 }, mei, tuesday.start, wanted);
  assert.deepEqual(without.slots, []);
  assert.match(without.unknown[0] ?? '', /has not answered in time/);
  calendar.answer([]);
  assert.equal((await nextFreeSlots(deps, mei, tuesday.start, wanted)).slots.length, 3);
});

test('When calendars take too long, those that were not asked yet are unknown', async () => {
  let now = Date.parse('2026-11-21T00:00:00Z');
  const sourceOf = ({ id }: { id: string }) =>
    Promise.resolve({
      provider: 'lark' as const,
      connectionId: `lark:${id}` as const,
      account: '',
      read: () => {
        now += 1_000;
        return Promise.resolve([]);
      },
    });
  const { deps } = fixture({ calendars: [{ provider: 'lark', sourceOf }] });
  const many = Array.from({ length: 50 }, (_, index) => ({
    trainer: { ...mei, id: `trainer ${index}` },
    span: tuesday,
  }));
  const found = await findAvailability({ ...deps, now: () => new Date(now) }, many);
  assert.ok(found.slice(0, 20).every(({ slots }) => slots.length === 8));
  const last = found.at(-1);
  assert.deepEqual(last?.slots, []);
  assert.match(last?.unknown[0]?.reason ?? '', /took too long to answer. Please try again/);
});
