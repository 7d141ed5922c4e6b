import type { FieldValue } from '../../logic/save-context.ts';
import type { SaveOptions } from './save-contexts.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadBeforeSaveFlow } from '../../logic/before-save-flow.ts';
import { loadValidationRule } from '../../logic/validation-rule.ts';
import { readMain, saving } from './save-contexts.ts';

const OWN = ['Trainer_Connect_Write_Back'];
const NAME = 'Training_Booking_Before_Save';
const flow = loadBeforeSaveFlow(readMain('flows', `${NAME}.flow-meta.xml`), NAME);

/** A booking in step with the outside, as it is stored. */
const STORED: Readonly<Record<string, FieldValue>> = {
  OwnerId: '005000000000009AAA',
  Trainer__c: 'a01000000000001AAA',
  Merchant_Reference__c: 'M-1001',
  Merchant_Name__c: 'Blue Lantern Noodles',
  Merchant_Contact_Name__c: 'Mei Lin Ong',
  Merchant_Contact_Email__c: 'mei.lin@example.com',
  Start__c: '2026-11-24T02:00:00.000Z',
  End__c: '2026-11-24T03:00:00.000Z',
  Time_Zone__c: 'Asia/Singapore',
  Service_Type__c: 'Remote',
  Booking_Type__c: 'Training',
  Status__c: 'Confirmed',
  Store_Address__c: null,
  Notes__c: null,
  Remote_Training_Meeting_Link__c: 'https://vc.example.com/j/1',
  Meeting_Link_Status__c: 'Ready',
  Meeting_Link_Source__c: 'Lark Reservation',
  Lark_Reserve_ID__c: 'r1',
  Lark_Meeting_Number__c: '123',
  Lark_Calendar_Event_ID__c: 'e1',
  Sync_Status__c: 'Synced',
  Sync_Error__c: null,
  Revision__c: 3,
  Synced_Revision__c: 3,
  Sync_Key__c: null,
  Idempotency_Key__c: 'abc',
  Session_Briefing__c: 'Briefing',
};
const RESULTS = [
  'Remote_Training_Meeting_Link__c',
  'Meeting_Link_Status__c',
  'Meeting_Link_Source__c',
  'Lark_Reserve_ID__c',
  'Lark_Meeting_Number__c',
  'Lark_Calendar_Event_ID__c',
  'Sync_Error__c',
  'Idempotency_Key__c',
  'Session_Briefing__c',
];

type Changes = Record<string, FieldValue>;

/** The record as it is stored after the flow ran. */
function create(changes: Changes = {}, options: SaveOptions = {}): Record<string, FieldValue> {
  const record = { ...STORED, ...changes };
  return { ...record, ...flow.run(saving(record, { ...options, object: flow.object })) };
}

function update(changes: Changes, options: SaveOptions & { stored?: Changes } = {}): Record<string, FieldValue> {
  const prior = { ...STORED, ...options.stored };
  const record = { ...prior, ...changes };
  return { ...record, ...flow.run(saving(record, { ...options, object: flow.object, prior })) };
}

function pick(record: Record<string, FieldValue>, ...fields: string[]): FieldValue[] {
  return fields.map((field) => record[field] ?? null);
}

const SYNC = ['Revision__c', 'Synced_Revision__c', 'Sync_Status__c', 'Sync_Key__c'];
const LINK = ['Remote_Training_Meeting_Link__c', 'Meeting_Link_Status__c', 'Meeting_Link_Source__c'];

test('the flow runs on every create and update of bookings and names only fields that a booking has', () => {
  assert.deepEqual(
    [flow.name, flow.object, flow.on, flow.active],
    [NAME, 'Training_Booking__c', 'CreateAndUpdate', true],
  );
  assert.deepEqual(
    flow.references.filter((field) => !(field in STORED)),
    [],
  );
});

describe('create', () => {
  test('by a person: revision 1, nothing synced, waiting as P', () => {
    assert.deepEqual(pick(create({ Revision__c: null, Synced_Revision__c: null }), ...SYNC), [1, null, 'Pending', 'P']);
  });

  test('by a person as a clone: link, Lark ids, sync fields, idempotency key and briefing are not copied', () => {
    const clone = create({ Sync_Error__c: 'old trouble', Sync_Key__c: 'M', Sync_Status__c: 'Failed' });
    assert.deepEqual(
      pick(clone, ...RESULTS),
      RESULTS.map(() => null),
    );
    assert.deepEqual(pick(clone, ...SYNC), [1, null, 'Pending', 'P']);
    assert.equal(clone.Merchant_Name__c, STORED.Merchant_Name__c, 'what people entered stays');
  });

  test('by the middleware: its own link, ids and idempotency key stay, waiting as M', () => {
    const created = create({ Sync_Error__c: 'why' }, { permissions: OWN });
    assert.deepEqual(pick(created, ...RESULTS), pick({ ...STORED, Sync_Error__c: 'why' }, ...RESULTS));
    assert.deepEqual(pick(created, ...SYNC), [1, null, 'Pending', 'M']);
  });

  test('revisions that come with a new record count for nothing, whoever saves', () => {
    assert.deepEqual(pick(create({ Revision__c: 9, Synced_Revision__c: 9 }, { permissions: OWN }), ...SYNC), [
      1,
      null,
      'Pending',
      'M',
    ]);
  });
});

