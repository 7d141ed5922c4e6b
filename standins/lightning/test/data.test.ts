import assert from 'node:assert/strict';
import test from 'node:test';
import type { RecordList } from '../org/list-records.ts';
import type { RecordView } from '../org/read-record.ts';
import { ADMIN, STAFF, startWorld, TRAINER } from './support.ts';

type List = RecordList & { missing?: string; view: { label: string }; views: { name: string }[] };
type Saved = { errors?: { message: string; errorCode: string; fields?: string[] }[]; record?: RecordView };

const BOOKINGS = '/ui/lists/Training_Booking__c';
const column = (list: List, name: string) =>
  list.rows.map(({ cells }) => cells.find((cell) => cell.name === name)?.value);

test('A list view, when it is opened, shows its own columns and rows with links to records', async (t) => {
  const { ask } = await startWorld(t);
  const { body: all } = await ask<List>(BOOKINGS);
  assert.equal(all.view.label, 'All Bookings');
  assert.equal(all.rows.length, 30);
  assert.deepEqual(
    all.columns.map(({ label }) => label),
    ['Booking Number', 'Merchant Name', 'Trainer', 'Start', 'Service Type', 'Status', 'Meeting Link Status'],
  );
  const [number, , trainer, start] = all.rows[0]?.cells ?? [];
  assert.equal(number?.href, `/lightning/r/Training_Booking__c/${all.rows[0]?.id}/view`);
  assert.equal(trainer?.text, 'Wei Tan');
  assert.match(String(start?.value), /^\d{4}-.*Z$/, 'instants come in UTC for the page to show in the user’s zone');

  const { body: upcoming } = await ask<List>(`${BOOKINGS}?view=Upcoming`);
  assert.ok(upcoming.rows.length > 0 && upcoming.rows.length < 30);
  const statuses = new Set(column(upcoming, 'Status__c'));
  assert.ok([...statuses].every((status) => status === 'Confirmed' || status === 'Requested'));
});

test('A list, when it is sorted or longer than asked for, says so', async (t) => {
  const { ask } = await startWorld(t);
  const { body } = await ask<List>(`${BOOKINGS}?sort=Start__c&direction=desc&limit=5`);
  const starts = column(body, 'Start__c').map(String);
  assert.deepEqual(starts, [...starts].sort().reverse());
  assert.deepEqual([body.rows.length, body.more, body.sort], [5, true, { field: 'Start__c', direction: 'desc' }]);
});

test('A trainer sees the own bookings only', async (t) => {
  const { ask } = await startWorld(t);
  const { body } = await ask<List>(BOOKINGS, { as: TRAINER });
  const trainers = new Set(body.rows.map(({ cells }) => cells.find(({ name }) => name === 'Trainer__c')?.text));
  assert.deepEqual([...trainers], ['Wei Tan']);
});

test('A list of something that has no list views, or that the user may not read, is not shown', async (t) => {
  const { ask } = await startWorld(t);
  assert.deepEqual((await ask('/ui/lists/PermissionSetAssignment')).body, { missing: 'access' });
});

test('A record, when it is opened, has its page, its highlights and the fields of its layout', async (t) => {
  const { ask, bookingId } = await startWorld(t);
  const { body } = await ask<RecordView>(`/ui/records/${await bookingId('TB-00003')}`, { as: STAFF });
  assert.deepEqual([body.name, body.object.label], ['TB-00003', 'Training Booking']);
  assert.deepEqual(body.highlights.slice(0, 3), ['Trainer__c', 'Merchant_Name__c', 'Start__c']);
  assert.deepEqual(
    body.page.map(({ name, blocks }) => [name, blocks.map(({ type }) => type)]),
    [
      ['header', ['highlights']],
      ['main', ['details']],
      ['sidebar', ['component']],
    ],
  );
  const [details] = body.page[1]?.blocks ?? [];
  assert.ok(details?.type === 'details');
  const placed = new Map(details.sections.flatMap(({ columns }) => columns.flat()).map((one) => [one.name, one]));
  assert.equal(placed.get('Start__c')?.editable, true);
  assert.equal(placed.get('Name')?.editable, false, 'auto numbers are never edited');
  assert.equal(placed.get('Sync_Status__c')?.editable, false, 'no permission set gives edit');
  assert.equal(body.fields['Start__c']?.required, true);
  assert.deepEqual(
    body.fields['Service_Type__c']?.options?.map(({ value }) => value),
    ['Remote', 'Onsite'],
  );
});

