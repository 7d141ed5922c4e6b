import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultRequest } from '../../../standins/kit/faults.ts';
import type { Salesforce } from '../../src/salesforce/connection.ts';
import { reference, soql, type CompositeRequest } from '../../src/salesforce/records.ts';
import { startLocalOrgWorld } from './local-org-world.ts';
import { salesforceErrorOf } from './salesforce-under-test.ts';

const TRAINER = 'Onboarding_Trainer__c';
const TOKEN_PATH = '/services/oauth2/token';
const email = (number: number) => `trainer-${number}@example.com`;
const trainers = soql`SELECT Id, Name, Email__c FROM Onboarding_Trainer__c ORDER BY Name`;

/** `count` trainers in collections of 125. */
async function addTrainers(salesforce: Salesforce, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, i) => ({
    attributes: { type: TRAINER },
    Name: `Trainer ${String(i).padStart(4, '0')}`,
    Email__c: email(i),
    Lark_Refresh_Token__c: 'sealed',
  }));
  const requests: CompositeRequest[] = [];
  for (let start = 0; start < count; start += 125) {
    requests.push({
      method: 'POST',
      path: '/composite/sobjects',
      referenceId: `from${start}`,
      body: { records: records.slice(start, start + 125) },
    });
  }
  await salesforce.composite(requests);
}

async function addTrainer(salesforce: Salesforce): Promise<string> {
  await addTrainers(salesforce, 1);
  const [row] = await salesforce.query(trainers);
  return String(row?.['Id']);
}

function bookingFields(trainerId: string) {
  return {
    Trainer__c: trainerId,
    Merchant_Name__c: 'Corner Shop',
    Start__c: new Date('2026-12-01T08:00:00Z'),
    End__c: new Date('2026-12-01T09:00:00Z'),
    Time_Zone__c: 'Asia/Singapore',
    Service_Type__c: 'Remote',
    Booking_Type__c: 'Training',
    Status__c: 'Confirmed',
  };
}

for (const flow of ['jwt', 'client_credentials'] as const) {
  test(`The org is reached by ${flow}, and a session that ends is renewed once for five calls`, async () => {
    await using world = await startLocalOrgWorld({ flow });
    assert.equal(await world.salesforce.orgId(), world.org.orgId);
    const logins = () => world.org.journal.entries({ path: TOKEN_PATH }).length;
    assert.equal(logins(), 1);
    world.clock.advance(24 * 3_600_000);
    await Promise.all(Array.from({ length: 5 }, () => world.salesforce.query(trainers)));
    assert.equal(logins(), 2);
  });
}

test('A wrong secret is a refused login', async () => {
  await using world = await startLocalOrgWorld({
    auth: { kind: 'client_credentials', clientId: 'the-client', clientSecret: 'wrong-secret' },
  });
  const error = await salesforceErrorOf(world.salesforce.query(trainers));
  assert.equal(error.failure, 'refused');
  assert.equal(error.code, 'invalid_client');
  assert.ok(!error.message.includes('wrong-secret'));
});

test('An org that is not the configured one is refused', async () => {
  await using world = await startLocalOrgWorld({ orgId: '00D000000000001EAA' });
  assert.equal((await salesforceErrorOf(world.salesforce.query(trainers))).code, 'WRONG_ORG');
  assert.equal(world.org.journal.entries({ path: /\/query/ }).length, 0);
});

test('A long query comes whole, in pages, and a long update goes in calls of 200', async () => {
  await using world = await startLocalOrgWorld();
  await addTrainers(world.salesforce, 250);
  const mark = world.org.journal.mark();
  // Two long texts make pages of 200.
  const rows = await world.salesforce.query<{ Id: string; Name: string }>(
    soql`SELECT Id, Name, Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c ORDER BY Name`,
  );
  assert.equal(rows.length, 250);
  assert.equal(new Set(rows.map(({ Id }) => Id)).size, 250);
  assert.equal(rows[249]?.Name, 'Trainer 0249');
  assert.equal(world.org.journal.entries({ since: mark, path: /\/query/ }).length, 2);

  const results = await world.salesforce.update(
    TRAINER,
    rows.map(({ Id }, index) => ({ Id, Lark_Connection_Error__c: index === 201 ? 'x'.repeat(256) : 'text' })),
  );
  assert.equal(results.length, 250);
  assert.deepEqual(results[249], { id: rows[249]?.Id, success: true, errors: [] });
  assert.equal(results.filter(({ success }) => !success).length, 1);
  assert.equal(results[201]?.errors[0]?.code, 'STRING_TOO_LONG');
  assert.deepEqual(results[201].errors[0]?.fields, ['Lark_Connection_Error__c']);
  assert.ok(!results[201].errors[0]?.message.includes('x'.repeat(20)));
  const written = await world.salesforce.query(
    soql`SELECT Id FROM Onboarding_Trainer__c WHERE Lark_Connection_Error__c = ${'text'}`,
  );
  assert.equal(written.length, 249);
});

