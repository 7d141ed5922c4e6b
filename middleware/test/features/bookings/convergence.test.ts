import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { changeMeetingLink } from '../../../src/features/bookings/change-meeting-link.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { createPassKit, MEI, RAJ, type PassKit } from './pass-kit.ts';

let database: OpenDatabase;
before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());

type Deed = (kit: PassKit, id: string) => unknown;
const edits: Record<string, Deed> = {
  cancel: (kit, id) => kit.salesforce.edit(id, { Status__c: 'Cancelled' }),
  confirm: (kit, id) => kit.salesforce.edit(id, { Status__c: 'Confirmed' }),
  request: (kit, id) => kit.salesforce.edit(id, { Status__c: 'Requested' }),
  onsite: (kit, id) => kit.salesforce.edit(id, { Service_Type__c: 'Onsite', Store_Address__c: '1 High Street' }),
  remote: (kit, id) => kit.salesforce.edit(id, { Service_Type__c: 'Remote' }),
  soon: (kit, id) =>
    kit.salesforce.edit(id, { Start__c: '2026-11-26T02:00:00.000Z', End__c: '2026-11-26T03:00:00.000Z' }),
  far: (kit, id) =>
    kit.salesforce.edit(id, { Start__c: '2027-01-20T02:00:00.000Z', End__c: '2027-01-20T03:00:00.000Z' }),
  toRaj: (kit, id) => kit.salesforce.edit(id, { Trainer__c: RAJ }),
  toMei: (kit, id) => kit.salesforce.edit(id, { Trainer__c: MEI }),
  typedLink: (kit, id) =>
    kit.salesforce.edit(id, {
      Remote_Training_Meeting_Link__c: 'https://zoom.example/7',
      Meeting_Link_Status__c: 'Manual',
    }),
  emptyLink: (kit, id) =>
    kit.salesforce.edit(id, { Remote_Training_Meeting_Link__c: null, Meeting_Link_Status__c: 'Pending' }),
  newLink: (kit, id) =>
    changeMeetingLink(kit.deps, { bookingId: id, body: { mode: 'regenerate' }, actor: 'test', requestId: 'r' }).catch(
      () => undefined,
    ),
  manualLink: (kit, id) =>
    changeMeetingLink(kit.deps, {
      bookingId: id,
      body: { mode: 'manual', link: 'https://zoom.example/8' },
      actor: 'test',
      requestId: 'r',
    }).catch(() => undefined),
  meiLeaves: (kit) => kit.lark.disconnect(`lark:${MEI}`, 'needs_reconnect'),
  meiReturns: (kit) => kit.lark.connect(`lark:${MEI}`),
  nothing: () => undefined,
};
const troubles: Record<string, Deed> = {
  none: () => undefined,
  'reserve lost': (kit) => kit.lark.fail('reserve', 'unknown-outcome', { after: true }),
  'reserve refused': (kit) => kit.lark.fail('reserve', 'refused'),
  'reserve later': (kit) => kit.lark.fail('reserve', 'temporary'),
  'extend refused': (kit) => kit.lark.fail('extend', 'refused'),
  'event lost': (kit) => kit.lark.fail('createEvent', 'unknown-outcome', { after: true }),
  'event not sent': (kit) => kit.lark.fail('createEvent', 'not-sent'),
  'event refused': (kit) => kit.lark.fail('createEvent', 'refused'),
  'update later': (kit) => kit.lark.fail('updateEvent', 'rate-limited'),
  'delete later': (kit) => kit.lark.fail('deleteEvent', 'temporary'),
  'release lost': (kit) => kit.lark.fail('release', 'unknown-outcome', { after: true }),
  'events deleted': (kit) => kit.lark.events.clear(),
  'reservations ended': (kit) => kit.lark.reservations.clear(),
  'crash while reserving': (kit) => void kit.crashAt('reservation.answered'),
  'crash after reserving': (kit) => void kit.crashAt('reservation.recorded'),
  'crash before the event': (kit) => void kit.crashAt('event.intended'),
  'crash after the event': (kit) => void kit.crashAt('event.answered'),
  'crash before writing back': (kit) => void kit.crashAt('write-back.before'),
  'crash after writing back': (kit) => void kit.crashAt('write-back.after'),
};

test('After any edits and any trouble, a last undisturbed pass leaves what the booking says and nothing else', async () => {
  const deeds = fc.array(fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.constantFrom(...Object.keys(troubles))), {
    minLength: 1,
    maxLength: 7,
  });
  await fc.assert(
    fc.asyncProperty(deeds, async (sequence) => {
      const kit = createPassKit(database.db);
      await kit.clear();
      const id = kit.addBooking();
      kit.lark.people.set('Mei@example.com', 'ou_mei');
      let lostReservations = 0;
      for (const [edit, trouble] of sequence) {
        await edits[edit]?.(kit, id);
        troubles[trouble]?.(kit, id);
        if (trouble === 'reserve lost' || trouble === 'crash while reserving') lostReservations++;
        kit.clock.advance(61_000);
        await kit.reconcile(id).catch((error: unknown) => assert.match(String(error), /stopped at/));
        kit.lark.heal();
        kit.crashAt('');
      }
      kit.lark.connect(`lark:${MEI}`);
      // Known failures are looked at again by later passes.
      for (let pass = 0; pass < 2; pass++) {
        kit.clock.advance(61_000);
        const { retry } = await kit.reconcile(id);
        assert.equal(retry, undefined);
      }
      assertInStep(kit, id, lostReservations);
    }),
    { numRuns: 100 },
  );
});

function assertInStep(kit: PassKit, id: string, lostReservations: number): void {
  const row = kit.row(id);
  assert.equal(row.Sync_Status__c, 'Synced', String(row.Sync_Error__c));
  assert.equal(row.Synced_Revision__c, row.Revision__c);
  assert.equal(kit.lark.invited.size, 0, 'nobody is invited who has an event of their own, or none');
  const events = [...kit.lark.events.values()];
  const link = (row.Remote_Training_Meeting_Link__c ?? null) as string | null;
  const abandoned = [...kit.salesforce.events.values()].filter(
    (shown) => shown.Kind__c === 'Event' && shown.Status__c === 'Abandoned',
  ).length;
  if (row.Status__c !== 'Confirmed') {
    assert.ok(events.length <= abandoned);
    assert.ok(kit.lark.reservations.size <= lostReservations);
    return;
  }
  // An event that was deleted at Lark is noticed with the next change; one that exists is the booking's.
  assert.ok(events.length <= 1 + abandoned);
  if (abandoned > 0) return;
  const unused = [...kit.lark.reservations].filter(([reserveId]) => link !== `https://vc.example/${reserveId}`);
  assert.ok(unused.length <= lostReservations, `${unused.length} reservations nobody uses`);
  const [event] = events;
  if (!event) return;
  assert.equal(event.owner, `lark:${String(row.Trainer__c)}`);
  assert.equal(event.start.toISOString(), row.Start__c);
  if (row.Service_Type__c === 'Onsite' && row.Meeting_Link_Status__c !== 'Manual') {
    assert.deepEqual([event.meeting.kind, link], ['none', null]);
  } else if (event.meeting.kind === 'link') assert.equal(event.meeting.url, link);
  else assert.match(String(link), /own-/);
}
