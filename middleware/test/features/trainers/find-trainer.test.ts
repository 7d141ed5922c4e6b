import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import { createFindTrainer, createTrainerLookup } from '../../../src/features/trainers/find-trainer.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';

const ID = 'a00000000000001AAA';

function trainerRow(fields: Row = {}): Row {
  return { Id: ID, Name: 'Mei Tan', Email__c: 'mei@example.com', Active__c: true, Reminder_Count__c: 0, ...fields };
}

function fixture(rows: () => Row[]) {
  const queries: string[] = [];
  let now = new Date('2026-11-21T00:00:00Z');
  const find = createFindTrainer({
    now: () => now,
    records: {
      query: <T extends Row>(query: Soql) => {
        queries.push(query.text);
        return Promise.resolve(rows() as T[]);
      },
    },
  });
  return { find, queries, wait: (milliseconds: number) => (now = new Date(now.getTime() + milliseconds)) };
}

test('A trainer, asked for again within a minute, costs no second query', async () => {
  const { find, queries, wait } = fixture(() => [trainerRow()]);
  const trainer = await find({ email: 'Mei@Example.com' });
  assert.equal(trainer.id, ID);
  wait(59_999);
  await find({ email: 'mei@example.com' });
  await find({ trainerId: 'a00000000000001' });
  assert.equal(queries.length, 1);
  wait(1);
  await find({ email: 'mei@example.com' });
  assert.equal(queries.length, 2);
});

test('A trainer that many ask for at once is read once', async () => {
  const { find, queries } = fixture(() => [trainerRow()]);
  await Promise.all(Array.from({ length: 20 }, () => find({ name: 'Mei Tan' })));
  assert.equal(queries.length, 1);
});

test('A fresh lookup skips the cache and renews it', async () => {
  let active = true;
  const { find, queries } = fixture(() => [trainerRow({ Active__c: active })]);
  await find({ trainerId: ID });
  active = false;
  assert.equal((await find({ trainerId: ID })).active, true);
  assert.equal((await find({ trainerId: ID }, { fresh: true })).active, false);
  assert.equal((await find({ trainerId: ID })).active, false);
  assert.equal(queries.length, 2);
});

test('Two trainers with one e-mail address are an error that names both, never a guess', async () => {
  const { find } = fixture(() => [trainerRow(), trainerRow({ Id: 'a00000000000002AAA' })]);
  await assert.rejects(find({ email: 'mei@example.com' }), (error: AppError) => {
    assert.equal(error.code, 'ambiguous_trainer');
    assert.deepEqual(error.details?.trainerIds, [ID, 'a00000000000002AAA']);
    return true;
  });
});

test('Unknown trainers and misses are not remembered', async () => {
  let rows: Row[] = [];
  const { find } = fixture(() => rows);
  await assert.rejects(find({ name: 'Nobody' }), (error: AppError) => error.code === 'trainer_not_found');
  await assert.rejects(find({ trainerId: 'not-an-id' }), (error: AppError) => error.code === 'trainer_not_found');
  rows = [trainerRow()];
  assert.equal((await find({ name: 'Nobody' })).id, ID);
});

test('A trainer without zone, days and hours works in UTC, Monday to Friday, 9 to 17', async () => {
  const { find } = fixture(() => [trainerRow({ Time_Zone__c: null, Work_Days__c: null })]);
  const trainer = await find({ trainerId: ID });
  assert.deepEqual(
    [trainer.timeZone, trainer.workDays, trainer.workDayStart, trainer.workDayEnd],
    ['UTC', [1, 2, 3, 4, 5], '09:00', '17:00'],
  );
  assert.equal(trainer.lark.status, 'Not Connected');
});

test('The tokens of a trainer are never asked for, and a name cannot change the query', async () => {
  const { find, queries } = fixture(() => [trainerRow()]);
  await find({ name: "x' OR Name != '" });
  assert.doesNotMatch(queries[0] ?? '', /Token/);
  assert.match(queries[0] ?? '', /WHERE Name = 'x\\' OR Name != \\''$/);
});

test('Several trainers cost one query, and only those who are not known already', async () => {
  const queries: string[] = [];
  const ids = ['a00000000000001AAA', 'a00000000000002AAA', 'a00000000000003AAA'];
  const { findTrainer, findTrainers } = createTrainerLookup({
    now: () => new Date('2026-11-21T00:00:00Z'),
    records: {
      query: <T extends Row>({ text }: Soql) => {
        queries.push(text);
        const found = ids.filter((id) => text.includes(id)).toReversed();
        return Promise.resolve(found.map((Id) => trainerRow({ Id }) as T));
      },
    },
  });
  await findTrainer({ trainerId: 'a00000000000002AAA' });
  const asked = ['a00000000000003', 'a00000000000002AAA', 'a00000000000001AAA', 'a00000000000003AAA'];
  const found = await findTrainers(asked);
  assert.deepEqual(
    found.map(({ id }) => id),
    ['a00000000000003AAA', 'a00000000000002AAA', 'a00000000000001AAA'],
  );
  assert.equal(queries.length, 2);
  assert.match(queries[1] ?? '', /Id IN \('a00000000000003AAA','a00000000000001AAA'\)/);
  await findTrainers(ids);
  await findTrainer({ trainerId: 'a00000000000001AAA' });
  assert.equal(queries.length, 2, 'all of them are known now');
});

test('Several trainers, when some do not exist or are no ids, are refused by name', async () => {
  const { findTrainers } = createTrainerLookup({
    now: () => new Date('2026-11-21T00:00:00Z'),
    records: { query: <T extends Row>() => Promise.resolve<T[]>([trainerRow() as T]) },
  });
  const refused = (ids: string[], text: RegExp) =>
    assert.rejects(
      findTrainers(ids),
      (error: AppError) => error.code === 'trainer_not_found' && text.test(error.message),
    );
  await refused([ID, 'a00000000000002AAA', 'a00000000000003AAA'], /a00000000000002AAA, a00000000000003AAA\.$/);
  await refused([ID, 'nonsense'], /"nonsense" is not the id/);
});