test('Whatever is typed is found as it was typed', async () => {
  await using world = await startLocalOrgWorld();
  const name = `O'Neil \\ "x" 李娜 ' OR Name != '`;
  await world.salesforce.composite([
    { method: 'POST', path: `/sobjects/${TRAINER}`, referenceId: 'new', body: { Name: name, Email__c: email(1) } },
  ]);
  const found = await world.salesforce.query(soql`SELECT Name FROM Onboarding_Trainer__c WHERE Name = ${name}`);
  assert.deepEqual(
    found.map(({ Name }) => Name),
    [name],
  );
});

test('A composite inserts a booking with its steps and reads it back', async () => {
  await using world = await startLocalOrgWorld();
  const trainerId = await addTrainer(world.salesforce);
  const step = {
    attributes: { type: 'Booking_Timeline__c' },
    Booking__c: reference('booking.id'),
    Occurred_At__c: new Date(),
  };
  const responses = await world.salesforce.composite([
    { method: 'GET', path: `/sobjects/${TRAINER}/${trainerId}?fields=Email__c`, referenceId: 'trainer' },
    { method: 'POST', path: '/sobjects/Training_Booking__c', referenceId: 'booking', body: bookingFields(trainerId) },
    {
      method: 'POST',
      path: '/composite/sobjects',
      referenceId: 'steps',
      body: { records: [{ ...step, Key__c: 'k1', Step__c: 'booked' }] },
    },
    {
      method: 'GET',
      path: '/sobjects/Training_Booking__c/@{booking.id}?fields=Revision__c,Start__c',
      referenceId: 'read',
    },
    {
      method: 'GET',
      path: world.salesforce.queryPath(soql`SELECT Key__c FROM Booking_Timeline__c WHERE Key__c = ${'k1'}`),
      referenceId: 'timeline',
    },
  ]);
  assert.deepEqual(
    responses.map(({ referenceId, status }) => [referenceId, status]),
    [
      ['trainer', 200],
      ['booking', 201],
      ['steps', 200],
      ['read', 200],
      ['timeline', 200],
    ],
  );
  assert.equal((responses[3]?.body as { Start__c: string }).Start__c, '2026-12-01T08:00:00.000+0000');
  assert.equal((responses[4]?.body as { records: unknown[] }).records.length, 1);
});

test('A composite that breaks in a later collection leaves nothing behind and names row and request', async () => {
  await using world = await startLocalOrgWorld();
  const trainerId = await addTrainer(world.salesforce);
  const step = {
    attributes: { type: 'Booking_Timeline__c' },
    Booking__c: reference('booking.id'),
    Occurred_At__c: new Date(),
  };
  const error = await salesforceErrorOf(
    world.salesforce.composite([
      { method: 'POST', path: '/sobjects/Training_Booking__c', referenceId: 'booking', body: bookingFields(trainerId) },
      {
        method: 'POST',
        path: '/composite/sobjects',
        referenceId: 'steps',
        body: {
          records: [
            { ...step, Key__c: 'good', Step__c: 'booked' },
            { ...step, Key__c: 'no-step' },
          ],
        },
      },
    ]),
  );
  assert.equal(error.failure, 'refused');
  assert.equal(error.code, 'REQUIRED_FIELD_MISSING');
  assert.equal(error.referenceId, 'steps');
  assert.deepEqual(error.fields, ['Step__c']);
  assert.deepEqual(await world.salesforce.query(soql`SELECT Id FROM Training_Booking__c`), []);
  assert.deepEqual(await world.salesforce.query(soql`SELECT Id FROM Booking_Timeline__c`), []);
});

test('A second booking under the same idempotency key is a duplicate on that field', async () => {
  await using world = await startLocalOrgWorld();
  const trainerId = await addTrainer(world.salesforce);
  const body = { ...bookingFields(trainerId), Idempotency_Key__c: 'k'.repeat(64) };
  const book = () =>
    world.salesforce.composite([
      { method: 'GET', path: `/sobjects/${TRAINER}/${trainerId}`, referenceId: 'trainer' },
      { method: 'POST', path: '/sobjects/Training_Booking__c', referenceId: 'booking', body },
    ]);
  await book();
  const error = await salesforceErrorOf(book());
  assert.equal(error.code, 'DUPLICATE_VALUE');
  assert.equal(error.referenceId, 'booking');
  assert.match(error.message, /Idempotency_Key__c/);
});

