import assert from 'node:assert/strict';
import { createMovableClockFrom } from './movable-now.ts';
import type { Trainer } from '../../../src/core/trainer.ts';
import { bookTraining, type BookTrainingDeps } from '../../../src/features/bookings/book-training.ts';
import { bookTrainingBody } from '../../../src/features/bookings/booking-request.ts';
import type { BookingSettings } from '../../../src/features/bookings/desired-effects.ts';
import { reconcileBooking, type Reconciled } from '../../../src/features/bookings/reconcile-booking.ts';
import { toTrainer, trainersWhere } from '../../../src/features/trainers/trainer-row.ts';
import { parse } from '../../../src/http/validate.ts';
import type { EnqueueOptions, JobDefinition } from '../../../src/queue/queue.ts';
import type { Row } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import { createFakeLark } from './fake-lark.ts';
import { createFakeSalesforce } from './fake-salesforce.ts';

export const MEI = 'a0T000000000001EAA';
export const RAJ = 'a0T000000000002EAA';
/** A booking as the portal asks for it: next Tuesday at ten. */
export const usualRequest = {
  merchantId: 'M-1',
  merchantName: 'Coffee Corner',
  trainerId: MEI,
  date: '2026-11-24',
  startTime: '10:00',
  endTime: '11:00',
  bookingType: 'training',
};

const tables = [
  'slot_hold',
  'idempotency',
  'effect',
  'timeline_entry',
  'lease',
  'link_memory',
  'mirror_memory',
] as const;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything a pass needs, hand-written around a real database. */
export function createPassKit(db: Database) {
  const salesforce = createFakeSalesforce();
  const lark = createFakeLark();
  const clock = createMovableClockFrom('2026-11-21T00:00:00Z');
  const invited: string[] = [];
  const woken: string[] = [];
  const enqueued: { data: unknown; options: EnqueueOptions | undefined }[] = [];
  const steps: string[] = [];
  const crash: { at: string | undefined } = { at: undefined };
  const settings: BookingSettings = { mockLarkBooking: false, larkMeeting: 'auto', meetingBookingTypes: ['Training'] };
  for (const [Id, Name] of [
    [MEI, 'Mei'],
    [RAJ, 'Raj'],
  ]) {
    const Email__c = `${Name}@example.com`;
    salesforce.trainers.set(String(Id), { Id, Name, Email__c, Active__c: true, Time_Zone__c: 'Asia/Singapore' });
  }
  const trainerOf = (id: string): Trainer => toTrainer(salesforce.trainers.get(id) ?? assert.fail(`no trainer ${id}`));

  const deps: BookTrainingDeps = {
    records: salesforce.records,
    db,
    now: clock.now,
    log: silent,
    step: (name) => {
      steps.push(name);
      if (name !== crash.at) return Promise.resolve();
      crash.at = undefined;
      return Promise.reject(new Error(`stopped at ${name}`));
    },
    tokens: lark.tokens,
    lark,
    findTrainer: (reference) => Promise.resolve(trainerOf('trainerId' in reference ? reference.trainerId : MEI)),
    trainers: { queryWhere: trainersWhere, fromRow: toTrainer },
    settings: () => settings,
    inviteTrainer: (trainerId) => Promise.resolve(void invited.push(trainerId)),
    freed: (_trx, trainerId) => Promise.resolve(void woken.push(trainerId)),
    knowHolds: () => Promise.resolve(),
    nextFreeSlots: () => Promise.resolve({ slots: [], unknown: [], notes: [] }),
    queue: {
      enqueue: <T>(_job: JobDefinition<T>, data: T, options?: EnqueueOptions) =>
        Promise.resolve(void enqueued.push({ data, options })),
    },
    patience: { equalRequestMs: 300, effectsMs: 5_000 },
  };

  const row = (bookingId: string): Row => salesforce.bookings.get(bookingId) ?? assert.fail('the booking is not there');

  return {
    salesforce,
    lark,
    clock,
    deps,
    settings,
    invited,
    woken,
    enqueued,
    steps,
    trainerOf,
    /** The next pass stops at this step, as if the process had died there. */
    crashAt: (step: string) => (crash.at = step),
    /** A confirmed remote training next Tuesday at ten, made in Salesforce. */
    addBooking: (fields: Row = {}): string =>
      String(
        salesforce.insertBooking({
          Trainer__c: MEI,
          Merchant_Reference__c: 'M-1',
          Merchant_Name__c: 'Coffee Corner',
          Start__c: '2026-11-24T02:00:00.000Z',
          End__c: '2026-11-24T03:00:00.000Z',
          Time_Zone__c: 'Asia/Singapore',
          Service_Type__c: 'Remote',
          Booking_Type__c: 'Training',
          Status__c: 'Confirmed',
          ...fields,
        }).Id,
      ),
    /** The portal books; what is changed in the usual request may be wrong. */
    book: (change: Record<string, unknown> = {}, idempotencyKey?: string) => {
      const body = parse(bookTrainingBody, { ...usualRequest, ...change });
      return bookTraining(deps, { body, idempotencyKey, callerName: 'portal', actor: 'portal', requestId: 'request' });
    },
    reconcile: async (bookingId: string, isLastAttempt = false): Promise<Reconciled> => {
      const cause = { actor: 'test', requestId: 'request' };
      const result = await reconcileBooking(deps, { bookingId, isLastAttempt, ...cause });
      return result ?? assert.fail('the booking is not there');
    },
    row,
    linkOf: (bookingId: string) => row(bookingId).Remote_Training_Meeting_Link__c as string | null,
    /** What the timelines tell of links, or that of one booking: the old one and the new one, oldest line first. */
    linkLines: (bookingId?: string) =>
      [...salesforce.timeline.values()]
        .filter((line) => line.Step__c === 'Meeting link' && line.Booking__c === (bookingId ?? line.Booking__c))
        .map(({ Old_Link__c, New_Link__c }) => [Old_Link__c, New_Link__c]),
    clear: async () => {
      for (const table of tables) {
        await db.deleteFrom(table).execute();
      }
    },
  };
}

export type PassKit = ReturnType<typeof createPassKit>;
