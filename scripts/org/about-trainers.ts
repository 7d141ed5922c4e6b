import type { Components } from '../../standins/salesforce/metadata/component.ts';
import { rowsOf, type Rows } from './queries.ts';
import type { Finding } from './report.ts';
import { SfError } from './sf.ts';
import { fieldOf, TRAINER } from './target.ts';

export function aboutTrainers(
  theirs: Components,
  answers: Record<'withoutEmail' | 'sameEmail' | 'sameUser', Rows | SfError>,
): Finding[] {
  if (!fieldOf(theirs, TRAINER, 'Email__c')) {
    return [
      {
        level: 'error',
        what: `${TRAINER} has no field Email__c, by which trainers are found`,
        remedy: 'create it in Setup (type Email, API name Email__c) and fill it in',
      },
    ];
  }
  const { withoutEmail, sameEmail, sameUser } = answers;
  const refused = [withoutEmail, sameEmail, sameUser].find((answer) => answer instanceof SfError);
  const findings: Finding[] = [];
  if (refused) {
    findings.push({
      level: 'warning',
      what: `Trainers could not be read: ${refused.message}`,
      remedy: `give yourself Read on the fields of ${TRAINER} and run this again`,
    });
  }
  const blank = rowsOf(withoutEmail).map((row) => String(row['Name']));
  if (blank.length > 0) {
    const remedy = 'fill in Email__c; a trainer without it can neither connect nor be booked';
    findings.push({ level: 'warning', what: `Trainers without an e-mail: ${blank.join(', ')}`, remedy });
  }
  for (const row of rowsOf(sameEmail)) {
    findings.push({
      level: 'error',
      what: `${String(row['n'])} trainers have the e-mail ${String(row['Email__c'])}`,
      remedy: 'give each trainer an address of their own; two matches are refused, never guessed',
    });
  }
  for (const row of rowsOf(sameUser)) {
    findings.push({
      level: 'error',
      what: `${String(row['n'])} active trainers belong to the user ${String(row['User__c'])}`,
      remedy: 'clear User__c or Active__c of all but one',
    });
  }
  return findings;
}