test('An upsert by external id writes a row once', async () => {
  await using world = await startLocalOrgWorld();
  const trainerId = await addTrainer(world.salesforce);
  const [created] = await world.salesforce.composite([
    { method: 'POST', path: '/sobjects/Training_Booking__c', referenceId: 'booking', body: bookingFields(trainerId) },
  ]);
  const booking = (created?.body as { id: string }).id;
  const row = { Key__c: 'k1', Booking__c: booking, Step__c: 'booked', Occurred_At__c: world.clock.now() };
  const [first] = await world.salesforce.upsert('Booking_Timeline__c', 'Key__c', [row]);
  assert.equal(first?.success, true);
  const [again, wrong] = await world.salesforce.upsert('Booking_Timeline__c', 'Key__c', [
    { Key__c: 'k1', Outcome__c: 'done' },
    { Key__c: 'k2', Booking__c: booking },
  ]);
  assert.equal(again?.id, first.id);
  assert.equal(wrong?.errors[0]?.code, 'REQUIRED_FIELD_MISSING');
  const rows = await world.salesforce.query(soql`SELECT Outcome__c FROM Booking_Timeline__c`);
  assert.deepEqual(
    rows.map(({ Outcome__c }) => Outcome__c),
    ['done'],
  );
});

test('A deleted row is gone; deleting it again is refused', async () => {
  await using world = await startLocalOrgWorld();
  const id = await addTrainer(world.salesforce);
  await world.salesforce.delete(TRAINER, id);
  assert.deepEqual(await world.salesforce.query(trainers), []);
  const error = await salesforceErrorOf(world.salesforce.delete(TRAINER, id));
  assert.equal(error.failure, 'refused');
  assert.equal(error.code, 'ENTITY_IS_DELETED');
});

test('A query that names no known field is refused with Salesforce’s code', async () => {
  await using world = await startLocalOrgWorld();
  const error = await salesforceErrorOf(world.salesforce.query(soql`SELECT Nope__c FROM Onboarding_Trainer__c`));
  assert.equal(error.code, 'INVALID_FIELD');
});

test('A mail arrives from the org-wide address', async () => {
  await using world = await startLocalOrgWorld();
  const mail = { to: ['a@example.com', 'b@example.com'], subject: 'Connect Lark', body: 'Please.\nThank you.' };
  await world.salesforce.sendMail(mail);
  const [sent] = world.org.outbox.mails();
  assert.deepEqual([sent?.to, sent?.subject, sent?.body], [mail.to, mail.subject, mail.body]);
  assert.equal(sent?.from, 'trainings@trainer-connect.example');
});

test('A mail to no address, or from an address that is not verified, is refused', async () => {
  await using world = await startLocalOrgWorld({ mailSender: 'stranger@example.com' });
  const bad = { to: ['not an address'], subject: 'S', body: 'B' };
  assert.equal((await salesforceErrorOf(world.salesforce.sendMail(bad))).code, 'INVALID_EMAIL_ADDRESS');
  const good = { ...bad, to: ['a@example.com'] };
  assert.equal((await salesforceErrorOf(world.salesforce.sendMail(good))).code, 'INVALID_API_INPUT');
  assert.deepEqual(world.org.outbox.mails(), []);
});

const COLLECTIONS = '/composite/sobjects$';
const QUERY = '/query$';
const faults: readonly [string, FaultRequest, read: string, write: string][] = [
  ['drop', { kind: 'drop' }, 'unreachable', 'unknown-outcome'],
  ['effect-then-drop', { kind: 'effect-then-drop' }, 'unreachable', 'unknown-outcome'],
  ['withhold', { kind: 'withhold' }, 'unreachable', 'unknown-outcome'],
  ['latency beyond the timeout', { kind: 'latency', milliseconds: 900 }, 'unreachable', 'unknown-outcome'],
  ['status 503', { kind: 'status', status: 503 }, 'unreachable', 'unknown-outcome'],
];
for (const [name, fault, read, write] of faults) {
  test(`Under ${name} a query is ${read}, an update ${write}, and each is sent once`, async () => {
    await using world = await startLocalOrgWorld({ timeoutMs: 500 });
    const Id = await addTrainer(world.salesforce);
    world.org.faults.add({ ...fault, path: QUERY });
    world.org.faults.add({ ...fault, path: COLLECTIONS });
    const mark = world.org.journal.mark();
    assert.equal((await salesforceErrorOf(world.salesforce.query(trainers))).failure, read);
    assert.equal(
      (await salesforceErrorOf(world.salesforce.update(TRAINER, [{ Id, Active__c: false }]))).failure,
      write,
    );
    assert.equal(world.org.journal.entries({ since: mark }).length, 2);
  });
}