describe('update of a business field', () => {
  const changes: Changes = {
    Trainer__c: 'a01000000000002AAA',
    Start__c: '2026-11-24T02:30:00.000Z',
    End__c: '2026-11-24T03:30:00.000Z',
    Time_Zone__c: 'Asia/Shanghai',
    Service_Type__c: 'Onsite',
    Booking_Type__c: 'Go Live',
    Status__c: 'Cancelled',
    Store_Address__c: '18 Tanjong Pagar Road',
    Merchant_Contact_Name__c: 'Lena Ong',
    Merchant_Contact_Email__c: null,
    Merchant_Name__c: 'Red Lantern Noodles',
    Notes__c: 'Bring the card reader.',
  };
  for (const [field, value] of Object.entries(changes)) {
    test(`${field} raises the revision and waits as P, or as M after an own save`, () => {
      assert.deepEqual(pick(update({ [field]: value }), ...SYNC), [4, 3, 'Pending', 'P']);
      assert.deepEqual(pick(update({ [field]: value }, { permissions: OWN }), ...SYNC), [4, 3, 'Pending', 'M']);
    });
  }

  test('several at once raise it once, and the link stays untouched', () => {
    const updated = update(changes);
    assert.equal(updated.Revision__c, 4);
    assert.deepEqual(pick(updated, ...LINK), pick(STORED, ...LINK));
  });

  test('a booking from before the installation, without a revision, gets revision 1', () => {
    const stored = { Revision__c: null, Synced_Revision__c: null, Sync_Status__c: null };
    assert.deepEqual(pick(update({ Notes__c: 'x' }, { stored }), ...SYNC), [1, null, 'Pending', 'P']);
  });
});

describe('update of anything else', () => {
  test('leaves the revision alone, and a booking in step has no key', () => {
    const updated = update({ Merchant_Reference__c: 'M-2', Session_Briefing__c: 'new', Sync_Error__c: 'x' });
    assert.deepEqual(pick(updated, ...SYNC), [3, 3, 'Synced', null]);
  });

  test('a save without any change keeps a booking from before the installation without revision and key', () => {
    const stored = { Revision__c: null, Synced_Revision__c: null, Sync_Status__c: null };
    assert.deepEqual(pick(update({}, { stored }), ...SYNC), [null, null, null, null]);
  });

  test('while the booking is behind it stays Pending with the key of the latest saver', () => {
    const stored = { Synced_Revision__c: 2, Sync_Key__c: 'M', Sync_Status__c: 'Pending' };
    assert.deepEqual(pick(update({ Session_Briefing__c: 'x' }, { stored }), ...SYNC), [3, 2, 'Pending', 'P']);
    const own = update({ Sync_Status__c: 'Synced' }, { stored, permissions: OWN });
    assert.deepEqual(pick(own, ...SYNC), [3, 2, 'Pending', 'M'], 'results of an older revision do not end the wait');
  });

  test('a person who blanks the synced revision makes the booking wait again', () => {
    assert.deepEqual(pick(update({ Synced_Revision__c: null }), ...SYNC), [3, null, 'Pending', 'P']);
  });
});

describe('write-back', () => {
  const results = { Remote_Training_Meeting_Link__c: 'https://vc.example.com/j/2', Meeting_Link_Status__c: 'Ready' };

  test('link and results by an own save raise nothing, and in step the key goes', () => {
    const stored = { Revision__c: 4, Synced_Revision__c: 3, Sync_Key__c: 'P', Sync_Status__c: 'Pending' };
    const written = update(
      { ...results, Synced_Revision__c: 4, Sync_Status__c: 'Synced' },
      { stored, permissions: OWN },
    );
    assert.deepEqual(pick(written, ...SYNC), [4, 4, 'Synced', null]);
    assert.deepEqual(pick(written, ...LINK), ['https://vc.example.com/j/2', 'Ready', 'Lark Reservation']);
  });

  test('Conflict and Failed stay as they were written once the booking is in step', () => {
    for (const status of ['Conflict', 'Failed']) {
      const stored = { Revision__c: 4, Sync_Key__c: 'P' };
      const written = update({ Synced_Revision__c: 4, Sync_Status__c: status }, { stored, permissions: OWN });
      assert.deepEqual(pick(written, ...SYNC), [4, 4, status, null]);
    }
  });

  test('of a revision that is no longer the newest: the booking keeps waiting, as M', () => {
    const stored = { Revision__c: 5, Synced_Revision__c: 3, Sync_Key__c: 'P' };
    const written = update(
      { ...results, Synced_Revision__c: 4, Sync_Status__c: 'Synced' },
      { stored, permissions: OWN },
    );
    assert.deepEqual(pick(written, ...SYNC), [5, 4, 'Pending', 'M']);
  });

  test('of a late pass with a lower synced revision is refused by the fence', () => {
    const file = 'Synced_Revision_Never_Falls.validationRule-meta.xml';
    const rule = loadValidationRule(flow.object, readMain('objects', flow.object, 'validationRules', file));
    const record = { ...STORED, ...results, Synced_Revision__c: 2 };
    const context = saving(record, { object: flow.object, prior: { ...STORED }, permissions: OWN });
    const afterFlow = { ...context, record: { ...record, ...flow.run(context) } };
    assert.equal(rule.fails(afterFlow), true);
  });
});

