import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { loadProgram } from '../../apex/load-program.ts';
import { createApexRuntime } from '../../apex/runtime.ts';
import { UnsupportedApex } from '../../apex/values.ts';

/** A package with one class whose only method has this body. */
function load(body: string, about = 'public with sharing class', meta = true) {
  const folder = mkdtempSync(path.join(tmpdir(), 'apex-vocabulary-'));
  try {
    const classes = path.join(folder, 'classes');
    mkdirSync(classes);
    writeFileSync(
      path.join(classes, 'Sample.cls'),
      `${about} Sample { @AuraEnabled public static Object run(String name) { ${body} } }`,
    );
    if (meta) writeFileSync(path.join(classes, 'Sample.cls-meta.xml'), '<ApexClass/>');
    return createApexRuntime(loadProgram([folder]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const QUERY = 'List<User> found = [SELECT Id FROM User WHERE Name = :name WITH USER_MODE]; return found.size();';

async function run(body: string, name: string): Promise<{ result: unknown; asked: string[] }> {
  const asked: string[] = [];
  const world = {
    userId: '005000000000001AAA',
    orgId: '00D000000000001AAA',
    hasCustomPermission: () => false,
    read: (address: string) => {
      asked.push(decodeURIComponent(address));
      return Promise.resolve({ status: 200, body: { totalSize: 0, done: true, records: [] } });
    },
    send: () => Promise.reject(new Error('no callouts here')),
  };
  const user = { username: 'somebody', apexClasses: new Set(['Sample']), world };
  return { result: await load(body).call(user, 'Sample.run', { name }), asked };
}

describe('the small vocabulary of Apex', () => {
  it('what a person typed stays inside the quotes of a query, and the clause for the mode is left out', async () => {
    const { asked } = await run(QUERY, "x' OR Name != '\\");
    assert.deepEqual(asked, ["/query?q=SELECT Id FROM User WHERE Name = 'x\\' OR Name != \\'\\\\' "]);
  });

  it('texts are equal without regard to case, as in Apex', async () => {
    assert.equal((await run("return name == 'LARK';", 'lark')).result, true);
  });

  it('reading from null is caught like on the platform', async () => {
    const body =
      "Map<String, String> m = new Map<String, String>(); try { return m.get('x').length(); } catch (Exception e) { return e.getMessage(); }";
    assert.equal((await run(body, '')).result, 'Attempt to de-reference a null object');
  });

  it('what came out of JSON is cast to a map only if it is one', async () => {
    const body =
      'try { Map<String, Object> m = (Map<String, Object>) JSON.deserializeUntyped(name); return m.keySet(); } catch (Exception e) { return e.getMessage(); }';
    assert.deepEqual((await run(body, '{"a":1}')).result, ['a']);
    assert.equal((await run(body, '"a"')).result, 'Invalid conversion from runtime type to Map');
  });

  it('a number becomes a text, and nothing stays nothing', async () => {
    assert.equal((await run('return String.valueOf(50);', '')).result, '50');
    assert.equal((await run('return String.valueOf(null);', '')).result, null);
  });

  it('rights on objects are asked from the describe', async () => {
    const right = (name: string) => run(`return Schema.sObjectType.Training_Booking__c.${name}();`, '');
    assert.deepEqual((await right('isUpdateable')).asked, ['/sobjects/Training_Booking__c/describe']);
    assert.equal((await right('isUpdateable')).result, false);
    assert.throws(() => load('return Schema.sObjectType.User.isQueryable();'), UnsupportedApex);
  });

  const refused: [string, string][] = [
    ['a query in system mode', 'List<User> u = [SELECT Id FROM User]; return u.size();'],
    ['a query for one record', 'User u = [SELECT Id FROM User WITH USER_MODE]; return u.Id;'],
    [
      'a bind below OR',
      "List<User> u = [SELECT Id FROM User WHERE Name = :name OR Name = 'x' WITH USER_MODE]; return 1;",
    ],
    ['dynamic SOQL', "return Database.query('SELECT Id FROM User');"],
    ['DML', 'delete new List<User>(); return 1;'],
    ['a while loop', 'while (true) { return 1; }'],
    ['a counting loop', 'for (Integer i = 0; i < 2; i++) { return i; } return 1;'],
    ['finally', 'try { return 1; } finally { return 2; }'],
    ['an unknown name', 'return nobody;'],
    ['an unknown class', 'return Other.run(name);'],
    ['an unknown method', 'return name.reverse();'],
    ['a variable out of its block', 'if (true) { String x = name; } return x;'],
    ['an escape in a text', String.raw`return 'a\nb';`],
    ['an array', 'String[] x = new String[2]; return 1;'],
    ['a syntax error', 'return name'],
  ];
  for (const [name, body] of refused) {
    it(`${name} is refused when it is read`, () => {
      assert.throws(() => load(body), UnsupportedApex);
    });
  }

  it('a class without its meta file is refused: it would silently not be deployed', () => {
    assert.throws(() => load('return 1;', undefined, false), /no -meta.xml/);
  });

  it('test classes are left out', () => {
    assert.deepEqual(load('return nobody;', '@IsTest private class').methods(), []);
  });
});
