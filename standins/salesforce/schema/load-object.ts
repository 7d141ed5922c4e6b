import { UnsupportedMetadata } from '../logic/save-context.ts';
import { defineField, defineObject, systemFields } from './define-field.ts';
import { displayFormat } from './load-field.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import type { FieldDef, ObjectDef, SharingModel } from './types.ts';

const SHARING_MODELS: readonly SharingModel[] = ['Private', 'Read', 'ReadWrite', 'ControlledByParent'];

/** A custom object from its definition; its fields come from their own files. Key prefixes are the store's to give. */
export function loadObject(name: string, text: string): ObjectDef {
  const xml = readXml(text, 'CustomObject');
  if (name.endsWith('__mdt')) return loadCustomMetadataType(name, xml);
  if (!name.endsWith('__c')) throw new UnsupportedMetadata(`the object ${name} is not known to the local org`);
  xml.only(
    'actionOverrides',
    'allowInChatterGroups',
    'compactLayoutAssignment',
    'deploymentStatus',
    'description',
    'enableActivities',
    'enableBulkApi',
    'enableFeeds',
    'enableHistory',
    'enableLicensing',
    'enableReports',
    'enableSearch',
    'enableSharing',
    'enableStreamingApi',
    'externalSharingModel',
    'label',
    'nameField',
    'pluralLabel',
    'searchLayouts',
    'sharingModel',
    'visibility',
  );
  const sharingModel = xml.needText('sharingModel') as SharingModel;
  if (!SHARING_MODELS.includes(sharingModel)) {
    throw new UnsupportedMetadata(`sharingModel ${sharingModel} is not understood`);
  }
  return defineObject(name, {
    label: xml.needText('label'),
    pluralLabel: xml.needText('pluralLabel'),
    keyPrefix: '',
    sharingModel,
    fields: [...systemFields({ owner: sharingModel !== 'ControlledByParent' }), nameField(xml)],
  });
}

/** A custom metadata type: its records are entered in Setup and only read by the API. */
function loadCustomMetadataType(name: string, xml: XmlElement): ObjectDef {
  xml.only('description', 'label', 'pluralLabel', 'visibility');
  const given = { createable: false, updateable: false, permissionable: false };
  return defineObject(name, {
    label: xml.needText('label'),
    pluralLabel: xml.needText('pluralLabel'),
    keyPrefix: 'm00',
    sharingModel: 'ReadWrite',
    fields: [
      ...systemFields({ owner: false }).filter((field) => field.name === 'Id' || field.name === 'SystemModstamp'),
      defineField('DeveloperName', 'string', { ...given, length: 40, indexed: true }),
      defineField('MasterLabel', 'string', { ...given, length: 40 }),
    ],
  });
}

function nameField(object: XmlElement): FieldDef {
  const [xml] = object.list('nameField');
  if (!xml) throw new UnsupportedMetadata('<nameField> is missing');
  xml.only('label', 'type', 'displayFormat', 'trackHistory', 'trackFeedHistory', 'startingNumber');
  const type = xml.needText('type');
  const given: Partial<FieldDef> = { label: xml.needText('label'), permissionable: false, indexed: true, length: 80 };
  if (type === 'Text') return defineField('Name', 'string', given);
  if (type !== 'AutoNumber') throw new UnsupportedMetadata(`a name field of type ${type} is not understood`);
  return defineField('Name', 'string', {
    ...given,
    autoNumberFormat: displayFormat(xml),
    createable: false,
    updateable: false,
  });
}
