import { randomUUID } from 'node:crypto';
import type { Config } from './config.ts';
import type { FindTrainer } from './core/trainer.ts';
import type { Log, Now, Step } from './core/runtime.ts';
import { forgetFailedBookings, noteBooking } from './features/admin/dead-letters.ts';
import { repairBookingsJob, type SwitchBoard } from './features/admin/switches.ts';
import { keepNote } from './features/attention/notes.ts';
import { withBookingLease } from './features/bookings/booking-lease.ts';
import type { StoredBooking } from './features/bookings/booking-row.ts';
import { completePastBookings } from './features/bookings/complete-past-bookings.ts';
import { correctLedger } from './features/bookings/correct-ledger.ts';
import { findDeletedBookings } from './features/bookings/find-deleted-bookings.ts';
import {
  findLostTriggers,
  retryPendingFor,
  wakeConflicts,
  wakeConflictsJob,
} from './features/bookings/find-lost-triggers.ts';
import { forgetPastBookings } from './features/bookings/forget-past.ts';
import { inspectBooking } from './features/bookings/inspect-booking.ts';
import { enqueueMirror, mirrorMerchant, mirrorMerchantJob } from './features/bookings/mirror-merchant.ts';
import { createMirrorSettings } from './features/bookings/mirror-settings.ts';
import { effectsOf, nextEffects, noteLeftover } from './features/bookings/note-leftover.ts';
import { readBooking } from './features/bookings/read-booking.ts';
import { enqueueReconcile, reconcileJob, runReconcileJob } from './features/bookings/reconcile-job.ts';
import { repairBookings } from './features/bookings/repair-bookings.ts';
import { inviteTrainerJob } from './features/connections/invite-trainer.ts';
import { forgetMails } from './features/merchant-mail/forget-mails.ts';
import { mailInTime } from './features/merchant-mail/mail-in-time.ts';
import { announceBooking, mailMerchantJob } from './features/merchant-mail/mail-merchant.ts';
import { noteFailedBooking } from './features/metrics/note-failed-booking.ts';
import { findOrphans, sweepJob, sweepPage } from './features/orphans/find-orphans.ts';
import { toTrainer, trainersWhere } from './features/trainers/trainer-row.ts';
import { checkTrainingJob } from './features/upcoming/check-training-job.ts';
import { checkTraining } from './features/upcoming/check-training.ts';
import { checkUpcoming } from './features/upcoming/check-upcoming.ts';
import { tellTrainer, tellTrainerJob } from './features/upcoming/tell-trainer.ts';
import type { Lark } from './providers/lark/index.ts';
import type { Queue } from './queue/queue.ts';
import type { SalesforceRecords } from './salesforce/records.ts';
import type { Database, Transaction } from './storage/database.ts';
import type { ConnectionLifecycle, Tokens } from './tokens/port.ts';

export interface BookingsDeps {
  config: Config;
  db: Database;
  records: SalesforceRecords;
  queue: Queue;
  now: Now;
  log: Log;
  step: Step;
  lark: Lark | undefined;
  tokens: Tokens;
  connections: ConnectionLifecycle;
  findTrainer: FindTrainer;
  switches: SwitchBoard;
  createInvite: (provider: 'lark', trainerId: string) => Promise<{ url: string; expiresAt: Date }>;
  /** Tells the administrators, exactly if the transaction commits. */
  alert: (message: string, trx: Transaction) => Promise<void>;
}

