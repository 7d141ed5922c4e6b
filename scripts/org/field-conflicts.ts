import { ofType, type Components } from '../../standins/salesforce/metadata/component.ts';
import { readXml, type XmlElement } from '../../standins/salesforce/schema/read-xml.ts';
import { keyOf } from '../../standins/salesforce/metadata/component.ts';
import type { Finding } from './report.ts';
import { fieldOf, hasObject, objectsOf, TRAINER } from './target.ts';

/** What the deployment would meet in objects and fields that are there already. */
export function fieldConflicts(ours: Components, theirs: Components): Finding[] {
  return [
    ...objectsOf(ours).flatMap((object) => objectFindings(ours, theirs, object)),
    ...ofType(ours, 'CustomField').flatMap(({ name, xml }) => {
      const [object = '', field = ''] = name.split('.');
      const there = fieldOf(theirs, object, field);
      return there ? differences(name, readXml(xml, 'CustomField'), there) : [];
    }),
  ];
}

function objectFindings(ours: Components, theirs: Components, object: string): Finding[] {
  if (!hasObject(theirs, object)) {
    if (object !== TRAINER) return [];
    return [{ level: 'info', what: `${TRAINER} does not exist: ${'force-app/fresh-org'} will bring it` }];
  }
  const own = ours.get(keyOf({ type: 'CustomObject', name: object }));
  const there = theirs.get(keyOf({ type: 'CustomObject', name: object }));
  if (!own || !there) {
    const label = there && readXml(there.xml, 'CustomObject').text('label');
    const what = `${object} exists${label === undefined ? '' : ` ("${label}")`}: fields are added, the object stays as it is`;
    return [{ level: 'info', what }];
  }
  const [ownLabel, label] = [own, there].map(({ xml }) => readXml(xml, 'CustomObject').text('label'));
  if (ownLabel === label) return [{ level: 'info', what: `${object} exists: the package was deployed before` }];
  return [
    {
      level: 'error',
      what: `${object} exists with the label "${label}", ours is "${ownLabel}": the deployment would overwrite it`,
      remedy: 'find out whose object it is; rename one of them before you deploy',
    },
  ];
}

function differences(name: string, ours: XmlElement, theirs: XmlElement): Finding[] {
  const [type, there] = [ours, theirs].map((field) => field.text('type') ?? '');
  if (type !== there) {
    return [
      {
        level: 'error',
        what: `${name} exists as ${there}, the package needs ${type}`,
        remedy: 'rename or delete the field in Setup after saving its values',
      },
    ];
  }
  const number = (field: XmlElement, element: string) => Number(field.text(element) ?? 0);
  const findings: Finding[] = [];
  if (number(theirs, 'length') > number(ours, 'length')) {
    findings.push({
      level: 'error',
      what: `${name} exists with length ${number(theirs, 'length')}, the package would shorten it to ${number(ours, 'length')}`,
      remedy: 'set the longer length in the package, or make sure that no value is longer',
    });
  } else if (number(theirs, 'length') < number(ours, 'length')) {
    findings.push({ level: 'info', what: `${name} exists with length ${number(theirs, 'length')} and will grow` });
  }
  const [target, other] = [ours, theirs].map((field) => field.text('referenceTo'));
  if (target !== other) {
    findings.push({
      level: 'error',
      what: `${name} refers to ${other}, the package needs ${target}`,
      remedy: 'rename the field in Setup; the target of a lookup cannot be changed',
    });
  }
  const known = new Set(picklistValues(theirs));
  const lost = [...known].filter((value) => !picklistValues(ours).includes(value));
  if (known.size > 0 && lost.length > 0) {
    findings.push({
      level: 'warning',
      what: `${name} has values that the package lacks: ${lost.join(', ')}`,
      remedy:
        'records with them keep them, but nobody can choose them again; add them to the package if they are needed',
    });
  }
  return findings;
}

function picklistValues(field: XmlElement): string[] {
  return field
    .list('valueSet')
    .flatMap((set) => set.list('valueSetDefinition'))
    .flatMap((definition) => definition.list('value'))
    .flatMap((value) => value.texts('fullName'));
}
