import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayInWords, forecastSentence, remindText } from '../../../src/features/forecast/remind-text.ts';
import { dueStage, sameEnd } from '../../../src/features/forecast/stages.ts';

const DAY_MS = 86_400_000;
const now = new Date('2027-02-10T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);

for (const [name, left, told, expected] of [
  ['15 days ahead nothing is due', 15, [], undefined],
  ['just over 14 days', 14 + 1e-6, [], undefined],
  ['14 days to the millisecond', 14, [], 14],
  ['10 days', 10, [], 14],
  ['10 days, told', 10, [14], undefined],
  ['7 days', 7, [14], 7],
  ['7 days, told', 6.9, [14, 7], undefined],
  ['3 days', 3, [14, 7], 3],
  ['1 day', 1, [14, 7, 3], 1],
  ['an hour', 1 / 24, [14, 7, 3, 1], undefined],
  ['an hour, nothing told: the newest only', 1 / 24, [], 1],
  ['2 days, only the first was told: the newest of the missed', 2, [14], 3],
  ['a nearer one was told: an earlier one is not told afterwards', 10, [7], undefined],
  ['the end itself', 0, [], undefined],
  ['past', -1, [], undefined],
] as [string, number, number[], number | undefined][]) {
  test(`the mail that is due: ${name}`, () => {
    assert.equal(dueStage(inDays(left), told, now), expected);
  });
}

test('an end read back from Salesforce, in whole seconds, is the same end', () => {
  assert.deepEqual(sameEnd(new Date('2027-03-03T10:00:00.987Z')), new Date('2027-03-03T10:00:00Z'));
  assert.deepEqual(sameEnd(new Date('2027-03-03T10:00:00Z')), new Date('2027-03-03T10:00:00Z'));
});

test("days are read where the trainer lives: late evening in UTC is tomorrow in Singapore; an odd zone is UTC's", () => {
  const evening = new Date('2027-03-02T20:00:00Z');
  assert.equal(dayInWords(evening, 'UTC'), '2 March 2027');
  assert.equal(dayInWords(evening, 'Asia/Singapore'), '3 March 2027');
  assert.equal(dayInWords(evening, 'Nowhere/Land'), '2 March 2027');
});

test('the sentence says whether the provider asks again, whether it runs out, or that it is over', () => {
  const sentence = (days: number, reason: 'consent' | 'refresh-window') =>
    forecastSentence('lark', { endsAt: inDays(days), reason }, 'UTC', now);
  assert.equal(sentence(14, 'consent'), 'Lark will ask for your consent again on 24 February 2027.');
  assert.equal(
    sentence(4, 'refresh-window'),
    'The access to Lark cannot be renewed at the moment and ends on 14 February 2027.',
  );
  assert.equal(sentence(-1, 'consent'), 'The access to Lark ended on 9 February 2027.');
});

test('the mail: who, what ends when, what to do, by which link, until when, and where to ask for another', () => {
  const { subject, body } = remindText({
    provider: 'lark',
    end: { endsAt: inDays(14), reason: 'consent' },
    trainer: { name: 'Wei Tan', timeZone: 'Asia/Singapore' },
    invite: { url: 'https://connect.example/link', expiresAt: inDays(7) },
    askUrl: 'https://connect.example/trainers/authorize',
    now,
  });
  assert.equal(subject, 'Please connect Lark again before 24 February 2027');
  for (const part of [
    'Hello Wei Tan,',
    'Lark will ask for your consent again on 24 February 2027.',
    'Connect again before then, so that your trainings keep their links.',
    '\nhttps://connect.example/link\n',
    'works once, until 17 February 2027',
    '\nhttps://connect.example/trainers/authorize\n',
  ]) {
    assert.ok(body.includes(part), part);
  }
});