/** The part of `app.ts` that keeps bookings in step with what exists outside: their passes, checks, mails and sweeps. */
export function createBookings(deps: BookingsDeps) {
  const { config, db, records, queue, now, log, step, lark, findTrainer, switches } = deps;
  const triggers = { records, queue, now };
  const bookings = {
    ...triggers,
    db,
    log,
    step,
    tokens: deps.tokens,
    lark,
    findTrainer,
    trainers: { queryWhere: trainersWhere, fromRow: toTrainer },
    settings: () => ({
      ...switches.current(),
      larkMeeting: config.lark?.meeting ?? ('auto' as const),
      meetingBookingTypes: config.meetingBookingTypes,
    }),
    announce: async (booking: StoredBooking, saved: { isSaved: boolean }) => {
      if (saved.isSaved) {
        await noteBooking({ db, now }, booking);
        await noteFailedBooking({ db, now, meetingProvider: 'lark' }, booking);
      }
      await enqueueMirror({ db, queue }, booking, saved);
      if (config.merchantMail) await announceBooking({ db, queue, now }, booking, saved);
    },
    announceDeleted: (booking: Pick<StoredBooking, 'id' | 'merchantReference'>) =>
      enqueueMirror({ db, queue }, booking, { isSaved: true }),
    inviteTrainer: (trainerId: string) =>
      queue.enqueue(inviteTrainerJob, { reason: 'booking', trainerId }, { key: `booking:${trainerId}` }),
    freed: (trx: Transaction, trainerId: string) =>
      queue.enqueue(wakeConflictsJob, { trainerId }, { key: trainerId, trx }),
  };
  const merchantMail = {
    ...triggers,
    db,
    isOn: config.merchantMail,
    log,
    step,
    findTrainer,
    readBooking: async (bookingId: string) => (await readBooking({ records }, bookingId))?.booking,
    publicUrl: config.publicUrl,
    linkSecret: config.stateSecret,
  };
  const larkUnlessOff = () => (lark && !switches.current().mockLarkBooking ? lark : undefined);
  const upcoming = {
    ...triggers,
    db,
    log,
    alert: deps.alert,
    findTrainer,
    lark: () => {
      const on = larkUnlessOff();
      return on && { tokens: deps.tokens, events: on.events, meetings: on.meetings };
    },
    inspect: (bookingId: string) => inspectBooking(bookings, bookingId),
    correct: (correction: Parameters<typeof correctLedger>[1]) => correctLedger(bookings, correction),
    bringInStep: (bookingId: string, trx?: Transaction) => {
      const pass = { bookingId, actor: 'check-upcoming', requestId: randomUUID() };
      return queue.enqueue(reconcileJob, pass, { key: bookingId, ...(trx && { trx }) });
    },
    createLink: (trainerId: string) => deps.createInvite('lark', trainerId),
  };
  const orphans = {
    ...triggers,
    db,
    log,
    note: (message: string, trx: Transaction) => keepNote({ now, log }, message, trx),
    trainers: bookings.trainers,
    tokens: deps.tokens,
    connections: deps.connections,
    lark: larkUnlessOff,
    effectsOf: (bookingIds: readonly string[]) => effectsOf(db, bookingIds),
    nextEffects: (after: string, count: number) => nextEffects({ db, now }, after, count),
    asTheOnlyOne: <T>(bookingId: string, work: () => Promise<T>) => withBookingLease({ db, now }, bookingId, work),
    noteRemoved: (removed: Parameters<typeof noteLeftover>[1]) => noteLeftover(bookings, removed),
    bringInStep: async (bookingIds: readonly string[]) => {
      await enqueueReconcile(queue, bookingIds, { actor: 'find-orphans', requestId: randomUUID() });
    },
  };
  const mirrorSettings = createMirrorSettings({ records, now, log });

  queue.work(reconcileJob, (job, context) => runReconcileJob(bookings, job, context));
  queue.work(wakeConflictsJob, async ({ trainerId }) => {
    await wakeConflicts(triggers, trainerId);
  });
  queue.work(mirrorMerchantJob, (job) => mirrorMerchant({ records, db, now, log, mirrorSettings }, job));
  queue.work(mailMerchantJob, (job, context) => mailInTime(merchantMail, job, context));
  queue.work(repairBookingsJob, async () => {
    await switches.refresh();
    await repairBookings({ ...triggers, db });
  });
  queue.work(checkTrainingJob, (job, context) => checkTraining(upcoming, job, context));
  queue.work(tellTrainerJob, (job) => tellTrainer(upcoming, job));
  queue.work(sweepJob, (job) => sweepPage(orphans, job));
  return {
    bookings,
    merchantMail,
    /** A trainer has connected: what waited for them goes on. */
    connected: (trainerId: string) => retryPendingFor(triggers, trainerId),
    onTick: {
      'find-lost-triggers': () => findLostTriggers(triggers),
      'find-unfinished': () => findLostTriggers(triggers, { alsoUnfinished: true }),
      'find-deleted': () => findDeletedBookings({ ...triggers, db }),
      'check-upcoming': () => checkUpcoming(upcoming),
      'find-orphans': () => findOrphans(orphans),
      'complete-past-bookings': () => completePastBookings({ ...triggers, log }),
      'forget-past': () =>
        forgetPastBookings({
          ...{ db, records, now, log },
          alsoForget: async (trx, bookingIds) => {
            await forgetMails(trx, bookingIds);
            await forgetFailedBookings(trx, bookingIds);
          },
        }),
    },
  };
}
