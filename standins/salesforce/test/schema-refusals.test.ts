import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadSchema } from '../schema/load-schema.ts';
import { findObject } from '../schema/types.ts';

const FORCE_APP = path.resolve(import.meta.dirname, '../../../force-app');
const OBJECT = 'objects/Training_Booking__c';
const FIELD = `${OBJECT}/fields/Merchant_Name__c.field-meta.xml`;
const TRAINER_SET = 'permissionsets/Trainer_Connect_Trainer.permissionset-meta.xml';
const SHARING = 'sharingRules/Training_Booking__c.sharingRules-meta.xml';

describe('metadata that the local org refuses to load', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'local-org-schema-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  let copies = 0;
  const copy = () => {
    const place = path.join(folder, String(++copies));
    cpSync(FORCE_APP, place, { recursive: true });
    return place;
  };
  const load = (place: string) => loadSchema([path.join(place, 'main'), path.join(place, 'fresh-org')]);
  const edit = (file: string, change: (xml: string) => string) => {
    const place = copy();
    const whole = path.join(place, 'main/default', file);
    const xml = readFileSync(whole, 'utf8');
    const changed = change(xml);
    assert.notEqual(changed, xml, 'the edit must change the file');
    writeFileSync(whole, changed);
    return () => load(place);
  };

  it('the package itself loads', () => {
    const schema = load(copy());
    assert.equal(findObject(schema, 'training_booking__c')?.name, 'Training_Booking__c');
    assert.ok(schema.permissionSets.length >= 4);
  });

  const refused: [string, string, (xml: string) => string, RegExp][] = [
    ['a field type outside the vocabulary', FIELD, (xml) => xml.replace('<type>Text<', '<type>Location<'), /Location/],
    ['a text longer than 255', FIELD, (xml) => xml.replace(/<length>\d+</, '<length>500<'), /Text allows 1 to 255/],
    [
      'an unknown element of a field',
      FIELD,
      (xml) => xml.replace('<type>', '<maskChar>x</maskChar><type>'),
      /<maskChar>/,
    ],
    ['a field named otherwise than its file', FIELD, (xml) => xml.replace('Merchant_Name__c', 'Other__c'), /fullName/],
    ['ill-formed XML', FIELD, (xml) => xml.replace('</CustomField>', ''), /not well-formed/],
    [
      'Modify All without Delete',
      TRAINER_SET,
      (xml) => xml.replace('<modifyAllRecords>false', '<modifyAllRecords>true'),
      /Modify All needs/,
    ],
    [
      'Edit without Read',
      TRAINER_SET,
      (xml) => xml.replaceAll('<allowRead>true', '<allowRead>false').replace('<allowEdit>false', '<allowEdit>true'),
      /Read is needed/,
    ],
    [
      'a field permission on a required field',
      TRAINER_SET,
      (xml) => xml.replace('<field>Onboarding_Trainer__c.Active__c<', '<field>Training_Booking__c.Trainer__c<'),
      /takes no field permissions/,
    ],
    [
      'a field permission on a master-detail field',
      TRAINER_SET,
      (xml) => xml.replace('<field>Onboarding_Trainer__c.Active__c<', '<field>Booking_Timeline__c.Booking__c<'),
      /takes no field permissions/,
    ],
    [
      'a field permission on an unknown field',
      TRAINER_SET,
      (xml) => xml.replace('Onboarding_Trainer__c.Active__c', 'Onboarding_Trainer__c.Nothing__c'),
      /does not exist/,
    ],
    ['sharing with an unknown group', SHARING, (xml) => xml.replace('>Trainer_Connect_Staff<', '>Nobody<'), /Nobody/],
    ['sharing by an unknown operation', SHARING, (xml) => xml.replace('>notEqual<', '>contains<'), /contains/],
    [
      'a validation rule on a field that does not exist',
      `${OBJECT}/validationRules/End_After_Start.validationRule-meta.xml`,
      (xml) => xml.replace(/(<errorConditionFormula>[^<]*)Start__c/, '$1Begin__c'),
      /Begin__c/,
    ],
    [
      'a flow on a field that does not exist',
      'flows/Training_Booking_Before_Save.flow-meta.xml',
      (xml) => xml.replace('$Record.Notes__c', '$Record.Remarks__c'),
      /Remarks__c/,
    ],
  ];
  for (const [situation, file, change, message] of refused) {
    it(`${situation} is refused, naming the file`, () => {
      const start = edit(file, change);
      assert.throws(start, (error: Error) => {
        assert.equal(error.name, 'UnsupportedMetadata');
        assert.match(error.message, message);
        assert.ok(error.message.includes(path.basename(file)), error.message);
        return true;
      });
    });
  }

  it('a folder that is neither read nor known to be harmless is refused', () => {
    const place = copy();
    mkdirSync(path.join(place, 'main/default/triggers'));
    assert.throws(() => load(place), /triggers: this kind of metadata is not understood/);
  });

  it('folders of pages and code are passed over', () => {
    const place = copy();
    mkdirSync(path.join(place, 'main/default/lwc/panel'), { recursive: true });
    assert.doesNotThrow(() => load(place));
  });
});
