import { UnsupportedMetadata } from '../logic/save-context.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import { findField, findObject, isNumber, type CriteriaRule, type Schema } from './types.ts';

/** Criteria-based sharing of an object with public groups; all conditions of a rule must hold. */
export function loadSharingRules(objectName: string, text: string, schema: Schema): CriteriaRule[] {
  const xml = readXml(text, 'SharingRules');
  xml.only('sharingCriteriaRules');
  const object = findObject(schema, objectName);
  if (!object) throw new UnsupportedMetadata(`sharing rules for ${objectName}, which does not exist`);
  if (object.sharingModel !== 'Private' && object.sharingModel !== 'Read') {
    throw new UnsupportedMetadata(`sharing rules for ${objectName}, which is not private`);
  }
  return xml.list('sharingCriteriaRules').map((rule) => {
    rule.only(
      'fullName',
      'accessLevel',
      'label',
      'description',
      'sharedTo',
      'criteriaItems',
      'includeRecordsOwnedByAll',
    );
    if (!rule.flag('includeRecordsOwnedByAll')) {
      throw new UnsupportedMetadata('includeRecordsOwnedByAll=false is not understood');
    }
    const access = rule.needText('accessLevel');
    if (access !== 'Read' && access !== 'Edit')
      throw new UnsupportedMetadata(`accessLevel ${access} is not understood`);
    return {
      name: rule.needText('fullName'),
      object: object.name,
      group: sharedGroup(rule, schema),
      access,
      criteria: rule.list('criteriaItems').map((item) => {
        item.only('field', 'operation', 'value');
        const field = findField(object, item.needText('field'));
        if (!field || field.longText || field.type === 'boolean' || isNumber(field)) {
          throw new UnsupportedMetadata(`criteria on ${item.needText('field')} are not understood`);
        }
        const operation = item.needText('operation');
        if (operation !== 'equals' && operation !== 'notEqual') {
          throw new UnsupportedMetadata(`operation ${operation} is not understood`);
        }
        return { field: field.name, operation, value: item.text('value') ?? '' };
      }),
    };
  });
}

function sharedGroup(rule: XmlElement, schema: Schema): string {
  const [sharedTo] = rule.list('sharedTo');
  sharedTo?.only('group');
  const group = sharedTo?.text('group') ?? '';
  if (!schema.groups.some(({ name }) => name === group)) {
    throw new UnsupportedMetadata(`shared with ${group || 'nobody'}, which is not a known group`);
  }
  return group;
}