test('A trainer, who may only read bookings, gets no field to edit', async (t) => {
  const { ask, bookingId } = await startWorld(t);
  const { body } = await ask<RecordView>(`/ui/records/${await bookingId('TB-00003')}`, { as: TRAINER });
  assert.deepEqual(
    Object.values(body.fields).filter(({ editable }) => editable),
    [],
  );
});

test('A record that is not there and one that others own are told apart', async (t) => {
  const { ask, bookingId } = await startWorld(t);
  const foreign = await bookingId('TB-00009');
  assert.deepEqual((await ask(`/ui/records/${foreign}`, { as: TRAINER })).body, { missing: 'access' });
  assert.deepEqual((await ask('/ui/records/a03000000000000AAA')).body, { missing: 'record' });
  assert.deepEqual((await ask('/ui/records/nonsense')).body, { missing: 'record' });
});

test('A save runs as the user: the before-save flow raises the revision and the answer is the new record', async (t) => {
  const { ask, bookingId } = await startWorld(t);
  const place = `/ui/records/${await bookingId('TB-00003')}`;
  const { body: before } = await ask<RecordView>(place, { as: STAFF });
  const start = new Date(Date.parse(String(before.fields['Start__c']?.value)) - 30 * 60_000).toISOString();
  const { body } = await ask<Saved>(place, { as: STAFF, method: 'PATCH', body: { Start__c: start } });
  assert.deepEqual(body.errors, undefined);
  assert.equal(body.record?.fields['Start__c']?.value, start);
  assert.equal(body.record?.fields['Revision__c']?.value, Number(before.fields['Revision__c']?.value ?? 0) + 1);
  assert.equal(body.record?.fields['LastModifiedById']?.text, 'Sam Porter');
});

test('A save that a validation rule refuses is answered with its words and its field, and changes nothing', async (t) => {
  const { ask, bookingId } = await startWorld(t);
  const place = `/ui/records/${await bookingId('TB-00003')}`;
  const { body: before } = await ask<RecordView>(place);
  const end = before.fields['Start__c']?.value;
  const { body } = await ask<Saved>(place, { method: 'PATCH', body: { End__c: end } });
  assert.deepEqual(body.errors, [
    {
      message: 'The end must be after the start.',
      errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      fields: ['End__c'],
    },
  ]);
  const { body: after } = await ask<RecordView>(place);
  assert.equal(after.fields['End__c']?.value, before.fields['End__c']?.value);
});

test('A save by somebody who may only read is refused by the platform', async (t) => {
  const { ask, bookingId } = await startWorld(t);
  const place = `/ui/records/${await bookingId('TB-00003')}`;
  const { body } = await ask<Saved>(place, { as: TRAINER, method: 'PATCH', body: { Notes__c: 'mine' } });
  assert.ok((body.errors?.length ?? 0) > 0);
  const { body: after } = await ask<RecordView>(place, { as: ADMIN });
  assert.notEqual(after.fields['Notes__c']?.value, 'mine');
});

test('The choices of a lookup are the records that the user may see', async (t) => {
  const { ask } = await startWorld(t);
  const forStaff = await ask<{ label: string }[]>('/ui/lookup/Onboarding_Trainer__c', { as: STAFF });
  const forTrainer = await ask<{ label: string }[]>('/ui/lookup/Onboarding_Trainer__c', { as: TRAINER });
  assert.ok(forStaff.body.length > 5);
  assert.deepEqual(
    forTrainer.body.map(({ label }) => label),
    ['Wei Tan'],
  );
});

test('A session that the org has ended is begun anew without the user noticing', async (t) => {
  const { ask, org } = await startWorld(t);
  assert.equal((await ask<List>(BOOKINGS)).body.rows.length, 30);
  org.clock.advance(3 * 60 * 60 * 1000);
  assert.equal((await ask<List>(BOOKINGS)).body.rows.length, 30);
});
