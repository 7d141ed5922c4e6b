import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byKey, type Component, type Components } from '../../standins/salesforce/metadata/component.ts';
import { aboutMiddlewareGroup, aboutReaders } from '../org/about-access.ts';
import { aboutLanguages } from '../org/about-languages.ts';
import { aboutLicence, aboutMails, aboutOrg } from '../org/about-org.ts';
import { aboutTrainerObject } from '../org/about-trainer-object.ts';
import { aboutTrainers } from '../org/about-trainers.ts';
import type { Rows } from '../org/queries.ts';
import type { Finding } from '../org/report.ts';
import { SfError } from '../org/sf.ts';
import { packageComponents } from '../org/target.ts';

// What the local org cannot be brought to answer: editions, licences, limits and languages of other orgs.

const rows = (...records: Record<string, unknown>[]): Rows => ({ totalSize: records.length, records });
const refused = new SfError('INVALID_TYPE', 'it is not supported', undefined);
const component = (type: string, name: string, inner: string): Component => ({
  type,
  name,
  file: name,
  line: 1,
  xml: `<${type}>${inner}</${type}>`,
  parts: new Map(),
});
const settings = (name: string, inner: string): Components => byKey([component('Settings', name, inner)]);
const nothing: Components = byKey([]);

function only(findings: readonly Finding[]): Finding {
  assert.equal(findings.length, 1, JSON.stringify(findings));
  return findings[0] ?? assert.fail();
}

function check(finding: Finding, level: Finding['level'], what: RegExp, remedy?: RegExp): void {
  assert.equal(finding.level, level, finding.what);
  assert.match(finding.what, what);
  if (remedy) assert.match(finding.remedy ?? '', remedy);
  else assert.equal(finding.remedy, undefined);
}

describe('preflight about the org', () => {
  const org = { username: 'a@example.org', apiVersion: '66.0', instanceUrl: 'https://example.org' };
  const edition = (OrganizationType: string, IsSandbox: boolean) => rows({ Name: 'A', OrganizationType, IsSandbox });

  it('flows arrive inactive in production', () => {
    const [, flows] = aboutOrg(org, edition('Enterprise Edition', false), nothing);
    assert.ok(flows);
    check(flows, 'warning', /production org: flows arrive inactive/, /Process Automation Settings/);
    const off = settings('Flow', '<enableFlowDeployAsActiveEnabled>false</enableFlowDeployAsActiveEnabled>');
    assert.equal(aboutOrg(org, edition('Enterprise Edition', false), off)[1]?.level, 'warning');
  });

  it('flows arrive active where the org deploys them so, in a sandbox and in a Developer Edition', () => {
    const on = settings('Flow', '<enableFlowDeployAsActiveEnabled>true</enableFlowDeployAsActiveEnabled>');
    for (const [organization, theirs] of [
      [edition('Enterprise Edition', false), on],
      [edition('Enterprise Edition', true), nothing],
      [edition('Developer Edition', false), nothing],
    ] as const) {
      const [, flows] = aboutOrg(org, organization, theirs);
      assert.ok(flows);
      check(flows, 'info', /Flows will be active/);
    }
  });

  it('an older release is an error', () => {
    const [, release] = aboutOrg({ ...org, apiVersion: '64.0' }, edition('Developer Edition', false), nothing);
    assert.ok(release);
    check(release, 'error', /API 64\.0, the package needs 65\.0/, /wait for the release/);
  });

  it('fewer mails a day than reminders need, and a limit that is not told', () => {
    check(only(aboutMails({ Max: 15, Remaining: 15 })), 'warning', /15 of 15 left/, /spread over several days/);
    check(only(aboutMails({ Max: 5000, Remaining: 0 })), 'info', /0 of 5000 left/);
    check(only(aboutMails(undefined)), 'warning', /does not say/, /Company Information/);
  });

  it('no licence is left, there is none at all, and some are', () => {
    const licence = (TotalLicenses: number, UsedLicenses: number) =>
      only(aboutLicence(rows({ TotalLicenses, UsedLicenses })));
    check(licence(1, 1), 'warning', /No licence/, /free one/);
    check(only(aboutLicence(rows())), 'warning', /No licence/, /free one/);
    check(licence(5, 1), 'info', /4 left/);
  });
});

describe('preflight about trainers', () => {
  const withEmail = byKey([component('CustomField', 'Onboarding_Trainer__c.Email__c', '<type>Email</type>')]);
  const fine = { withoutEmail: rows(), sameEmail: rows(), sameUser: rows() };

  it('two active trainers of one user', () => {
    const answers = { ...fine, sameUser: rows({ n: 2, User__c: '005000000000001AAA' }) };
    const finding = only(aboutTrainers(withEmail, answers));
    check(finding, 'error', /2 active trainers belong to the user 005000000000001AAA/, /clear User__c or Active__c/);
  });

  it('no field for the e-mail', () => {
    check(only(aboutTrainers(nothing, fine)), 'error', /has no field Email__c/, /create it in Setup/);
  });

  it('trainers that may not be read, and not what else was refused', () => {
    const finding = only(aboutTrainers(withEmail, { ...fine, sameUser: refused }));
    check(finding, 'warning', /Trainers could not be read: it is not supported/, /give yourself Read/);
    const answers = { ...fine, languages: refused };
    assert.deepEqual(aboutTrainers(withEmail, answers), []);
  });
});

