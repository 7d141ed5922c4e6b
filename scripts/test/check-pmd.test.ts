import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { checkPmd } from '../check-pmd.ts';
import { hasJava } from '../checks/apex-semantics.ts';
import { assertFound, REPOSITORY, seededCopy, type Fault } from './seeded-faults.ts';

const CLASS = 'main/default/classes/Seeded.cls';

const LINES = [
  'public with sharing class Seeded {',
  '  public static List<Lead> found(String name) {',
  "    return Database.query('SELECT Id FROM Lead WHERE Name = \\'' + name + '\\'');",
  '  }',
  '  public static List<Account> named(List<String> names) {',
  '    List<Account> accounts = new List<Account>();',
  '    for (String name : names) {',
  '      accounts.addAll([SELECT Id FROM Account WHERE Name = :name WITH USER_MODE]);',
  '    }',
  '    return accounts;',
  '  }',
  '  public static void save(Account account) {',
  '    try {',
  '      insert account;',
  '    } catch (DmlException error) {',
  '    }',
  '  }',
  '}',
  '',
];

const at = (name: string, line: string, says: RegExp): Fault => ({ name, file: CLASS, to: '', at: line, says });

const faults = [
  at('a query made of what somebody typed', 'Database.query(', /ApexSOQLInjection: Avoid untrusted/),
  at('a query in a loop', '[SELECT Id FROM Account', /OperationWithLimitsInLoop/),
  at('a save past the permissions of the user', 'insert account', /ApexCRUDViolation/),
  at('an error that is swallowed', 'catch (DmlException', /EmptyCatchBlock/),
];

describe("PMD's rules for Apex", () => {
  const copy = seededCopy([{ file: CLASS, to: LINES.join('\n') }]);
  after(() => copy[Symbol.dispose]());
  const report = checkPmd({ root: copy.root, requireAll: false });

  for (const fault of faults) {
    it(`find ${fault.name}`, async (t) => {
      if (!hasJava()) return void t.diagnostic('no Java here: left to a machine that has it');
      assertFound((await report).problems, copy.root, fault);
    });
  }

  it('find nothing else', async () => {
    const { problems } = await report;
    assert.deepEqual(
      problems.filter((problem) => !problem.startsWith(`force-app/${CLASS}:`)),
      [],
    );
  });

  it('without Java leave a named notice, or fail where everything is required', async () => {
    const given = { root: REPOSITORY, java: false };
    assert.match((await checkPmd({ ...given, requireAll: false })).notices.join(), /Java 17 was not found/);
    assert.match((await checkPmd({ ...given, requireAll: true })).problems.join(), /Java 17 was not found/);
  });
});
