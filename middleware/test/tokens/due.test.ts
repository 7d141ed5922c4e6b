import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { HeadState } from '../../src/storage/database.ts';
import { dueCondition, isDue, type DueFacts } from '../../src/tokens/due.ts';
import { openTestDatabases } from '../kit/databases.ts';
import { headAt, insertHeads } from './heads.ts';

const databases = await openTestDatabases();
after(() => Promise.all(databases.map(({ close }) => close())));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = new Date('2027-03-01T12:00:00.000Z');
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds);
const ahead = (milliseconds: number) => new Date(now.getTime() + milliseconds);

const healthy: DueFacts = {
  state: 'connected',
  refreshed_at: ago(HOUR),
  access_expires_at: ahead(HOUR),
  refresh_expires_at: ahead(6 * DAY),
  consent_expires_at: ahead(300 * DAY),
  attempted_at: ago(HOUR),
  attempt_failure: null,
};
const failed = (at: Date): Partial<DueFacts> => ({ attempted_at: at, attempt_failure: 'configuration' });

const cases: [what: string, change: Partial<DueFacts>, bookedSoon: boolean, expected: boolean][] = [
  ['a connection that was refreshed an hour ago', {}, false, false],
  ['one that was never refreshed', { refreshed_at: null }, false, true],
  ['idle for a day', { refreshed_at: ago(DAY) }, false, true],
  ['idle for a day less a moment', { refreshed_at: ago(DAY - 1) }, false, false],
  [
    'refresh window ends in a day, rested 8 hours',
    { refresh_expires_at: ahead(DAY), refreshed_at: ago(8 * HOUR) },
    false,
    true,
  ],
  [
    'refresh window ends in a day, rested less',
    { refresh_expires_at: ahead(DAY), refreshed_at: ago(8 * HOUR - 1) },
    false,
    false,
  ],
  ['refresh window ends later', { refresh_expires_at: ahead(DAY + 1), refreshed_at: ago(8 * HOUR) }, false, false],
  ['refresh window is over', { refresh_expires_at: ago(MINUTE), refreshed_at: ago(8 * HOUR) }, false, true],
  ['no refresh window known', { refresh_expires_at: null, refreshed_at: ago(23 * HOUR) }, false, false],
  [
    'consent ends in a day, rested 12 hours',
    { consent_expires_at: ahead(DAY), refreshed_at: ago(12 * HOUR) },
    false,
    true,
  ],
  [
    'consent ends in a day, rested less',
    { consent_expires_at: ahead(DAY), refreshed_at: ago(12 * HOUR - 1) },
    false,
    false,
  ],
  ['consent ends later', { consent_expires_at: ahead(DAY + 1), refreshed_at: ago(12 * HOUR) }, false, false],
  ['token ends before the next run, a training soon', { access_expires_at: ahead(65 * MINUTE) }, true, true],
  ['token ends before the next run, no training', { access_expires_at: ahead(65 * MINUTE) }, false, false],
  ['token lasts past the next run, a training soon', { access_expires_at: ahead(65 * MINUTE + 1) }, true, false],
  ['token is over, a training soon', { access_expires_at: ago(DAY) }, true, true],
  [
    'idle for a day, failed less than 3 hours ago',
    { refreshed_at: ago(DAY), ...failed(ago(3 * HOUR - 1)) },
    false,
    false,
  ],
  ['idle for a day, failed 3 hours ago', { refreshed_at: ago(DAY), ...failed(ago(3 * HOUR)) }, false, true],
  [
    'failed just now, and the refresh window ends before the rest is over',
    { refresh_expires_at: ahead(245 * MINUTE), refreshed_at: ago(DAY), ...failed(now) },
    false,
    true,
  ],
  [
    'failed just now, and the refresh window ends after the rest',
    { refresh_expires_at: ahead(245 * MINUTE + 1), refreshed_at: ago(DAY), ...failed(now) },
    false,
    false,
  ],
  [
    'failed just now, and the refresh window is over',
    { refresh_expires_at: now, refreshed_at: ago(DAY), ...failed(now) },
    false,
    false,
  ],
  ['never refreshed, failed just now', { refreshed_at: null, ...failed(now) }, false, false],
  [
    'token ends before the next run, failed just now, a training soon',
    { access_expires_at: ahead(65 * MINUTE), ...failed(now) },
    true,
    true,
  ],
  ['needs reconnecting', { state: 'needs-reconnect', refreshed_at: null }, true, false],
  ['on hold', { state: 'on-hold', refreshed_at: null }, true, false],
  ['disconnected', { state: 'disconnected', refreshed_at: null }, true, false],
];

