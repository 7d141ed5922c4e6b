import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkApex } from '../check-apex.ts';
import { hasJava } from '../checks/apex-semantics.ts';
import { REPOSITORY, seededCopy, type Change } from './seeded-faults.ts';

const CLASSES = 'main/default/classes';

/** The problems of a copy with these changes. */
function problemsOf(changes: readonly Change[], java = false): string[] {
  using copy = seededCopy(changes);
  return checkApex({ root: copy.root, requireAll: false, java }).problems;
}

const inClass = (name: string, from: string, to: string): Change => ({ file: `${CLASSES}/${name}.cls`, from, to });

describe('the offline checks of the Apex', () => {
  it('find nothing in the repository', () => {
    assert.deepEqual(problemsOf([], hasJava()), []);
  });

  it('without Java leave a named notice, or fail where everything is required', () => {
    const given = { root: REPOSITORY, java: false };
    assert.match(checkApex({ ...given, requireAll: false }).notices.join(), /Java 17 was not found/);
    assert.match(checkApex({ ...given, requireAll: true }).problems.join(), /Java 17 was not found/);
  });

  const seeded: [string, Change, RegExp][] = [
    [
      'a field that does not exist, in WHERE',
      inClass('TrainerConnectGuard', 'AND User__c =', 'AND Usr__c ='),
      /^force-app\/main\/default\/classes\/TrainerConnectGuard\.cls:\d+: INVALID_FIELD \(.*Usr__c.*\): correct/m,
    ],
    [
      'a field that does not exist, in SELECT',
      inClass('TrainingBookingController', 'Sync_Error__c,', 'Sync_Eror__c,'),
      /INVALID_FIELD.*Sync_Eror__c/s,
    ],
    [
      'a relationship that does not exist',
      inClass('TrainingBookingController', 'Trainer__r.Name,', 'Coach__r.Name,'),
      /INVALID_FIELD.*Coach__r/s,
    ],
    [
      'a child relationship that does not exist',
      inClass('TrainingBookingController', 'FROM Timeline_Entries__r', 'FROM Timelines__r'),
      /INVALID_TYPE.*Timelines__r/s,
    ],
    [
      'a field that a test asks of a platform object',
      inClass('TrainerConnectMock', 'WHERE Name = :resource', 'WHERE Label = :resource'),
      /StaticResource has no Label/,
    ],
    [
      'a query without user mode',
      inClass('TrainerConnectGuard', 'WITH USER_MODE', ''),
      /TrainerConnectGuard\.cls:\d+: the query lacks WITH USER_MODE: add it/,
    ],
    [
      'a class without sharing',
      inClass('TrainerConnectGuard', 'public with sharing', 'public'),
      /TrainerConnectGuard\.cls: a class without "with sharing"/,
    ],
    [
      'a call to a method that does not exist',
      inClass('TrainerConnectionsController', 'requireAdmin()', 'requireBoss()'),
      /requireBoss, which does not exist/,
    ],
    [
      'a public method that no test calls',
      inClass(
        'TrainerConnectGuard',
        'private static Boolean isAdmin()',
        'public static void requireNothing() {\n  }\n\n  private static Boolean isAdmin()',
      ),
      /classes\/TrainerConnectGuard\.cls:\d+: no test calls TrainerConnectGuard\.requireNothing: call it in TrainerConnectGuardTest/,
    ],
    [
      'a public method whose tests are gone',
      { file: `${CLASSES}/TrainerConnectExceptionTest.cls` },
      /classes\/TrainerConnectException\.cls:\d+: no test calls TrainerConnectException\.ofAnswer/,
    ],
    [
      'a public method that is only called like one of another class',
      inClass(
        'TrainerConnectMiddleware',
        '  /** Sends the filled members',
        '  public static void requireAdmin() {\n  }\n\n  /** Sends the filled members',
      ),
      /no test calls TrainerConnectMiddleware\.requireAdmin/,
    ],
    [
      'a test that asks how the message for a component begins, which is JSON',
      inClass('TrainerConnectionsControllerTest', "contains('Only an admin')", "startsWith('Only an admin')"),
      /TrainerConnectionsControllerTest\.cls:31: the message of an AuraHandledException is JSON.*: ask contains/,
    ],
    [
      'a test that creates a user after Test.startTest()',
      inClass(
        'ConnectionMonitorControllerTest',
        'System.runAs(boss)',
        "System.runAs(TrainerConnectTestUsers.admin('b'))",
      ),
      /ConnectionMonitorControllerTest\.cls:\d+: getConnections_asksForOnePage saves records and sets a mock/,
    ],
    [
      'a test that saves records and never starts',
      inClass('ConnectionSetupControllerTest', 'Test.startTest();', ''),
      /ConnectionSetupControllerTest\.cls:8: .*without Test\.startTest\(\).*: create users and records first/,
    ],
    [
      'a test whose mock is set, in a method of its own, before Test.startTest()',
      inClass(
        'TrainingBookingControllerTest',
        'Test.startTest();\n    TrainerConnectMock mock = answeringWithTheBooking();',
        'TrainerConnectMock mock = answeringWithTheBooking();\n    Test.startTest();',
      ),
      /TrainingBookingControllerTest\.cls:\d+: reschedule_sendsTheNewTime saves/,
    ],
  ];
  for (const [name, change, expected] of seeded) {
    it(`find ${name}`, () => {
      assert.match(problemsOf([change]).join('\n'), expected);
    });
  }

  it('find, with Java, what only the compiler would: a wrong type, and a field that a test sets', (t) => {
    if (!hasJava()) return void t.diagnostic('no Java here: left to a machine that has it');
    const problems = problemsOf(
      [
        inClass(
          'TrainerConnectMiddleware',
          'private static final Integer TIMEOUT_MS = 20000',
          'private static final Integr TIMEOUT_MS = 20000',
        ),
        inClass('TrainerConnectTestUsers', 'Email__c = person.Email', 'Mail__c = person.Email'),
      ],
      true,
    ).join('\n');
    assert.match(problems, /TrainerConnectMiddleware\.cls:\d+: .*Integr/);
    assert.match(problems, /TrainerConnectTestUsers\.cls:\d+: .*Mail__c/);
  });
});
