import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../../src/features/orphans/digest.ts';

const run = { id: '0197b0a2-0000-4000-8000-000000000001', succeeded: 0, failed: 0, skipped: 3, errors: [] };
const errorsOf = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => ({ id: `lark:${index}`, message: `${text} ${index}.` }));

test('A night without anything removed or to look at has no digest', () => {
  assert.equal(digestOf(run), undefined);
});

test('What fits is named whole, and then there is nothing to read elsewhere', () => {
  const digest = digestOf({ ...run, succeeded: 1, failed: 8, errors: errorsOf(8, 'Look at event') });
  assert.match(digest ?? '', /1 calendar event removed, 3 bookings brought in step, 8 to look at\. Look at event 0\./);
  assert.match(digest ?? '', /Look at event 7\.$/);
});

test('What does not fit into a note is told of with the address where all of it stands', () => {
  for (const text of ['An event in a calendar that is wrong '.repeat(5), '在日历中'.repeat(90), 'x'.repeat(3_000)]) {
    const digest = digestOf({ ...run, failed: 250, errors: errorsOf(100, text) }) ?? '';
    assert.ok(Buffer.byteLength(digest) <= 2_000, `${Buffer.byteLength(digest)}`);
    const named = digest.split(text).length - 1;
    assert.ok(named === 0 ? !digest.includes('more') : digest.includes(`And ${250 - named} more: GET`), digest);
    assert.ok(digest.endsWith(`GET /api/admin/runs/${run.id}/results lists all of them for 30 days.`));
  }
});
