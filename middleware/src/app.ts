import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { AppError } from './core/errors.ts';
import { trainerIdOf, type ConnectionId, type ProviderId } from './core/connection.ts';
import { once } from './core/once.ts';
import { noStep, type Log, type Now, type Step } from './core/runtime.ts';
import { listConnectionsRouter } from './features/admin/list-connections-routes.ts';
import { adminRouter } from './features/admin/routes.ts';
import { alertAdmins, alertAdminsJob, alertWith, createAlert } from './features/alerts/alert-admins.ts';
import { keyRotationRouter } from './features/admin/key-rotation-routes.ts';
import { deadLettersRouter } from './features/admin/dead-letters-routes.ts';
import { noteBooking } from './features/admin/dead-letters.ts';
import { switchesRouter } from './features/admin/switches-routes.ts';
import { createSwitches, repairBookingsJob } from './features/admin/switches.ts';
import { createNote } from './features/attention/notes.ts';
import { createBusyCache, tokensThatForget } from './features/availability/busy-cache.ts';
import { connectedCalendar } from './features/availability/connected-calendar.ts';
import { nextFreeSlots } from './features/availability/next-free-slots.ts';
import { availabilityRouter } from './features/availability/routes.ts';
import { withBookingLease } from './features/bookings/booking-lease.ts';
import { cleanUpBookings } from './features/bookings/clean-up.ts';
import { completePastBookings } from './features/bookings/complete-past-bookings.ts';
import { correctLedger } from './features/bookings/correct-ledger.ts';
import { findDeletedBookings } from './features/bookings/find-deleted-bookings.ts';
import { findLostTriggers, retryPendingFor, wakeConflicts } from './features/bookings/find-lost-triggers.ts';
import { inspectBooking } from './features/bookings/inspect-booking.ts';
import { createMirrorSettings, mirrorBooking } from './features/bookings/mirror-booking.ts';
import { effectsOf, nextEffects, noteLeftover } from './features/bookings/note-leftover.ts';
import { rebuildHolds } from './features/bookings/rebuild-holds.ts';
import { enqueueReconcile, reconcileJob, runReconcileJob } from './features/bookings/reconcile-job.ts';
import { bookingFields, toBooking, type StoredBooking } from './features/bookings/booking-row.ts';
import { messageFor } from './features/bookings/present-booking.ts';
import { readBooking } from './features/bookings/read-booking.ts';
import { bookingsRouter } from './features/bookings/routes.ts';
import type { PassContext } from './features/bookings/timeline.ts';
import { trainerConnectedJob } from './features/bookings/trainer-connected.ts';
import { trainersNeedingTokens } from './features/bookings/trainers-needing-tokens.ts';
import { cleanUpConnections } from './features/connections/clean-up.ts';
import { createLink } from './features/connections/create-link.ts';
import { inviteTrainer, inviteTrainerJob } from './features/connections/invite-trainer.ts';
import { connectionsRouter } from './features/connections/routes.ts';
import { announceEnd, announceEndJob } from './features/forecast/announce-end.ts';
import { announceEnds } from './features/forecast/announce-ends.ts';
import { cleanUpAnnouncements } from './features/forecast/announcements.ts';
import { forecastOf } from './features/forecast/forecast.ts';
import { createHealth } from './features/health/health.ts';
import { healthRouter } from './features/health/routes.ts';
import { createMailTemplates } from './features/mail-templates/mail-templates.ts';
import { cleanUpMerchantMail } from './features/merchant-mail/calendar-link.ts';
import { announceBooking, mailMerchant, mailMerchantJob } from './features/merchant-mail/mail-merchant.ts';
import { calendarRouter } from './features/merchant-mail/routes.ts';
import { merchantsRouter } from './features/merchants/routes.ts';
import { cleanUpMetrics } from './features/metrics/counted-events.ts';
import { noteFailedBooking } from './features/metrics/note-failed-booking.ts';
import { recordMetrics } from './features/metrics/record-metrics.ts';
import { findOrphans, sweepJob, sweepPage } from './features/orphans/find-orphans.ts';
import { createMailAsReminder } from './features/reminders/mail-as-reminder.ts';
import { createTrainerLookup } from './features/trainers/find-trainer.ts';
import { toTrainer, trainersWhere } from './features/trainers/trainer-row.ts';
import { createRequireCronSecret, createRequireScope } from './http/authenticate.ts';
import { checkTrainingJob } from './features/upcoming/check-training-job.ts';
import { checkTraining } from './features/upcoming/check-training.ts';
import { checkUpcoming } from './features/upcoming/check-upcoming.ts';
import { tellTrainer, tellTrainerJob } from './features/upcoming/tell-trainer.ts';
import { createHttpApp, createRateLimit, listen, type RunningServer } from './http/server.ts';
import { createLark } from './providers/lark/index.ts';
import { createTurns } from './providers/turns.ts';
import { createOperations } from './operations.ts';
import { createPgBossQueue } from './queue/pg-boss-queue.ts';
import { createSalesforce } from './salesforce/connection.ts';
import { SalesforceError } from './salesforce/records.ts';
import { enqueueMissedHour, startSchedules, tickJob, type ScheduleName } from './schedules.ts';
import { cleanUpStorage } from './storage/clean-up.ts';
import type { Transaction } from './storage/database.ts';
import { migrate, openDatabase, type OpenDatabase } from './storage/open-database.ts';
import { holdPlaces, takePlace } from './storage/rate.ts';
import { createTokens } from './tokens/access-token.ts';
import { catchUp } from './tokens/catch-up.ts';
import { createFlusher } from './tokens/flusher.ts';
import { createLifecycle } from './tokens/lifecycle.ts';
import { createRefreshSweeps, refreshTokensJob, runRefreshJob } from './tokens/refresh-runs.ts';
import { createKeyRotation, rotateKeysJob } from './tokens/key-rotation.ts';
import { createSealer } from './tokens/seal.ts';

