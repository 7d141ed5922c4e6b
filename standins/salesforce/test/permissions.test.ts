import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  booking,
  call,
  connectAs,
  queryPath,
  refusal,
  startTestOrg,
  trainerId,
  USERS,
  type TestOrg,
} from './support.ts';

const TOKENS = ['Lark_Access_Token__c', 'Lark_Refresh_Token__c'];
const BOOKING = '/sobjects/Training_Booking__c';
const TRAINER = '/sobjects/Onboarding_Trainer__c';

describe('permissions in the local org', () => {
  let org: TestOrg;
  let wei: string;
  let li: string;
  let bookingOfLi: string;
  let bookingOfWei: string;
  before(async () => {
    org = await startTestOrg();
    wei = await trainerId(org, 'wei.tan@example.com');
    li = await trainerId(org, 'li.na@example.com');
    const integration = connectAs(org, USERS.integration).sobject('Training_Booking__c');
    bookingOfLi = (await integration.create(booking(li, 300))).id ?? '';
    bookingOfWei = (await integration.create(booking(wei, 300))).id ?? '';
    await call(org, USERS.integration, 'PATCH', `${TRAINER}/${wei}`, { Lark_Access_Token__c: 'sealed' });
  });
  after(() => org.close());

  for (const user of ['wei', 'staff', 'admin'] as const) {
    for (const field of TOKENS) {
      it(`${user} does not find ${field}: not by query, row, describe, FIELDS(ALL), filter or save`, async () => {
        const as = USERS[user];
        const refused = (path: string) => refusal(org, as, 'GET', path);
        assert.equal(await refused(queryPath(`SELECT ${field} FROM Onboarding_Trainer__c`)), '400 INVALID_FIELD');
        assert.equal(
          await refused(queryPath(`SELECT Trainer__r.${field} FROM Training_Booking__c`)),
          '400 INVALID_FIELD',
        );
        assert.equal(await refused(`${TRAINER}/${wei}?fields=${field}`), '400 INVALID_FIELD');
        assert.equal(await refusal(org, as, 'PATCH', `${TRAINER}/${wei}`, { [field]: 'x' }), '400 INVALID_FIELD');
        const described = await connectAs(org, as).describe('Onboarding_Trainer__c');
        assert.ok(!described.fields.some(({ name }) => name === field));
        const all = await connectAs(org, as).query<Record<string, unknown>>(
          'SELECT FIELDS(ALL) FROM Onboarding_Trainer__c LIMIT 200',
        );
        assert.ok(all.records.length > 0);
        assert.ok(all.records.every((record) => !(field in record)));
        const { body } = await call(org, as, 'GET', `${TRAINER}/${wei}`);
        assert.ok(!(field in (body as object)));
      });
    }
  }

  it('the integration user reads the token fields', async () => {
    const found = await connectAs(org, USERS.integration).query<Record<string, unknown>>(
      `SELECT Lark_Access_Token__c FROM Onboarding_Trainer__c WHERE Id = '${wei}'`,
    );
    assert.equal(found.records[0]?.['Lark_Access_Token__c'], 'sealed');
  });

  it('a trainer sees the own trainer record and the own bookings only', async () => {
    const connection = connectAs(org, USERS.wei);
    const trainers = await connection.query<{ Name: string }>('SELECT Name FROM Onboarding_Trainer__c');
    assert.deepEqual(
      trainers.records.map(({ Name }) => Name),
      ['Wei Tan'],
    );
    const bookings = await connection.query<{ Trainer__r: { Name: string } }>(
      'SELECT Trainer__r.Name FROM Training_Booking__c',
    );
    assert.ok(bookings.totalSize > 0);
    assert.ok(bookings.records.every(({ Trainer__r }) => Trainer__r.Name === 'Wei Tan'));
    assert.equal(
      (await connection.query(`SELECT Id FROM Training_Booking__c WHERE Id = '${bookingOfLi}'`)).totalSize,
      0,
    );
    assert.equal(await refusal(org, USERS.wei, 'GET', `${BOOKING}/${bookingOfLi}`), '404 NOT_FOUND');
  });

  it('a trainer changes nothing: neither the own record nor bookings', async () => {
    const changed = { Notes__c: 'x' };
    assert.equal(
      await refusal(org, USERS.wei, 'PATCH', `${BOOKING}/${bookingOfWei}`, changed),
      '403 INSUFFICIENT_ACCESS_OR_READONLY',
    );
    assert.equal(
      await refusal(org, USERS.wei, 'PATCH', `${TRAINER}/${wei}`, { Name: 'x' }),
      '403 INSUFFICIENT_ACCESS_OR_READONLY',
    );
    assert.equal(await refusal(org, USERS.wei, 'POST', BOOKING, booking(wei)), '403 INSUFFICIENT_ACCESS_OR_READONLY');
    assert.equal(
      await refusal(org, USERS.wei, 'DELETE', `${BOOKING}/${bookingOfWei}`),
      '403 INSUFFICIENT_ACCESS_OR_READONLY',
    );
  });

  it('details follow their booking: the timeline of another trainer is not there', async () => {
    const line = (id: string) => ({
      Booking__c: id,
      Key__c: `seen-${id}`,
      Step__c: 'Booked',
      Outcome__c: 'Succeeded',
      Occurred_At__c: '2026-11-26T10:00:00Z',
    });
    const lines = connectAs(org, USERS.integration).sobject('Booking_Timeline__c');
    await lines.create(line(bookingOfLi));
    await lines.create(line(bookingOfWei));
    const seen = await connectAs(org, USERS.wei).query<{ Key__c: string }>('SELECT Key__c FROM Booking_Timeline__c');
    assert.deepEqual(
      seen.records.map(({ Key__c }) => Key__c),
      [`seen-${bookingOfWei}`],
    );
  });

  it('staff create and edit bookings of every trainer, and delete none', async () => {
    const created = await call(org, USERS.staff, 'POST', BOOKING, booking(wei, 310));
    assert.equal(created.status, 201, JSON.stringify(created.body));
    assert.equal((await call(org, USERS.staff, 'PATCH', `${BOOKING}/${bookingOfLi}`, { Notes__c: 'x' })).status, 204);
    assert.equal(
      await refusal(org, USERS.staff, 'DELETE', `${BOOKING}/${bookingOfLi}`),
      '403 INSUFFICIENT_ACCESS_OR_READONLY',
    );
  });

  it('a field that staff may read but not edit is refused in their payload', async () => {
    const url = `${BOOKING}/${bookingOfLi}`;
    assert.equal(
      await refusal(org, USERS.staff, 'PATCH', url, { Revision__c: 9 }),
      '400 INVALID_FIELD_FOR_INSERT_UPDATE',
    );
  });

  it('the middleware writes to bookings that trainers own and deletes none, also not those it made; an administrator may', async () => {
    const url = `${BOOKING}/${bookingOfLi}`;
    const change = { Meeting_Link_Status__c: 'Pending' };
    assert.equal((await call(org, USERS.integration, 'PATCH', url, change)).status, 204);
    assert.equal(await refusal(org, USERS.integration, 'DELETE', url), '403 INSUFFICIENT_ACCESS_OR_READONLY');
    const own = await call(org, USERS.integration, 'POST', BOOKING, booking(li, 330));
    const { id } = own.body as { id: string };
    assert.equal(
      await refusal(org, USERS.integration, 'DELETE', `${BOOKING}/${id}`),
      '403 INSUFFICIENT_ACCESS_OR_READONLY',
    );
    assert.equal((await call(org, USERS.administrator, 'DELETE', `${BOOKING}/${id}`)).status, 204);
  });

  for (const [user, group] of [
    ['staff', 'Trainer_Connect_Staff'],
    ['admin', 'Trainer_Connect_Admins'],
    ['integration', 'Trainer_Connect_Middleware'],
  ] as const) {
    it(`sharing lets ${user} edit: outside of the group the same permission set shows the bookings, but edits none`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'local-org-data-'));
      cpSync(path.resolve(import.meta.dirname, '../../../data'), folder, { recursive: true });
      const file = path.join(folder, 'users.json');
      const users = readFileSync(file, 'utf8');
      assert.ok(users.includes(`"groups": ["${group}"]`));
      writeFileSync(file, users.replaceAll(`"groups": ["${group}"]`, '"groups": []'));
      const other = await startTestOrg({ data: folder });
      try {
        const seen = await connectAs(other, USERS[user]).query<{ Id: string }>('SELECT Id FROM Training_Booking__c');
        assert.equal(seen.totalSize, 30);
        const id = seen.records[0]?.Id;
        assert.equal(
          await refusal(other, USERS[user], 'PATCH', `${BOOKING}/${id}`, { Notes__c: 'x' }),
          '403 INSUFFICIENT_ACCESS_OR_READONLY',
        );
      } finally {
        await other.close();
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('the integration user reads users, but nobody here reads permission set assignments', async () => {
    assert.ok((await connectAs(org, USERS.integration).query('SELECT Id FROM User')).totalSize > 5);
    const url = queryPath('SELECT Id FROM PermissionSetAssignment');
    assert.equal(await refusal(org, USERS.integration, 'GET', url), '400 INVALID_TYPE');
  });

  it('an object without any permission does not exist for the user', async () => {
    const url = queryPath('SELECT Id FROM Account');
    assert.equal(await refusal(org, USERS.wei, 'GET', url), '400 INVALID_TYPE');
    assert.equal(await refusal(org, USERS.wei, 'GET', '/sobjects/Account/describe'), '404 NOT_FOUND');
  });

  it('an owner must be active and able to read the object', async () => {
    const user = async (username: string) =>
      (
        await connectAs(org, USERS.integration).query<{ Id: string }>(
          `SELECT Id FROM User WHERE Username = '${username}'`,
        )
      ).records[0]?.Id;
    const change = async (username: string) =>
      refusal(org, USERS.integration, 'PATCH', `${TRAINER}/${li}`, { OwnerId: await user(username) });
    assert.equal(await change(USERS.inactive), '400 INACTIVE_OWNER_OR_USER');
  });

  it('an inactive user gets no session', () => {
    assert.throws(() => org.sessionFor(USERS.inactive));
  });
});