for (const [what, change, bookedSoon, expected] of cases) {
  test(`${what}: ${expected ? 'due' : 'not due'}`, () => {
    assert.equal(isDue({ ...healthy, ...change }, now, bookedSoon), expected);
  });
}

for (const { kind, db } of databases) {
  test(`${kind}: the condition of the query says the same as the function, for every combination near every limit`, async () => {
    const states: HeadState[] = ['connected', 'needs-reconnect', 'on-hold', 'disconnected'];
    const refreshed = [
      null,
      ago(DAY),
      ago(DAY - 1),
      ago(12 * HOUR),
      ago(12 * HOUR - 1),
      ago(8 * HOUR),
      ago(8 * HOUR - 1),
      now,
    ];
    const ends = [null, ago(HOUR), ahead(245 * MINUTE), ahead(245 * MINUTE + 1), ahead(DAY), ahead(DAY + 1)];
    const accessEnds = [null, ahead(65 * MINUTE), ahead(65 * MINUTE + 1)];
    const attempts = [{ attempted_at: null, attempt_failure: null }, failed(ago(3 * HOUR - 1)), failed(ago(3 * HOUR))];
    const facts = states.flatMap((state) =>
      refreshed.flatMap((refreshed_at) =>
        ends.flatMap((refresh_expires_at) =>
          ends.flatMap((consent_expires_at) =>
            accessEnds.flatMap((access_expires_at) =>
              attempts.flatMap((attempt) =>
                [false, true].map((bookedSoon) => ({
                  head: {
                    ...healthy,
                    state,
                    refreshed_at,
                    refresh_expires_at,
                    consent_expires_at,
                    access_expires_at,
                    ...attempt,
                  },
                  bookedSoon,
                })),
              ),
            ),
          ),
        ),
      ),
    );
    const heads = facts.map(({ head }, index) => headAt(index, now, head));
    await insertHeads(db, heads);
    const idAt = (index: number) => heads[index]?.connection_id ?? '';
    const booked = facts.flatMap(({ bookedSoon }, index) => (bookedSoon ? [idAt(index)] : []));
    const expected = facts.flatMap(({ head, bookedSoon }, index) =>
      isDue(head, now, bookedSoon) ? [idAt(index)] : [],
    );
    const rows = await db
      .selectFrom('token_head')
      .select('connection_id')
      .where(dueCondition(now, booked))
      .orderBy('connection_id')
      .execute();
    assert.ok(expected.length > 100 && expected.length < facts.length / 2, `${expected.length} of ${facts.length}`);
    assert.deepEqual(
      rows.map(({ connection_id }) => connection_id),
      expected,
    );
  });
}

test('an idle connection costs one exchange a day, one with a window of hours three, one before the end of its consent two', () => {
  const exchangesInDays = (days: number, windowMs: number | null, consentEndsInMs: number | null) => {
    let refreshedAt = now;
    let exchanges = 0;
    for (let hour = 1; hour <= days * 24; hour++) {
      const at = ahead(hour * HOUR);
      const head: DueFacts = {
        state: 'connected',
        refreshed_at: refreshedAt,
        access_expires_at: new Date(refreshedAt.getTime() + 2 * HOUR),
        refresh_expires_at: windowMs === null ? null : new Date(refreshedAt.getTime() + windowMs),
        consent_expires_at: consentEndsInMs === null ? null : ahead(consentEndsInMs),
        attempted_at: refreshedAt,
        attempt_failure: null,
      };
      if (!isDue(head, at, false)) continue;
      exchanges++;
      refreshedAt = at;
    }
    return exchanges;
  };
  assert.equal(exchangesInDays(10, 7 * DAY, 365 * DAY), 10);
  assert.equal(exchangesInDays(10, null, null), 10);
  assert.equal(exchangesInDays(10, 20 * HOUR, null), 30);
  assert.equal(exchangesInDays(1, 7 * DAY, DAY), 2);
});