export interface AppOptions {
  config: Config;
  log: Log;
  /** The clock; the system's unless told. */
  now?: Now;
  /** Called at named steps between effects; crash tests stop there. */
  step?: Step;
  /** One that is open already, instead of what the configuration names; `stop` closes it. */
  database?: OpenDatabase;
}

export interface App {
  /** Migrates, starts the queue, rebuilds what must be known, listens. */
  start(): Promise<{ port: number }>;
  /** Does now what cron would enqueue: for tests and simulations, which move the clock themselves. */
  runSchedule(name: ScheduleName): Promise<void>;
  /** Finishes what runs, at most `timeoutMs` for requests and jobs each. */
  stop(timeoutMs: number): Promise<void>;
}

/** What anybody can open, by address: an office behind one address may connect at once; mails are asked for one by one. */
const PUBLIC_PAGES_PER_MINUTE = 300;
const MAILS_PER_MINUTE = 10;
/** Over all addresses and replicas, since each costs a call of Salesforce: 150 an hour, and 50 at once. */
const REQUESTED_LINKS = { perSecond: 1, perMinute: 2.5 };
/** A server that has to read many connections after its database was lost serves meanwhile. */
const CATCH_UP_PATIENCE_MS = 2_000;

/** Schedules that come again within minutes, or whose next tick does what this one could not. */
const repeatsSoon: ReadonlySet<ScheduleName> = new Set([
  'flush-tokens',
  'find-lost-triggers',
  'resume-work',
  'record-metrics',
]);