describe('link by hand', () => {
  test('a link typed by a person becomes Manual and raises the revision', () => {
    const updated = update({ Remote_Training_Meeting_Link__c: 'https://meet.example.com/me' });
    assert.deepEqual(pick(updated, ...LINK), ['https://meet.example.com/me', 'Manual', 'Manual']);
    assert.deepEqual(pick(updated, ...SYNC), [4, 3, 'Pending', 'P']);
  });

  test('a link typed together with a business field raises the revision once', () => {
    const updated = update({ Remote_Training_Meeting_Link__c: 'https://meet.example.com/me', Notes__c: 'x' });
    assert.deepEqual(pick(updated, 'Revision__c', 'Meeting_Link_Source__c'), [4, 'Manual']);
  });

  test('a link that was just typed, and any other change, outlives the results of an older pass', () => {
    const file = 'Revision_Never_Falls.validationRule-meta.xml';
    const rule = loadValidationRule(flow.object, readMain('objects', flow.object, 'validationRules', file));
    const typed = { ...STORED, ...update({ Remote_Training_Meeting_Link__c: 'https://meet.example.com/me' }) };
    const refuses = (changes: Changes, { prior = typed, permissions = OWN }: SaveOptions = {}) => {
      const context = saving({ ...prior, ...changes }, { object: flow.object, prior, permissions });
      return rule.fails({ ...context, record: { ...context.record, ...flow.run(context) } });
    };
    const made = { Remote_Training_Meeting_Link__c: 'https://vc.example.com/j/2', Meeting_Link_Status__c: 'Ready' };
    assert.equal(refuses({ ...made, Revision__c: 3, Synced_Revision__c: 3 }), true);
    assert.equal(refuses({ Meeting_Link_Status__c: 'Pending', Revision__c: 3 }), true, 'a pass that is not done');
    assert.equal(refuses({ Lark_Calendar_Event_ID__c: 'e2', Revision__c: 3 }), true, 'other results');
    assert.equal(refuses({ ...made, Revision__c: 4, Synced_Revision__c: 4 }), false, 'a pass that read it');
    assert.equal(refuses(made), false, 'a save that sends no revision');
    assert.equal(refuses({ Notes__c: 'x' }, { permissions: [] }), false, 'another person');
    assert.equal(refuses({ Revision__c: 4 }, { prior: { ...typed, Revision__c: null } }), false, 'an older booking');
    assert.equal(rule.errorField, 'Revision__c');
  });

  test('a link emptied by a person asks for a new one', () => {
    const updated = update({ Remote_Training_Meeting_Link__c: null }, { stored: { Meeting_Link_Source__c: 'Manual' } });
    assert.deepEqual(pick(updated, ...LINK), [null, 'Pending', null]);
    assert.deepEqual(pick(updated, ...SYNC), [4, 3, 'Pending', 'P']);
  });
});

describe('owner', () => {
  const user = '005000000000002AAA';
  const related = (isActive: FieldValue): SaveOptions => ({
    related: { 'Trainer__r.User__r.IsActive': isActive, 'Trainer__r.User__c': isActive === null ? null : user },
  });

  test('the active user of the trainer owns the booking, after create, update and own saves', () => {
    assert.equal(create({}, related(true)).OwnerId, user);
    assert.equal(update({ Trainer__c: 'a01000000000002AAA' }, related(true)).OwnerId, user);
    assert.equal(update({}, related(true)).OwnerId, user);
    assert.equal(update({}, { ...related(true), permissions: OWN }).OwnerId, user);
  });

  test('an inactive user, or none, leaves the owner', () => {
    for (const isActive of [false, null]) {
      assert.equal(create({}, related(isActive)).OwnerId, STORED.OwnerId);
      assert.equal(update({ Notes__c: 'x' }, related(isActive)).OwnerId, STORED.OwnerId);
    }
  });

  test('a change of owner alone is nothing that the outside must show', () => {
    assert.deepEqual(pick(update({ OwnerId: user }, related(true)), ...SYNC), [3, 3, 'Synced', null]);
  });
});
