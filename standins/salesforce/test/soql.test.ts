import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'jsforce';
import { connectAs, startTestOrg, trainerId, USERS, booking, type TestOrg } from './support.ts';

interface TrainerRow {
  Name: string;
}

describe('SOQL in the local org', () => {
  let org: TestOrg;
  let connection: Connection;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
    connection = connectAs(org, USERS.integration);
    const trainers = connection.sobject('Onboarding_Trainer__c');
    const user = (await connection.query<{ Id: string }>(`SELECT Id FROM User WHERE Username = '${USERS.wei}'`))
      .records[0]?.Id;
    await trainers.create([
      { Name: 'Élodie', Email__c: 'Elodie@Example.com', User__c: user, Reminder_Count__c: 1, Work_Days__c: 'Mon;Tue' },
      { Name: 'bruno', Email__c: 'bruno@example.com', Reminder_Count__c: 5, Work_Days__c: 'Mon;Wed' },
      { Name: 'Zoë_100%', Reminder_Count__c: null, Last_Reminder_At__c: '2026-11-25T23:30:00+02:00', Active__c: false },
      { Name: "O'Brien \\ Sons", Email__c: 'obrien@example.com', Work_Days__c: 'Sun', Reminder_Count__c: null },
    ]);
  });
  after(() => org.close());

  /** Names of the trainers that match, in the order of the answer. */
  const names = async (rest: string) =>
    (await connection.query<TrainerRow>(`SELECT Name FROM Onboarding_Trainer__c ${rest}`)).records.map(
      ({ Name }) => Name,
    );
  const sorted = async (where: string) => names(`WHERE ${where} ORDER BY Name`);
  const [E, B, Z, O] = ['Élodie', 'bruno', 'Zoë_100%', "O'Brien \\ Sons"] as const;

  const conditions: [string, string, string[]][] = [
    ['text is compared without case, also beyond ASCII', "Name = 'éLODIE'", [E]],
    ['e-mail addresses too', "Email__c = 'ELODIE@example.COM'", [E]],
    ['!= includes empty values', "Email__c != 'bruno@example.com'", [O, Z, E]],
    ['NOT includes empty values', "NOT Email__c = 'bruno@example.com'", [O, Z, E]],
    ['NOT IN includes empty values', "Email__c NOT IN ('bruno@example.com', 'obrien@example.com')", [Z, E]],
    ['NOT of a comparison is true for empty values', 'NOT Reminder_Count__c < 4', [B, O, Z]],
    ['a comparison is false for empty values', 'Reminder_Count__c < 4', [E]],
    ['= null', 'Email__c = null', [Z]],
    ['!= null', 'Email__c != null', [B, O, E]],
    ['empty text means null', "Email__c = ''", [Z]],
    ['IN with null', "Email__c IN ('bruno@example.com', null)", [B, Z]],
    ['NOT IN with null', "Email__c NOT IN ('bruno@example.com', null)", [O, E]],
    ['LIKE without case', "Name LIKE 'é%'", [E]],
    ['LIKE with _ as one character', "Name LIKE 'brun_'", [B]],
    ['LIKE with escaped wildcards', String.raw`Name LIKE 'Zo%\_100\%'`, [Z]],
    ['quotes and backslashes are escaped', String.raw`Name = 'O\'Brien \\ Sons'`, [O]],
    ['INCLUDES: all of one, any of several', "Work_Days__c INCLUDES ('Mon;Tue', 'Sun')", [O, E]],
    ['EXCLUDES includes empty values', "Work_Days__c EXCLUDES ('Mon')", [O, Z]],
    ['checkboxes', 'Active__c = false', [Z]],
    ['parentheses decide between AND and OR', "(Name = 'bruno' OR Name = 'Élodie') AND Reminder_Count__c > 2", [B]],
    ['NOT binds to what follows', "NOT Name = 'bruno' AND Email__c != null", [O, E]],
    ['NOT of a group', "NOT (Name = 'bruno' OR Email__c = null)", [O, E]],
    ['nested NOT', "NOT (NOT (Name = 'bruno'))", [B]],
    ['parents in conditions', "User__r.Name = 'wei tan'", [E]],
    ['an empty parent is not equal', "User__r.Name != 'wei tan'", [B, O, Z]],
    ['date-times with an offset', 'Last_Reminder_At__c = 2026-11-25T22:30:00+01:00', [Z]],
    ['date-times in UTC', 'Last_Reminder_At__c >= 2026-11-25T21:30:00Z', [Z]],
    ['semi-join', "Id IN (SELECT Trainer__c FROM Training_Booking__c WHERE Merchant_Name__c != 'x')", []],
    ['anti-join', "Id NOT IN (SELECT Trainer__c FROM Training_Booking__c) AND Name = 'bruno'", [B]],
  ];
  for (const [situation, where, expected] of conditions) {
    it(`${situation}: ${where}`, async () => {
      assert.deepEqual(new Set(await sorted(where)), new Set(expected));
    });
  }

  it('ORDER BY ignores case, empty values come first unless told', async () => {
    assert.deepEqual(await names('ORDER BY Name'), [B, O, Z, E]);
    assert.deepEqual(await names('ORDER BY Email__c'), [Z, B, E, O]);
    assert.deepEqual(await names('ORDER BY Email__c NULLS LAST'), [B, E, O, Z]);
    assert.deepEqual(await names('ORDER BY Reminder_Count__c DESC NULLS LAST, Name LIMIT 2 OFFSET 1'), [E, O]);
  });

  it('ids match with 15 and 18 characters, names without case; the answer has canonical names', async () => {
    const id = await trainerId(org, 'bruno@example.com');
    const found = await connection.query<Record<string, unknown>>(
      `select id, NAME, owner.NAME from onboarding_trainer__c where ID = '${id.slice(0, 15)}'`,
    );
    const [record] = found.records;
    assert.deepEqual(Object.keys(record ?? {}), ['attributes', 'Id', 'Name', 'Owner']);
    assert.equal(record?.['Id'], id);
  });

  it('fields may be qualified by the alias or name of the object', async () => {
    const soql = "SELECT t.Name, t.User__r.Name FROM Onboarding_Trainer__c t WHERE t.Name = 'bruno' ORDER BY t.Name";
    assert.equal((await connection.query<TrainerRow>(soql)).records[0]?.Name, B);
    assert.deepEqual(await names("WHERE Onboarding_Trainer__c.Name = 'bruno'"), [B]);
  });

  it('an absent parent is null, a present one carries its attributes', async () => {
    const found = await connection.query<Record<string, unknown>>(
      'SELECT Name, User__r.Username FROM Onboarding_Trainer__c ORDER BY Name',
    );
    assert.equal(found.records[0]?.['User__r'], null);
    const user = found.records[3]?.['User__r'] as { attributes: { type: string }; Username: string };
    assert.deepEqual([user.attributes.type, user.Username], ['User', USERS.wei]);
  });

  it('children come with their parent, limited each; a parent without children has null', async () => {
    const bruno = await trainerId(org, 'bruno@example.com');
    const bookings = connection.sobject('Training_Booking__c');
    const ids = [await bookings.create(booking(bruno, 24)), await bookings.create(booking(bruno, 48))];
    const found = await connection.query<{ Name: string; Training_Bookings__r: { records: object[] } | null }>(
      'SELECT Name, (SELECT Start__c, Trainer__r.Name FROM Training_Bookings__r ORDER BY Start__c DESC LIMIT 1) FROM Onboarding_Trainer__c ORDER BY Name',
    );
    const [first, second] = found.records;
    assert.deepEqual(
      first?.Training_Bookings__r?.records.map((record) => (record as { Start__c: string }).Start__c),
      ['2026-11-28T10:00:00.000+0000'],
    );
    assert.equal(second?.Training_Bookings__r, null);
    await connectAs(org, USERS.administrator)
      .sobject('Training_Booking__c')
      .destroy(ids.map(({ id }) => id ?? ''));
  });

  it('counts and aggregates', async () => {
    assert.equal((await connection.query('SELECT COUNT() FROM Onboarding_Trainer__c')).totalSize, 4);
    const all = await connection.query<Record<string, unknown>>(
      'SELECT COUNT(Id), COUNT(Email__c) mails, SUM(Reminder_Count__c), MAX(Reminder_Count__c) top FROM Onboarding_Trainer__c',
    );
    const { attributes, ...values } = all.records[0] ?? {};
    assert.deepEqual(attributes, { type: 'AggregateResult' });
    assert.deepEqual(values, { expr0: 4, mails: 3, expr1: 6, top: 5 });
    const grouped = await connection.query<Record<string, unknown>>(
      'SELECT Active__c, COUNT(Id) n FROM Onboarding_Trainer__c GROUP BY Active__c HAVING COUNT(Id) > 1 ORDER BY COUNT(Id)',
    );
    assert.deepEqual(
      grouped.records.map(({ Active__c, n }) => [Active__c, n]),
      [[true, 3]],
    );
    const years = await connection.query<Record<string, unknown>>(
      'SELECT CALENDAR_YEAR(CreatedDate) y, COUNT(Id) FROM Onboarding_Trainer__c GROUP BY CALENDAR_YEAR(CreatedDate)',
    );
    assert.equal(years.records[0]?.['y'], 2026);
  });

  it('FIELDS(ALL) answers every field that the user may read', async () => {
    const found = await connection.query<Record<string, unknown>>(
      "SELECT FIELDS(ALL) FROM Onboarding_Trainer__c WHERE Name = 'bruno' LIMIT 1",
    );
    assert.ok('Lark_Access_Token__c' in (found.records[0] ?? {}));
    assert.ok('SystemModstamp' in (found.records[0] ?? {}));
  });

  it('date literals are read in the zone of the user', async () => {
    // 21:30 UTC of the day before the tests' start is already today in Singapore, where the staff user is.
    const bruno = await trainerId(org, 'bruno@example.com');
    const early = { Start__c: '2026-11-25T21:30:00Z', End__c: '2026-11-25T22:30:00Z' };
    const { id } = await connection.sobject('Training_Booking__c').create(booking(bruno, 24, early));
    const soql = 'SELECT COUNT() FROM Training_Booking__c WHERE Start__c = TODAY';
    assert.equal((await connection.query(soql)).totalSize, 0);
    assert.equal((await connectAs(org, USERS.staff).query(soql)).totalSize, 1);
    await connectAs(org, USERS.administrator)
      .sobject('Training_Booking__c')
      .destroy(id ?? '');
    assert.deepEqual(await names('WHERE Last_Reminder_At__c = YESTERDAY'), [Z]);
    assert.deepEqual(await names('WHERE Last_Reminder_At__c = LAST_N_DAYS:1'), [Z]);
    assert.deepEqual(await names('WHERE Last_Reminder_At__c < TODAY'), [Z]);
    assert.deepEqual(await names('WHERE Last_Reminder_At__c = THIS_WEEK'), [Z]);
    assert.deepEqual(await names('WHERE Last_Reminder_At__c = N_DAYS_AGO:1'), [Z]);
    assert.deepEqual(await names('WHERE Last_Reminder_At__c = NEXT_MONTH'), []);
  });

  it('deleted records appear in queryAll only', async () => {
    const { id } = await connection.sobject('Onboarding_Trainer__c').create({ Name: 'Leaver' });
    await connection.sobject('Onboarding_Trainer__c').destroy(id ?? '');
    const soql = "SELECT Id, IsDeleted FROM Onboarding_Trainer__c WHERE Name = 'Leaver'";
    assert.equal((await connection.query(soql)).totalSize, 0);
    const all = await connection.query<{ IsDeleted: boolean }>(soql, { scanAll: true });
    assert.equal(all.records[0]?.IsDeleted, true);
  });
});
