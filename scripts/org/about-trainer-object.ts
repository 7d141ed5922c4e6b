import { keyOf, ofType, type Components } from '../../standins/salesforce/metadata/component.ts';
import { readXml, type XmlElement } from '../../standins/salesforce/schema/read-xml.ts';
import type { Finding } from './report.ts';
import { fieldOf, TRAINER } from './target.ts';

/** What the customer's own trainer object is like, as far as the deployment or its tests would meet it. */
export function aboutTrainerObject(ours: Components, theirs: Components): Finding[] {
  const findings: Finding[] = [];
  const email = fieldOf(theirs, TRAINER, 'Email__c');
  if (email && isRequired(email)) {
    findings.push({
      level: 'error',
      what: `${TRAINER}.Email__c is required: the org refuses permission sets that name a required field`,
      remedy: 'clear Required on the field in Setup, and set it on the page layouts instead',
    });
  }
  const object = theirs.get(keyOf({ type: 'CustomObject', name: TRAINER }));
  const [nameField] = object ? readXml(object.xml, 'CustomObject').list('nameField') : [];
  if (nameField?.text('type') === 'AutoNumber') {
    findings.push({
      level: 'warning',
      what: `Trainers have numbers for names: the name field of ${TRAINER} is an Auto Number`,
      remedy: 'pages, mails and reports will show the number; change its data type to Text to show names',
    });
  }
  const foreign = ofType(theirs, 'CustomField')
    .filter((field) => field.name.startsWith(`${TRAINER}.`) && !ours.has(keyOf(field)))
    .filter(({ name, xml }) => name !== `${TRAINER}.Email__c` && mustBeFilledIn(readXml(xml, 'CustomField')))
    .map(({ name }) => name);
  if (foreign.length > 0) {
    findings.push({
      level: 'warning',
      what: `The package does not fill in what is required of a trainer: ${foreign.join(', ')}`,
      remedy:
        'its tests that insert trainers will fail, and in production with them the deployment: clear Required, or give a default',
    });
  }
  return findings;
}

const isRequired = (field: XmlElement) => field.text('required') === 'true';

/** The master of a record is required without a word about it. */
const mustBeFilledIn = (field: XmlElement) =>
  (isRequired(field) && !field.has('defaultValue')) || field.text('type') === 'MasterDetail';
