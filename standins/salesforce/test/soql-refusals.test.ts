import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, queryPath, refusal, startTestOrg, USERS, type TestOrg } from './support.ts';

const T = 'FROM Onboarding_Trainer__c';
const B = 'FROM Training_Booking__c';
const CHILDREN = '(SELECT Id FROM Training_Bookings__r)';

const REFUSED: [string, string, string][] = [
  ['no query', '', 'MALFORMED_QUERY'],
  ['what does not parse', 'SELECT FROM', 'MALFORMED_QUERY'],
  ['AND beside OR', `SELECT Id ${T} WHERE Name = 'a' AND Name = 'b' OR Name = 'c'`, 'MALFORMED_QUERY'],
  ['unknown object', 'SELECT Id FROM Nothing__c', 'INVALID_TYPE'],
  ['unknown field', `SELECT Nothing__c ${T}`, 'INVALID_FIELD'],
  ['unknown relationship', `SELECT Nothing__r.Name ${T}`, 'INVALID_FIELD'],
  ['unknown child relationship', `SELECT Id, (SELECT Id FROM Nothings__r) ${T}`, 'INVALID_TYPE'],
  ['field twice', `SELECT Id, id ${T}`, 'MALFORMED_QUERY'],
  ['quotes around a number', `SELECT Id ${T} WHERE Reminder_Count__c = '1'`, 'INVALID_FIELD'],
  ['quotes around a date-time', `SELECT Id ${T} WHERE CreatedDate > '2026-01-01T00:00:00Z'`, 'INVALID_FIELD'],
  ['quotes around a checkbox', `SELECT Id ${T} WHERE Active__c = 'true'`, 'INVALID_FIELD'],
  ['text without quotes', `SELECT Id ${T} WHERE Name = 5`, 'INVALID_FIELD'],
  ['date for a date-time', `SELECT Id ${T} WHERE CreatedDate > 2026-01-01`, 'INVALID_FIELD'],
  ['date literal for a text', `SELECT Id ${T} WHERE Name = TODAY`, 'INVALID_FIELD'],
  ['malformed id', `SELECT Id ${T} WHERE Id = 'abc'`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['wrong checksum', `SELECT Id ${T} WHERE Id = 'a04TC0000000001AAA'`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['filter on a long text', `SELECT Id ${T} WHERE Lark_Access_Token__c != null`, 'INVALID_FIELD'],
  ['order by a long text', `SELECT Id ${T} ORDER BY Lark_Access_Token__c`, 'INVALID_FIELD'],
  [
    'group by a long text',
    `SELECT Lark_Access_Token__c, COUNT(Id) ${T} GROUP BY Lark_Access_Token__c`,
    'INVALID_FIELD',
  ],
  ['group by a date-time', `SELECT CreatedDate, COUNT(Id) ${T} GROUP BY CreatedDate`, 'INVALID_FIELD'],
  ['LIKE on a number', `SELECT Id ${T} WHERE Reminder_Count__c LIKE '1%'`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['LIKE on an id', `SELECT Id ${T} WHERE Id LIKE 'a%'`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['INCLUDES on a text', `SELECT Id ${T} WHERE Name INCLUDES ('a')`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['< on a checkbox', `SELECT Id ${T} WHERE Active__c < true`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['< null', `SELECT Id ${T} WHERE Name < null`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['field neither grouped nor aggregated', `SELECT Name, COUNT(Id) ${T}`, 'MALFORMED_QUERY'],
  ['alias of a plain field', `SELECT Name n ${T}`, 'MALFORMED_QUERY'],
  ['HAVING without GROUP BY', `SELECT COUNT(Id) ${T} HAVING COUNT(Id) > 1`, 'MALFORMED_QUERY'],
  ['order by what is not grouped', `SELECT COUNT(Id) ${T} GROUP BY Active__c ORDER BY Name`, 'MALFORMED_QUERY'],
  ['SUM of a text', `SELECT SUM(Name) ${T}`, 'MALFORMED_QUERY'],
  ['COUNT() beside a field', `SELECT COUNT(), Name ${T}`, 'MALFORMED_QUERY'],
  ['ROLLUP', `SELECT COUNT(Id) ${T} GROUP BY ROLLUP(Active__c)`, 'MALFORMED_QUERY'],
  ['unknown function', `SELECT toLabel(Time_Zone__c) ${T}`, 'MALFORMED_QUERY'],
  ['FIELDS(ALL) without LIMIT', `SELECT FIELDS(ALL) ${T}`, 'MALFORMED_QUERY'],
  ['FIELDS(ALL) with too high a LIMIT', `SELECT FIELDS(ALL) ${T} LIMIT 201`, 'MALFORMED_QUERY'],
  ['too high an OFFSET', `SELECT Id ${T} OFFSET 2001`, 'NUMBER_OUTSIDE_VALID_RANGE'],
  ['FOR UPDATE', `SELECT Id ${T} FOR UPDATE`, 'MALFORMED_QUERY'],
  ['FOR VIEW', `SELECT Id ${T} FOR VIEW`, 'MALFORMED_QUERY'],
  ['USING SCOPE', `SELECT Id ${T} USING SCOPE mine`, 'MALFORMED_QUERY'],
  ['WITH USER_MODE outside of Apex', `SELECT Id ${T} WITH USER_MODE`, 'MALFORMED_QUERY'],
  ['ALL ROWS', `SELECT Id ${T} ALL ROWS`, 'MALFORMED_QUERY'],
  ['Apex binds', `SELECT Id ${T} WHERE Name = :name`, 'MALFORMED_QUERY'],
  ['TYPEOF', `SELECT TYPEOF Owner WHEN User THEN Name END ${T}`, 'MALFORMED_QUERY'],
  ['fiscal dates', `SELECT Id ${T} WHERE CreatedDate = THIS_FISCAL_YEAR`, 'MALFORMED_QUERY'],
  ['currency literals', `SELECT Id ${T} WHERE Reminder_Count__c = USD5`, 'MALFORMED_QUERY'],
  [
    'semi-join under OR',
    `SELECT Id ${T} WHERE Name = 'a' OR Id IN (SELECT Trainer__c FROM Training_Booking__c)`,
    'MALFORMED_QUERY',
  ],
  ['semi-join on a text', `SELECT Id ${T} WHERE Name IN (SELECT Name FROM Training_Booking__c)`, 'MALFORMED_QUERY'],
  [
    'children of children',
    `SELECT Id, (SELECT Id, (SELECT Id FROM Timeline_Entries__r) FROM Training_Bookings__r) ${T}`,
    'MALFORMED_QUERY',
  ],
  ['all columns', `SELECT * ${T}`, 'MALFORMED_QUERY'],
  ['DISTINCT', `SELECT DISTINCT Name ${T}`, 'MALFORMED_QUERY'],
  ['an empty list', `SELECT Id ${T} WHERE Id IN ()`, 'MALFORMED_QUERY'],
  ['two objects', 'SELECT Id FROM Onboarding_Trainer__c, User', 'MALFORMED_QUERY'],
  ['a path in FROM', `SELECT Id ${B} b, b.Trainer__r t`, 'MALFORMED_QUERY'],
  ['an alias that was not given', `SELECT x.Name ${T} t`, 'INVALID_FIELD'],
  ['a parent without a field', `SELECT User__r ${T}`, 'INVALID_FIELD'],
  ['a lookup used as a relationship', `SELECT Trainer__c.Name ${B}`, 'INVALID_FIELD'],
  ['children used as a parent', `SELECT Training_Bookings__r.Name ${T}`, 'INVALID_FIELD'],
  ['a path beyond five parents', `SELECT Trainer__r.${'CreatedBy.Profile.'.repeat(3)}Name ${B}`, 'MALFORMED_QUERY'],
  ['the same children twice', `SELECT Id, ${CHILDREN}, ${CHILDREN} ${T}`, 'MALFORMED_QUERY'],
  ['children beside an aggregate', `SELECT COUNT(Id), ${CHILDREN} ${T}`, 'MALFORMED_QUERY'],
  ['a count of children', `SELECT Id, (SELECT COUNT() FROM Training_Bookings__r) ${T}`, 'MALFORMED_QUERY'],
  ['a negative LIMIT', `SELECT Id ${T} LIMIT -1`, 'MALFORMED_QUERY'],
  ['a negative OFFSET', `SELECT Id ${T} OFFSET -1`, 'MALFORMED_QUERY'],
  ['OFFSET before LIMIT', `SELECT Id ${T} OFFSET 1 LIMIT 1`, 'MALFORMED_QUERY'],
  ['double quotes', `SELECT Id ${T} WHERE Name = "a"`, 'MALFORMED_QUERY'],
  ['a text without an end', `SELECT Id ${T} WHERE Name = 'a`, 'MALFORMED_QUERY'],
  ['==', `SELECT Id ${T} WHERE Name == 'a'`, 'MALFORMED_QUERY'],
  ['IS NULL', `SELECT Id ${T} WHERE Name IS NULL`, 'MALFORMED_QUERY'],
  ['BETWEEN', `SELECT Id ${T} WHERE Name BETWEEN 'a' AND 'b'`, 'MALFORMED_QUERY'],
  ['a field compared with a field', `SELECT Id ${T} WHERE Name = Email__c`, 'MALFORMED_QUERY'],
  ['a semicolon', `SELECT Id ${T};`, 'MALFORMED_QUERY'],
  ['a comment', `SELECT Id /* why */ ${T}`, 'MALFORMED_QUERY'],
  ['an update', "UPDATE Onboarding_Trainer__c SET Name = 'a'", 'MALFORMED_QUERY'],
  ['a number for a checkbox', `SELECT Id ${T} WHERE Active__c = 1`, 'INVALID_FIELD'],
  ['a number with an exponent', `SELECT Id ${T} WHERE Reminder_Count__c > 5e3`, 'MALFORMED_QUERY'],
  ['a time', `SELECT Id ${T} WHERE CreatedDate > 09:30:00.000Z`, 'MALFORMED_QUERY'],
  ['a day that does not exist', `SELECT Id ${T} WHERE CreatedDate > 2026-02-30T00:00:00Z`, 'MALFORMED_QUERY'],
  ['an instant without a zone', `SELECT Id ${T} WHERE CreatedDate > 2026-01-01T00:00:00`, 'MALFORMED_QUERY'],
  ['no days at all', `SELECT Id ${T} WHERE CreatedDate = LAST_N_DAYS:0`, 'MALFORMED_QUERY'],
  ['order by a multi-select', `SELECT Id ${T} ORDER BY Work_Days__c`, 'INVALID_FIELD'],
  ['order by a number of a column', `SELECT Id ${T} ORDER BY 1`, 'MALFORMED_QUERY'],
  ['IN on a multi-select', `SELECT Id ${T} WHERE Work_Days__c IN ('Mon')`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['an aggregate in WHERE', `SELECT Id ${T} WHERE COUNT(Id) > 1`, 'MALFORMED_QUERY'],
  ['an alias twice', `SELECT COUNT(Id) n, SUM(Reminder_Count__c) n ${T}`, 'MALFORMED_QUERY'],
  ['an alias that is a selected field', `SELECT COUNT(Id) Name, Name ${T} GROUP BY Name`, 'MALFORMED_QUERY'],
  ['MAX of a checkbox', `SELECT MAX(Active__c) ${T}`, 'MALFORMED_QUERY'],
  ['CUBE', `SELECT COUNT(Id) ${T} GROUP BY CUBE(Active__c)`, 'MALFORMED_QUERY'],
  ['FIELDS beside one of its fields', `SELECT FIELDS(ALL), Id ${T} LIMIT 1`, 'MALFORMED_QUERY'],
  [
    'semi-joins inside each other',
    `SELECT Id ${T} WHERE Id IN (SELECT Trainer__c ${B} WHERE Id IN (SELECT Booking__c FROM Booking_Timeline__c))`,
    'MALFORMED_QUERY',
  ],
  ['a semi-join with LIMIT', `SELECT Id ${T} WHERE Id IN (SELECT Trainer__c ${B} LIMIT 1)`, 'MALFORMED_QUERY'],
  ['a sub-select behind =', `SELECT Id ${T} WHERE Id = (SELECT Trainer__c ${B})`, 'INVALID_QUERY_FILTER_OPERATOR'],
  ['WITH SYSTEM_MODE outside of Apex', `SELECT Id ${T} WITH SYSTEM_MODE`, 'MALFORMED_QUERY'],
  ['WITH SECURITY_ENFORCED outside of Apex', `SELECT Id ${T} WITH SECURITY_ENFORCED`, 'MALFORMED_QUERY'],
  ['UPDATE VIEWSTAT', `SELECT Id ${T} UPDATE VIEWSTAT`, 'MALFORMED_QUERY'],
  ['an object of the Tooling API', 'SELECT Id FROM ApexClass', 'INVALID_TYPE'],
];

describe('SOQL that the local org refuses', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
  });
  after(() => org.close());

  for (const [situation, soql, expected] of REFUSED) {
    it(`${situation} is refused with ${expected}`, async () => {
      assert.equal(await refusal(org, USERS.integration, 'GET', queryPath(soql)), `400 ${expected}`);
    });
  }

  it('everything is refused by queryAll and by a bulk query in the same words', async () => {
    const seen = REFUSED.filter(([, soql]) => soql !== '');
    for (const [situation, soql, expected] of seen) {
      const all = await refusal(org, USERS.integration, 'GET', queryPath(soql).replace('/query', '/queryAll'));
      assert.equal(all, `400 ${expected}`, situation);
      const job = { operation: 'query', query: soql };
      assert.equal(await refusal(org, USERS.integration, 'POST', '/jobs/query', job), `400 ${expected}`, situation);
    }
  });

  it('what is known without WITH USER_MODE is found: the refusals above are not about anything else', async () => {
    const { status } = await call(org, USERS.integration, 'GET', queryPath(`SELECT Id ${T}`));
    assert.equal(status, 200);
  });

  it('an unknown locator and malformed query options are refused', async () => {
    assert.equal(await refusal(org, USERS.integration, 'GET', '/query/01gTC-2000'), '400 INVALID_QUERY_LOCATOR');
    assert.equal(
      await refusal(org, USERS.integration, 'GET', `${queryPath('SELECT Id FROM User')}&x=1`),
      '400 INVALID_ARGUMENT',
    );
  });
});