describe("preflight about the customer's trainer object", () => {
  const ours = packageComponents();
  const TRAINER = 'Onboarding_Trainer__c';
  const field = (name: string, inner: string) => component('CustomField', `${TRAINER}.${name}`, inner);
  const named = (type: string) =>
    component('CustomObject', TRAINER, `<nameField><label>Trainer</label><type>${type}</type></nameField>`);
  const found = (...theirs: Component[]) => aboutTrainerObject(ours, byKey(theirs));

  it('a required e-mail, which permission sets may not name', () => {
    const finding = only(found(field('Email__c', '<required>true</required><type>Email</type>')));
    check(finding, 'error', /Email__c is required: the org refuses permission sets/, /clear Required/);
  });

  it('names that the org numbers', () => {
    check(only(found(named('AutoNumber'))), 'warning', /name field of \w+ is an Auto Number/, /will show the number/);
  });

  it('fields of its own that the tests of the package leave empty', () => {
    const finding = only(
      found(
        field('Region__c', '<required>true</required><type>Text</type>'),
        field('Contract__c', '<type>MasterDetail</type>'),
        field('Notes__c', '<required>false</required><type>Text</type>'),
        field('Level__c', '<defaultValue>1</defaultValue><required>true</required><type>Number</type>'),
      ),
    );
    check(finding, 'warning', /Onboarding_Trainer__c\.Region__c, Onboarding_Trainer__c\.Contract__c$/, /will fail/);
  });

  it('nothing about an ordinary object, our own fields, other objects, or none at all', () => {
    const required = '<required>true</required><type>Text</type>';
    assert.deepEqual(
      found(
        named('Text'),
        field('Email__c', '<required>false</required><type>Email</type>'),
        field('Time_Zone__c', required),
        component('CustomField', 'Training_Booking__c.Room__c', required),
      ),
      [],
    );
    assert.deepEqual(found(), []);
  });
});

describe('preflight about access', () => {
  const integration = { AssigneeId: '005000000000001AAA', Assignee: { Username: 'integration@example.org' } };
  const member = (UserOrGroupId: string) => ({ UserOrGroupId });

  it('an integration user outside of the group cannot write results', () => {
    const finding = only(aboutMiddlewareGroup(rows(integration), rows(member('005000000000002AAA'))));
    check(
      finding,
      'warning',
      /^integration@example\.org .* not in the public group Trainer_Connect_Middleware:/,
      /Public Groups/,
    );
  });

  it('a member is told as such, group by group is not followed, and nobody is no problem yet', () => {
    const isMember = only(aboutMiddlewareGroup(rows(integration), rows(member(integration.AssigneeId))));
    check(isMember, 'info', /integration@example\.org is in the public group/);
    const nested = only(aboutMiddlewareGroup(rows(integration), rows(member('00G000000000001AAA'))));
    check(nested, 'warning', /groups within it were not looked into/, /Public Groups/);
    check(only(aboutMiddlewareGroup(rows(), rows())), 'info', /No active user has/);
  });

  it('what may not be asked is said', () => {
    const finding = only(aboutMiddlewareGroup(rows(integration), refused));
    check(finding, 'warning', /could not be asked: it is not supported/, /View Setup and Configuration/);
    check(only(aboutReaders(refused)), 'warning', /could not be asked/, /View Setup and Configuration/);
  });

  it('a profile that reads a token is named', () => {
    const Parent = { Name: 'X00e', Label: '00e', IsOwnedByProfile: true, Profile: { Name: 'Sales' } };
    const finding = only(aboutReaders(rows({ Field: 'A__c.Access_Token__c', Parent })));
    check(finding, 'error', /The profile Sales reads the token field A__c\.Access_Token__c/, /take Read away/);
  });
});

describe('preflight about languages', () => {
  const ours = packageComponents();
  const languages = (...names: string[]) => rows(...names.map((Language) => ({ Language })));
  const workbench = (enabled: boolean) =>
    settings('Language', `<enableTranslationWorkbench>${enabled}</enableTranslationWorkbench>`);

  it('translation is not enabled', () => {
    const finding = only(aboutLanguages(ours, workbench(false), refused));
    check(finding, 'warning', /Translation is not enabled/, /add fr and zh_CN there/);
  });

  it('a language is lacking', () => {
    const one = only(aboutLanguages(ours, workbench(true), languages('de', 'fr')));
    check(one, 'warning', /does not translate into zh_CN:/, /add the language in Setup/);
    const both = only(aboutLanguages(ours, nothing, languages()));
    check(both, 'warning', /does not translate into fr and zh_CN:/, /add the languages in Setup/);
  });

  it('all are there, or nobody can say', () => {
    check(
      only(aboutLanguages(ours, workbench(true), languages('zh_CN', 'fr'))),
      'info',
      /translates into fr and zh_CN/,
    );
    check(only(aboutLanguages(ours, workbench(true), refused)), 'info', /cannot be read: if the deployment refuses/);
  });
});
