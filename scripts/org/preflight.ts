import type { Components } from '../../standins/salesforce/metadata/component.ts';
import { aboutMiddlewareGroup, aboutReaders, INTEGRATION, MIDDLEWARE_GROUP } from './about-access.ts';
import { aboutLanguages } from './about-languages.ts';
import { aboutLicence, aboutMails, aboutOrg } from './about-org.ts';
import { aboutTrainerObject } from './about-trainer-object.ts';
import { aboutTrainers } from './about-trainers.ts';
import { fieldConflicts } from './field-conflicts.ts';
import { runQueries } from './queries.ts';
import type { Finding } from './report.ts';
import type { Sf } from './sf.ts';
import { fieldOf, hasObject, objectsOf, packageComponents, retrieveObjects, TRAINER } from './target.ts';

export interface Preflight {
  findings: Finding[];
  /** Whether the org has a trainer object of its own, which the deployment leaves alone. */
  hasTrainer: boolean;
  /** No finding is an error. */
  ready: boolean;
}

/** Looks at everything that decides whether the deployment will do, and changes nothing. */
export async function preflight(sf: Sf): Promise<Preflight> {
  const ours = packageComponents();
  const [org, theirs, limits] = await Promise.all([
    sf.run<{ username: string; apiVersion: string; instanceUrl: string }>(['org', 'display']),
    retrieveObjects(sf, objectsOf(ours)),
    sf.request<Record<string, { Max: number; Remaining: number }>>('GET', '/limits'),
  ]);
  const answers = await runQueries(sf, queriesFor(theirs, tokenFields(ours)));
  const hasTrainer = hasObject(theirs, TRAINER);
  const findings = [
    ...aboutOrg(org, answers.organization, theirs),
    ...fieldConflicts(ours, theirs),
    ...aboutTrainerObject(ours, theirs),
    ...(hasTrainer ? aboutTrainers(theirs, answers) : []),
    ...aboutLanguages(ours, theirs, answers.languages),
    ...aboutReaders(answers.readers),
    ...aboutMiddlewareGroup(answers.holders, answers.members),
    ...aboutMails(limits['SingleEmail']),
    ...aboutLicence(answers.licence),
  ];
  return { findings, hasTrainer, ready: findings.every(({ level }) => level !== 'error') };
}

function tokenFields(ours: Components): string[] {
  return [...ours.values()].map(({ name }) => name).filter((name) => /\.(Lark_)?(Access|Refresh)_Token__c$/.test(name));
}

/** Columns that the org lacks would fail the query: what cannot be asked is asked as nothing. */
function queriesFor(theirs: Components, tokens: readonly string[]) {
  const has = (field: string) => fieldOf(theirs, TRAINER, field) !== undefined;
  const nothing = "SELECT Id FROM Organization WHERE Name = ''";
  const names = tokens.map((name) => `'${name}'`).join(', ');
  const twins = (field: string, condition: string) =>
    `SELECT ${field}, COUNT(Id) n FROM ${TRAINER} WHERE ${condition} GROUP BY ${field} HAVING COUNT(Id) > 1 LIMIT 50`;
  return {
    organization: 'SELECT Name, OrganizationType, IsSandbox FROM Organization',
    licence: "SELECT Name, TotalLicenses, UsedLicenses FROM UserLicense WHERE Name = 'Salesforce Integration'",
    readers: `SELECT Field, Parent.Name, Parent.Label, Parent.IsOwnedByProfile, Parent.Profile.Name FROM FieldPermissions WHERE PermissionsRead = true AND Field IN (${names}) ORDER BY Field`,
    languages: 'SELECT Language FROM Translation',
    holders: `SELECT AssigneeId, Assignee.Username FROM PermissionSetAssignment WHERE PermissionSet.Name = '${INTEGRATION}' AND Assignee.IsActive = true`,
    members: `SELECT UserOrGroupId FROM GroupMember WHERE Group.DeveloperName = '${MIDDLEWARE_GROUP}'`,
    withoutEmail: has('Email__c') ? `SELECT Id, Name FROM ${TRAINER} WHERE Email__c = null LIMIT 50` : nothing,
    sameEmail: has('Email__c') ? twins('Email__c', 'Email__c != null') : nothing,
    sameUser: has('User__c') && has('Active__c') ? twins('User__c', 'User__c != null AND Active__c = true') : nothing,
  };
}