/** Builds the whole product. Nothing else constructs anything. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, log, now = () => new Date(), step = noStep } = options;
  const database = options.database ?? (await openDatabase(config.database));
  const { db } = database;
  if (database.kind === 'pglite') {
    log.warn({}, 'the embedded database survives a crash, not a power cut: production wants PostgreSQL');
  }
  const wait = (milliseconds: number) => sleep(milliseconds);
  const queue = createPgBossQueue({ database, log });
  const alerts = { queue, now, log, recipients: config.alertRecipients };
  const alert = createAlert({ ...alerts, db });
  const turnsOf = (provider: ProviderId, limit: { requestsPerSecond: number; requestsPerMinute: number }) => {
    const allowed = { perSecond: limit.requestsPerSecond, perMinute: limit.requestsPerMinute };
    return createTurns({
      provider,
      takePlace: (name, patienceMs) => takePlace({ db, now }, name, allowed, patienceMs),
      holdPlaces: (name, forMs) => holdPlaces({ db, now }, name, allowed, forMs),
      sleep: wait,
    });
  };
  const records = createSalesforce(config.salesforce, { now, log });
  const lark =
    config.lark &&
    createLark(
      { ...config.lark, installationId: config.salesforce.orgId },
      { now, log, turns: turnsOf('lark', config.lark) },
    );
  const isProviderOn = (provider: ProviderId) => provider === 'lark' && lark !== undefined;
  const { findTrainer, findTrainers } = createTrainerLookup({ records, now });
  const switchBoard = createSwitches({ db, queue, now, log, alert, initial: config.switches });
  const switches = () => switchBoard.current();
  let stopping = false;

  const sealer = createSealer({ orgId: config.salesforce.orgId, ...config.encryption });
  const stored = { db, records, sealer, now, log, step, alert };
  const flusher = createFlusher(stored);
  const connected = async (connectionId: ConnectionId) => {
    const trainerId = trainerIdOf(connectionId);
    await queue.enqueue(trainerConnectedJob, { trainerId }, { key: trainerId });
  };
  const tokens = createTokens({
    ...stored,
    step,
    connected,
    sleep: wait,
    changed: () => flusher.soon(),
    oauthOf: () => {
      if (!lark) throw new AppError('provider_off', 'Lark is not set up on this server.');
      return lark.oauth;
    },
  });
  const flushNow = async (connectionId: ConnectionId) => {
    await flusher.now(connectionId);
    // What is remembered of the trainer says whether they are connected.
    await findTrainer({ trainerId: trainerIdOf(connectionId) }, { fresh: true }).catch(() => undefined);
  };
  const lifecycle = createLifecycle({ ...stored, connected, sleep: wait, flushNow });
  const isStopping = () => stopping;
  const sweeps = {
    db,
    now,
    log,
    step,
    isStopping,
    queue,
    sleep: wait,
    upkeep: tokens.upkeep,
    trainersNeedingTokens: (before: Date) => trainersNeedingTokens({ db, now }, before),
  };
  const refreshSweeps = createRefreshSweeps(sweeps);
  const catchUpConnections = () => catchUp({ ...stored, isStopping });
  const caughtUp = once(catchUpConnections);

  const keyRotation = createKeyRotation({
    ...stored,
    queue,
    step,
    isStopping,
    loadEverything: async () => {
      await catchUpConnections();
    },
    changed: () => flusher.soon(),
    flush: () => flusher.all(),
  });

  const busyCache = createBusyCache({ now });
  const triggers = { records, queue, now };
  const mirrorSettings = createMirrorSettings({ records, now, log });
  const bookings = {
    ...triggers,
    db,
    log,
    step,
    tokens: tokensThatForget(tokens, busyCache),
    lark,
    findTrainer,
    trainers: { queryWhere: trainersWhere, fromRow: toTrainer },
    settings: () => ({
      ...switches(),
      larkMeeting: config.lark?.meeting ?? ('auto' as const),
      meetingBookingTypes: config.meetingBookingTypes,
    }),
    mirror: (context: PassContext, booking: StoredBooking) =>
      mirrorBooking({ records, db, now, log, mirrorSettings }, context, booking),
    announce: async (booking: StoredBooking, saved: { isSaved: boolean }) => {
      if (saved.isSaved) {
        await noteBooking({ db, now }, booking);
        await noteFailedBooking({ db, now, meetingProvider: 'lark' }, booking);
      }
      if (config.merchantMail) await announceBooking({ db, queue, now }, booking, saved);
    },
    inviteTrainer: (trainerId: string) =>
      queue.enqueue(inviteTrainerJob, { reason: 'booking', trainerId }, { key: `booking:${trainerId}` }),
    wakeConflicts: async (trainerId: string) => {
      await wakeConflicts(triggers, trainerId);
    },
  };
  const connections = {
    db,
    now,
    log,
    queue,
    records,
    findTrainer,
    lifecycle,
    mailAsReminder: createMailAsReminder({ db, records, now, log }),
    isProviderOn,
    forecastOf: (connection: Parameters<typeof forecastOf>[0]) => forecastOf(connection, now()),
    oauth: lark?.oauth,
    directory: lark?.directory,
    publicUrl: config.publicUrl,
    returnUrlOrigins: config.returnUrlOrigins,
    stateSecret: config.stateSecret,
    tenantKey: config.lark?.tenantKey,
  };
  const merchantMail = {
    db,
    records,
    now,
    log,
    step,
    findTrainer,
    readBooking: async (bookingId: string) => (await readBooking({ records }, bookingId))?.booking,
    publicUrl: config.publicUrl,
    linkSecret: config.stateSecret,
  };
  const bringInStep = (actor: string) => async (bookingIds: readonly string[]) => {
    await enqueueReconcile(queue, bookingIds, { actor, requestId: randomUUID() });
  };
  const larkUnlessOff = () => (lark && !switches().mockLarkBooking ? lark : undefined);
  const upcoming = {
    ...triggers,
    db,
    log,
    alert: (message: string, trx: Transaction) => alertWith(alerts, message, trx),
    findTrainer,
    lark: () => {
      const on = larkUnlessOff();
      return on && { tokens, events: on.events, meetings: on.meetings };
    },
    inspect: (bookingId: string) => inspectBooking(bookings, bookingId),
    correct: (correction: Parameters<typeof correctLedger>[1]) => correctLedger(bookings, correction),
    bringInStep: (bookingId: string, trx?: Transaction) => {
      const pass = { bookingId, actor: 'check-upcoming', requestId: randomUUID() };
      return queue.enqueue(reconcileJob, pass, { key: bookingId, ...(trx && { trx }) });
    },
    createLink: (trainerId: string) => createInvite('lark', trainerId),
  };
  const orphans = {
    ...triggers,
    db,
    log,
    alert: createNote({ db, now, log }),
    findTrainer,
    tokens: bookings.tokens,
    connections: lifecycle,
    lark: larkUnlessOff,
    effectsOf: (bookingIds: readonly string[]) => effectsOf(db, bookingIds),
    nextEffects: (after: string, count: number) => nextEffects({ db, now }, after, count),
    asTheOnlyOne: <T>(bookingId: string, work: () => Promise<T>) => withBookingLease({ db, now }, bookingId, work),
    noteRemoved: (removed: Parameters<typeof noteLeftover>[1]) => noteLeftover(bookings, removed),
    bringInStep: bringInStep('find-orphans'),
  };
  const availability = {
    db,
    records,
    now,
    log,
    busyCache,
    calendars: [connectedCalendar({ provider: 'lark', freeBusy: lark?.freeBusy, tokens, connections: lifecycle })],
    settings: () => ({ ...config.slots, ...switches() }),
  };

  queue.work(reconcileJob, (job, context) => runReconcileJob(bookings, job, context));
  queue.work(inviteTrainerJob, (job) => inviteTrainer(connections, job));
  const createInvite = (provider: ProviderId, trainerId: string) =>
    createLink(connections, {
      ...{ provider, trainer: { trainerId }, purpose: 'invite', returnUrl: undefined },
      isMailed: true,
    });
  const mailTemplates = createMailTemplates({ records, now, log });
  const announcements = {
    ...{ db, now, log, step, records, findTrainer, createInvite },
    writeLetter: mailTemplates.write,
    publicUrl: config.publicUrl,
  };
  const requireScope = createRequireScope({ apiKeys: config.apiKeys, salesforceOrgId: config.salesforce.orgId });
  const operations = createOperations({
    ...{ config, db, records, queue, now, log, step, isStopping, lark },
    ...{ mailTemplates, findTrainers, createInvite, requireScope, sleep: wait },
  });
  queue.work(announceEndJob, (job) => announceEnd(announcements, job));
  queue.work(rotateKeysJob, (job, context) => keyRotation.work(job, context));
  queue.work(mailMerchantJob, (job) => mailMerchant(merchantMail, job));
  queue.work(repairBookingsJob, async () => {
    await switchBoard.refresh();
    await findLostTriggers(triggers, { alsoUnfinished: true });
  });
  queue.work(alertAdminsJob, (job) => alertAdmins({ ...alerts, records }, job));
  queue.work(trainerConnectedJob, async ({ trainerId }) => {
    await operations.connected(trainerId);
    await retryPendingFor(triggers, trainerId);
  });
  queue.work(refreshTokensJob, (job) => runRefreshJob(sweeps, job));
  queue.work(checkTrainingJob, (job, context) => checkTraining(upcoming, job, context));
  queue.work(tellTrainerJob, (job) => tellTrainer(upcoming, job));
  queue.work(sweepJob, (job) => sweepPage(orphans, job));
  const onTick: Record<ScheduleName, () => Promise<unknown>> = {
    'find-lost-triggers': () => findLostTriggers(triggers),
    'find-unfinished': () => findLostTriggers(triggers, { alsoUnfinished: true }),
    'find-deleted': () => findDeletedBookings({ ...triggers, db }),
    'check-upcoming': () => checkUpcoming(upcoming),
    'find-orphans': () => findOrphans(orphans),
    'flush-tokens': () => flusher.all(),
    'refresh-due': () => refreshSweeps.start({ scope: 'due', startedBy: 'schedule' }),
    'resume-work': async () => {
      await refreshSweeps.resume();
      await operations.resumeReminders();
      await keyRotation.goOn();
      await caughtUp();
    },
    'catch-up-connections': catchUpConnections,
    'remind-trainers': () => operations.climbLadder(),
    'send-digest': () => operations.sendDigest(),
    'announce-ends': () => announceEnds({ db, now, queue }),
    'record-metrics': () =>
      recordMetrics({
        db,
        records,
        now,
        log,
        isProviderOn,
        makesMeetings: (provider) => provider === 'lark',
        meetingBookingTypes: config.meetingBookingTypes,
      }),
    'complete-past-bookings': () => completePastBookings({ ...triggers, log }),
    'clean-up': async () => {
      await cleanUpStorage({ db, now });
      await cleanUpConnections({ db, now });
      await cleanUpAnnouncements({ db, now });
      await cleanUpBookings({ db, now });
      await cleanUpMerchantMail({ db, now });
      await cleanUpMetrics({ db, now });
    },
  };
  for (const name of Object.keys(onTick) as ScheduleName[]) {
    queue.work(tickJob(name), async (_tick, { lastAttempt }) => {
      await onTick[name]().catch((error: unknown) => {
        // The next tick is its repetition: an hour without Salesforce must not fill the list of failed jobs.
        if (!(lastAttempt && repeatsSoon.has(name) && error instanceof SalesforceError)) throw error;
        log.warn({ err: error, schedule: name }, 'a tick failed; the next one tries again');
      });
    });
  }

  // No slot is given away before those that are taken are known; without Salesforce nothing can be booked either.
  const knowHolds = once(() => rebuildHolds({ records, db, now }));

  const health = createHealth({
    db,
    now,
    log,
    switches,
    databaseKind: database.kind,
    checkLark: lark && (() => lark.tenantCheck()),
    isStopping,
  });
  const limitPages = createRateLimit(PUBLIC_PAGES_PER_MINUTE);
  const http = createHttpApp({
    log,
    trustedProxies: config.trustedProxies,
    formTargets: [...(config.lark ? [config.lark.accountsDomain] : []), ...config.returnUrlOrigins],
    routers: [
      healthRouter(health),
      connectionsRouter({
        ...connections,
        requireScope,
        limitPages,
        limitMails: createRateLimit(MAILS_PER_MINUTE),
        takeRequest: async () =>
          !(await takePlace({ db, now }, 'requested-links', REQUESTED_LINKS, 20 * 60_000)).refused,
      }),
      bookingsRouter({
        ...bookings,
        requireScope,
        knowHolds,
        nextFreeSlots: (trainer, after, wanted) => nextFreeSlots(availability, trainer, after, wanted),
      }),
      adminRouter({
        db,
        records,
        wait,
        findTrainer,
        requireScope,
        requireCronSecret: createRequireCronSecret(config.cronSecret),
        refreshRuns: refreshSweeps,
        upkeep: tokens.upkeep,
      }),
      listConnectionsRouter({ db, records, now, forecastOf: connections.forecastOf, requireScope }),
      keyRotationRouter({ keyRotation, requireScope }),
      merchantsRouter({ records, bookings: { fields: bookingFields, fromRow: toBooking }, messageFor, requireScope }),
      calendarRouter({ ...merchantMail, organizerEmail: config.salesforce.mailSender, limitPages }),
      ...operations.routers,
      switchesRouter({ switches: switchBoard, requireScope }),
      deadLettersRouter({
        db,
        queue,
        now,
        requireScope,
        reconcile: (trx, bookingId, by) => queue.enqueue(reconcileJob, { bookingId, ...by }, { key: bookingId, trx }),
      }),
      availabilityRouter({ ...availability, findTrainer, findTrainers, requireScope }),
    ],
  });

  let server: RunningServer | undefined;
  let stopSchedules: (() => Promise<void>) | undefined;
  let stopFollowing: (() => Promise<void>) | undefined;
  return {
    start: async () => {
      await migrate(db);
      await switchBoard.refresh();
      stopFollowing = switchBoard.follow();
      await queue.start();
      await knowHolds().catch((error: unknown) => {
        log.error({ err: error }, 'the taken slots could not be read from Salesforce; the next booking tries again');
      });
      server = await listen(http, config.port);
      stopSchedules = startSchedules({ db, queue, now, log, random: Math.random });
      flusher.soon();
      const catchingUp = caughtUp().catch((error: unknown) => {
        log.warn({ err: error }, 'the connections could not be read from Salesforce; the next minute tries again');
      });
      await Promise.race([catchingUp, sleep(CATCH_UP_PATIENCE_MS, undefined, { ref: false })]);
      await refreshSweeps.resume();
      await operations.resumeReminders();
      await enqueueMissedHour({ db, queue, now }, 'refresh-due');
      await keyRotation.goOn();
      await onTick['find-unfinished']().catch((error: unknown) => {
        log.warn({ err: error }, 'unfinished bookings could not be looked for; the two-minute query will');
      });
      return { port: server.port };
    },
    runSchedule: async (name) => {
      // Their ticks only start a run: here its end is what counts.
      if (name === 'refresh-due') await refreshSweeps.perform('due');
      else if (name === 'remind-trainers') await operations.performLadder();
      else await onTick[name]();
    },
    stop: async (timeoutMs) => {
      stopping = true;
      await server?.close(timeoutMs);
      await stopSchedules?.();
      await stopFollowing?.();
      await queue.stop(timeoutMs);
      await flusher.stop();
      await lark?.close();
      await records.close();
      await database.close();
    },
  };
}
