import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadAfterSaveFlow } from '../../logic/after-save-flow.ts';
import { UnsupportedMetadata } from '../../logic/save-context.ts';
import { readMain, saving } from './save-contexts.ts';

const xml = readMain('flows', 'Training_Booking_Sync.flow-meta.xml');
const load = (text = xml) => loadAfterSaveFlow(text, 'Training_Booking_Sync');

describe('an after-save flow', () => {
  it('hands the id of a record over whose entry condition holds, on create and on update', () => {
    const record = { Id: 'a03000000000001AAA', Sync_Key__c: 'P' };
    assert.deepEqual(load().inputsFor(saving(record)), { bookingId: record.Id });
    assert.deepEqual(load().inputsFor(saving(record, { prior: record })), { bookingId: record.Id });
  });

  for (const Sync_Key__c of ['M', 'p', null]) {
    it(`does nothing for the key ${String(Sync_Key__c)}`, () => {
      assert.equal(load().inputsFor(saving({ Id: 'a03000000000001AAA', Sync_Key__c })), undefined);
    });
  }

  it('does nothing while it is a draft', () => {
    const draft = load(xml.replace('<status>Active', '<status>Draft'));
    assert.equal(draft.inputsFor(saving({ Id: 'x', Sync_Key__c: 'P' })), undefined);
  });

  const refused: [string, string, string][] = [
    ['a label on the asynchronous path', '<pathType>', '<label>Async</label><pathType>'],
    ['a path at a time', 'AsyncAfterCommit', 'AfterTriggerTime'],
    [
      'an immediate path',
      '<object>',
      '<connector><targetReference>Tell_The_Middleware</targetReference></connector><object>',
    ],
    ['another operator', '<operator>EqualTo', '<operator>NotEqualTo'],
    ['a condition that must have changed', 'MeetCriteria>false', 'MeetCriteria>true'],
    ['a fault path to nowhere', '<targetReference>Keep_The_Fault', '<targetReference>Nowhere'],
    ['a fault path that does something', '$Flow.FaultMessage', '$Record.Name'],
    ['another kind of action', '<actionType>apex', '<actionType>emailSimple'],
    ['an input that is no field', '$Record.Id', '$User.Id'],
    ['an element that is not understood', '<apiVersion>', '<recordUpdates><name>X</name></recordUpdates><apiVersion>'],
  ];
  for (const [name, from, to] of refused) {
    it(`with ${name} is refused`, () => {
      assert.ok(xml.includes(from), `the flow has no ${from}`);
      assert.throws(() => load(xml.replace(from, to)), UnsupportedMetadata);
    });
  }
});
