import { keyOf, type Components } from '../../standins/salesforce/metadata/component.ts';
import { rowsOf, type Rows } from './queries.ts';
import type { Finding } from './report.ts';
import type { SfError } from './sf.ts';

const OLDEST_VERSION = 65;
/** Reminders of one day in an org of the usual size. */
const MAILS_NEEDED = 50;

export function aboutOrg(
  org: { username: string; apiVersion: string; instanceUrl: string },
  organization: Rows | SfError,
  theirs: Components,
): Finding[] {
  const [row] = rowsOf(organization);
  const [edition, isSandbox] = [
    (row?.['OrganizationType'] as string | undefined) ?? 'unknown edition',
    row?.['IsSandbox'] === true,
  ];
  const kind = isSandbox ? `${edition}, sandbox` : edition;
  const what = `${String(row?.['Name'])} (${kind}) at ${org.instanceUrl}, as ${org.username}, API ${org.apiVersion}`;
  const findings: Finding[] = [{ level: 'info', what }];
  if (Number(org.apiVersion) < OLDEST_VERSION) {
    findings.push({
      level: 'error',
      what: `The org answers API ${org.apiVersion}, the package needs ${OLDEST_VERSION}.0`,
      remedy: 'wait for the release, or deploy to another org',
    });
  }
  const settings = theirs.get(keyOf({ type: 'Settings', name: 'Flow' }))?.xml ?? '';
  const deploysActive = /<enableFlowDeployAsActiveEnabled>\s*true/.test(settings);
  if (isSandbox || edition === 'Developer Edition' || deploysActive) {
    findings.push({ level: 'info', what: 'Flows will be active after the deployment' });
  } else {
    findings.push({
      level: 'warning',
      what: 'This is a production org: flows arrive inactive',
      remedy:
        'turn on "Deploy processes and flows as active" in Setup → Process Automation Settings, or activate both flows afterwards',
    });
  }
  return findings;
}

export function aboutMails(limit: { Max: number; Remaining: number } | undefined): Finding[] {
  if (!limit)
    return [
      {
        level: 'warning',
        what: 'The org does not say how many mails it may send',
        remedy: 'see Setup → Company Information',
      },
    ];
  const what = `Mails a day: ${limit.Remaining} of ${limit.Max} left`;
  if (limit.Max >= MAILS_NEEDED) return [{ level: 'info', what }];
  return [
    { level: 'warning', what, remedy: 'reminders will be spread over several days; ask Salesforce for a higher limit' },
  ];
}

export function aboutLicence(licence: Rows | SfError): Finding[] {
  const [row] = rowsOf(licence);
  const left = Number(row?.['TotalLicenses'] ?? 0) - Number(row?.['UsedLicenses'] ?? 0);
  if (left > 0)
    return [{ level: 'info', what: `Licences "Salesforce Integration" for the integration user: ${left} left` }];
  return [
    {
      level: 'warning',
      what: 'No licence "Salesforce Integration" is left for the integration user',
      remedy: 'free one, unless the integration user exists already; another full licence does as well',
    },
  ];
}
