import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { checkApex } from '../check-apex.ts';
import { hasJava } from '../checks/apex-semantics.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const CLASSES = 'force-app/main/default/classes';
const FLOW = 'force-app/main/default/flows/Training_Booking_Sync.flow-meta.xml';
const CALLOUT_SET = 'force-app/main/default/permissionsets/Trainer_Connect_Callout.permissionset-meta.xml';

interface Change {
  file: string;
  from: string;
  to: string;
}

/** The problems of a copy with these changes. */
function problemsOf(changes: readonly Change[], java = false): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'checked-'));
  try {
    cpSync(path.join(REPOSITORY, 'force-app'), path.join(root, 'force-app'), { recursive: true });
    for (const { file, from, to } of changes) {
      const place = path.join(root, file);
      const text = readFileSync(place, 'utf8');
      assert.ok(text.includes(from), `${file} does not hold "${from}"`);
      writeFileSync(
        place,
        text.replace(from, () => to),
      );
    }
    return checkApex({ root, requireAll: false, java }).problems;
  } finally {
    rmSync(root, { recursive: true });
  }
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
      /TrainerConnectGuard\.cls:\d+ INVALID_FIELD.*Usr__c/s,
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
      /TrainerConnectGuard\.cls:\d+ lacks WITH USER_MODE/,
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
      'a named credential that does not exist',
      inClass('TrainerConnectMiddleware', 'callout:Trainer_Connect', 'callout:Trainer_Conect'),
      /named credential Trainer_Conect does not exist/,
    ],
    [
      'a permission set that opens a class that does not exist',
      { file: CALLOUT_SET, from: 'TrainingBookingSync<', to: 'TrainingBookingSink<' },
      /class TrainingBookingSink does not exist[^]*class TrainingBookingSync: no permission set opens it/,
    ],
    [
      'a principal that does not exist',
      { file: CALLOUT_SET, from: 'Trainer_Connect-Service', to: 'Trainer_Connect - Service' },
      /principal Trainer_Connect - Service does not exist/,
    ],
    [
      'a flow whose class does not exist',
      { file: FLOW, from: '<actionName>TrainingBookingSync', to: '<actionName>TrainingBookingSink' },
      /flow Training_Booking_Sync: TrainingBookingSink has no invocable method/,
    ],
    [
      'a flow that gives an input that the class does not take',
      { file: FLOW, from: '<name>bookingId', to: '<name>booking' },
      /input booking does not exist/,
    ],
    [
      'a flow whose entry condition names no field',
      { file: FLOW, from: '<field>Sync_Key__c', to: '<field>Sync_Kee__c' },
      /Training_Booking__c has no Sync_Kee__c/,
    ],
    [
      'an invocable that does not say that it calls out',
      inClass('TrainingBookingSync', 'callout=true', 'callout=false'),
      /calls out without callout=true/,
    ],
    [
      'a named credential whose external credential does not exist',
      {
        file: 'force-app/main/default/namedCredentials/Trainer_Connect.namedCredential-meta.xml',
        from: '<externalCredential>Trainer_Connect',
        to: '<externalCredential>Trainer_Conect',
      },
      /external credential Trainer_Conect does not exist/,
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
    assert.match(problems, /TrainerConnectMiddleware\.cls:\d+ .*Integr/);
    assert.match(problems, /TrainerConnectTestUsers\.cls:\d+ .*Mail__c/);
  });
});
