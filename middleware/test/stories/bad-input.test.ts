import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { book, bookingOf } from '../kit/bookings.ts';
import { keys, startWorld, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let trainer: SampleTrainer;
before(async () => {
  world = await startWorld();
  trainer = await world.trainer(0);
});
after(() => world.close());

interface ErrorBody {
  error: { code: string; message: string; requestId: string; details?: { fields?: { field: string }[] } };
}

const good = () => bookingOf(world, trainer, 10);
const without = (field: string) => Object.fromEntries(Object.entries(good()).filter(([name]) => name !== field));

const wrongBodies: [what: string, body: () => object, status: number, code: string, text: RegExp][] = [
  ['a missing merchant', () => without('merchantId'), 400, 'invalid_input', /merchantId/],
  ['a missing date', () => without('date'), 400, 'invalid_input', /date/],
  ['a missing trainer', () => without('trainerId'), 400, 'invalid_input', /trainer/],
  ['two trainers named', () => ({ ...good(), trainerEmail: trainer.Email__c }), 400, 'invalid_input', /trainer/],
  ['an unknown field', () => ({ ...good(), merchnatName: 'x' }), 400, 'invalid_input', /merchnatName/],
  [
    'an unknown trainer id',
    () => ({ ...good(), trainerId: 'a00000000000001AAA' }),
    404,
    'trainer_not_found',
    /trainer/i,
  ],
  [
    'an unknown trainer name',
    () => ({ ...without('trainerId'), trainerName: 'Nobody At All' }),
    404,
    'trainer_not_found',
    /trainer/i,
  ],
  ['a past date', () => ({ ...good(), date: '2020-01-06' }), 400, 'start_in_past', /passed already/],
  ['an end before the start', () => ({ ...good(), startTime: '12:00' }), 400, 'end_before_start', /end/i],
  ['an end at the start', () => ({ ...good(), endTime: '10:00' }), 400, 'end_before_start', /end/i],
  ['an unknown zone', () => ({ ...good(), timeZone: 'Mars/Olympus' }), 400, 'unknown_time_zone', /Mars\/Olympus/],
  ['an offset as a zone', () => ({ ...good(), timeZone: 'UTC+2' }), 400, 'unknown_time_zone', /UTC\+2/],
  ['a date that does not exist', () => ({ ...good(), date: '2027-02-30' }), 400, 'invalid_input', /date/],
  ['a time that does not exist', () => ({ ...good(), startTime: '25:00' }), 400, 'invalid_input', /startTime/],
  ['an unknown booking type', () => ({ ...good(), bookingType: 'Party' }), 400, 'invalid_input', /bookingType/],
  ['a wrong e-mail', () => ({ ...good(), contactEmail: 'nope' }), 400, 'invalid_input', /contactEmail/],
  [
    'a name that is too long',
    () => ({ ...good(), merchantName: 'x'.repeat(300) }),
    400,
    'invalid_input',
    /merchantName/,
  ],
  [
    'a time that the change to summer time skips',
    () => ({ ...good(), timeZone: 'Europe/Paris', date: '2027-03-28', startTime: '02:30', endTime: '04:00' }),
    400,
    'skipped_local_time',
    /02:30/,
  ],
];

for (const [what, body, status, code, text] of wrongBodies) {
  test(`${what} is refused with ${status} ${code}, in words`, async () => {
    const answer = await world.call<ErrorBody>('POST', '/api/lark/book-training', { key: keys.portal, body: body() });
    assert.deepEqual([answer.status, answer.body.error.code], [status, code], answer.text);
    assert.match(answer.body.error.message, text);
    assert.equal(answer.headers.get('x-request-id'), answer.body.error.requestId);
  });
}

test('nothing was booked by all that', async () => {
  assert.deepEqual(await world.soql('SELECT Id FROM Training_Booking__c'), []);
});

test('two trainers with one e-mail: 409, never a guess', async () => {
  const other = await world.trainer(1);
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/${other.Id}`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('integration@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ Email__c: trainer.Email__c.toUpperCase() }),
  });
  assert.equal(response.status, 204, await response.text());
  const { trainerId: _id, ...rest } = good();
  const answer = await book(world, { ...rest, trainerEmail: trainer.Email__c });
  assert.deepEqual([answer.status, answer.body.error?.code], [409, 'ambiguous_trainer']);
});

test('an inactive trainer: 409', async () => {
  const [inactive] = await world.soql<{ Id: string }>('SELECT Id FROM Onboarding_Trainer__c WHERE Active__c = false');
  const answer = await book(world, { ...good(), trainerId: inactive?.Id });
  assert.deepEqual([answer.status, answer.body.error?.code], [409, 'trainer_inactive']);
});

test('a time that happens twice is the first, and the answer says so', async () => {
  const answer = await book(world, {
    ...good(),
    timeZone: 'Europe/Paris',
    date: '2027-10-31',
    startTime: '02:30',
    endTime: '04:00',
  });
  assert.equal(answer.status, 201, answer.text);
  assert.match(answer.text, /twice/);
  assert.match(answer.text, /2027-10-31T00:30:00/);
});

test('malformed JSON, another content type and an oversized body are refused in words', async () => {
  const post = (raw: string, headers: Record<string, string> = {}) =>
    world.call<ErrorBody>('POST', '/api/lark/book-training', { key: keys.portal, raw, headers });
  const malformed = await post('{"merchantId":');
  assert.deepEqual([malformed.status, malformed.body.error.code], [400, 'malformed_json']);
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', '']) {
    const other = await post(JSON.stringify(good()), { 'Content-Type': type });
    assert.deepEqual([other.status, other.body.error.code], [415, 'unsupported_media_type'], `${type}: ${other.text}`);
    assert.match(other.body.error.message, /Content-Type: application\/json/);
  }
  const none = await world.call<ErrorBody>('POST', '/api/lark/book-training', { key: keys.portal });
  assert.deepEqual([none.status, none.body.error.code], [400, 'invalid_input']);
  assert.match(none.body.error.message, /body\): is missing: send JSON/);
  const large = await post(JSON.stringify({ ...good(), notes: 'x'.repeat(150_000) }));
  assert.deepEqual([large.status, large.body.error.code], [413, 'body_too_large']);
});

test('keys and scopes: no key, a wrong key, a key without the scope, a foreign org, no org, no actor', async () => {
  const expectRefusal = async (
    options: Parameters<World['call']>[2],
    route: string,
    method: string,
    wanted: [number, string],
  ) => {
    const answer = await world.call<ErrorBody>(method, route, options);
    assert.deepEqual([answer.status, answer.body.error.code], wanted, answer.text);
  };
  const route = '/api/lark/book-training';
  await expectRefusal({ key: null, body: good() }, route, 'POST', [401, 'unauthenticated']);
  await expectRefusal({ key: 'wrong-key-wrong-key-wrong', body: good() }, route, 'POST', [401, 'unauthenticated']);
  await expectRefusal({ key: keys.operator, body: good() }, route, 'POST', [403, 'scope_missing']);
  await expectRefusal({ key: keys.portal, body: { bookingIds: [] } }, '/api/bookings/sync', 'POST', [
    403,
    'scope_missing',
  ]);
  await expectRefusal({ body: good(), headers: { 'X-Salesforce-Org': '00D000000000001AAA' } }, route, 'POST', [
    409,
    'foreign_org',
  ]);
  await expectRefusal({ body: good(), headers: { 'X-Salesforce-Org': '' } }, route, 'POST', [400, 'missing_org']);
  await expectRefusal({ body: good(), headers: { 'X-Actor': '' } }, route, 'POST', [400, 'missing_actor']);
  await expectRefusal({ key: keys.portal }, '/api/no-such-thing', 'GET', [404, 'not_found']);
});

test('sync: no ids, too many ids and something that is no id are refused, naming it', async () => {
  const post = (body: object) => world.call<ErrorBody>('POST', '/api/bookings/sync', { body });
  assert.equal((await post({ bookingIds: [] })).status, 400);
  assert.equal((await post({ bookingIds: Array<string>(201).fill('a01000000000001AAA') })).status, 400);
  const wrong = await post({ bookingIds: ['nope'] });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error.message, /nope/);
});

test('SOQL in a name or an e-mail finds nothing and breaks nothing', async () => {
  for (const trainerName of ["O'Hara') OR (Id != '", "x' OR Name LIKE '%", '\\']) {
    const { trainerId: _id, ...rest } = good();
    const answer = await book(world, { ...rest, trainerName });
    assert.deepEqual([answer.status, answer.body.error?.code], [404, 'trainer_not_found'], answer.text);
  }
});

test('availability: unknown trainer, wrong dates, a span that is too long', async () => {
  const get = (query: string) => world.call<ErrorBody>('GET', `/api/lark/availability?${query}`, { key: keys.portal });
  assert.equal((await get('trainerId=a00000000000001AAA&date=2027-01-18')).status, 404);
  assert.equal((await get(`trainerId=${trainer.Id}&date=2027-13-01`)).status, 400);
  assert.equal((await get(`trainerId=${trainer.Id}`)).status, 400);
  assert.equal((await get(`trainerId=${trainer.Id}&from=2027-01-01&to=2028-01-01`)).status, 400);
  assert.equal((await get('date=2027-01-18')).status, 400);
});
