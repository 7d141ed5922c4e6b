import { setTimeout as sleep } from 'node:timers/promises';
import { createBookings } from './bookings.ts';
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
import { switchesRouter } from './features/admin/switches-routes.ts';
import { createSwitches } from './features/admin/switches.ts';
import { createBusyCache, tokensThatForget } from './features/availability/busy-cache.ts';
import { connectedCalendar } from './features/availability/connected-calendar.ts';
import { nextFreeSlots } from './features/availability/next-free-slots.ts';
import { availabilityRouter } from './features/availability/routes.ts';
import { cleanUpBookings } from './features/bookings/clean-up.ts';
import { rebuildHolds } from './features/bookings/rebuild-holds.ts';
import { reconcileJob } from './features/bookings/reconcile-job.ts';
import { bookingFields, toBooking } from './features/bookings/booking-row.ts';
import { messageFor } from './features/bookings/present-booking.ts';
import { bookingsRouter } from './features/bookings/routes.ts';
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
import { calendarRouter } from './features/merchant-mail/routes.ts';
import { merchantsRouter } from './features/merchants/routes.ts';
import { cleanUpMetrics } from './features/metrics/counted-events.ts';
import { recordMetrics } from './features/metrics/record-metrics.ts';
import { cleanUpReports } from './features/orphans/reports.ts';
import { createMailAsReminder } from './features/reminders/mail-as-reminder.ts';
import { createTrainerLookup } from './features/trainers/find-trainer.ts';
import { createRequireCronSecret, createRequireScope } from './http/authenticate.ts';
import { createHttpApp, createRateLimit, listen, type RunningServer } from './http/server.ts';
import { createLark } from './providers/lark/index.ts';
import { createTurns } from './providers/turns.ts';
import { createOperations } from './operations.ts';
import { createPgBossQueue } from './queue/pg-boss-queue.ts';
import { createSalesforce } from './salesforce/connection.ts';
import { SalesforceError } from './salesforce/records.ts';
import { enqueueMissed, startSchedules, tickJob, type ScheduleName } from './schedules.ts';
import { cleanUpStorage } from './storage/clean-up.ts';
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
  /** Finishes what runs: requests and jobs together get `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** What anybody can open, by address: an office behind one address may connect at once; mails are asked for one by one. */
const PUBLIC_PAGES_PER_MINUTE = 300;
const MAILS_PER_MINUTE = 10;
/** Over all addresses and replicas, since each costs a call of Salesforce: 150 an hour, and 50 at once. */
const REQUESTED_LINKS = { perSecond: 1, perMinute: 2.5 };
/** A server that just started has more urgent things to do than what it missed at night. */
const MISSED_NIGHT_SECONDS = 600;
/** Of the time to stop in: a request that does not end leaves the rest to the jobs. */
const REQUESTS_SHARE = 0.75;
/** A server that has to read many connections after its database was lost serves meanwhile. */
const CATCH_UP_PATIENCE_MS = 2_000;

/** Schedules that come again within minutes, or whose next tick does what this one could not. */
const repeatsSoon: ReadonlySet<ScheduleName> = new Set([
  'check-upcoming',
  'complete-past-bookings',
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
  const availability = {
    db,
    records,
    now,
    log,
    busyCache,
    calendars: [connectedCalendar({ provider: 'lark', freeBusy: lark?.freeBusy, tokens, connections: lifecycle })],
    settings: () => ({ ...config.slots, ...switches() }),
  };

  queue.work(inviteTrainerJob, (job) => inviteTrainer(connections, job));
  const createInvite = (provider: ProviderId, trainerId: string) =>
    createLink(connections, {
      ...{ provider, trainer: { trainerId }, purpose: 'invite', returnUrl: undefined },
      isMailed: true,
    });
  const bookings = createBookings({
    ...{ config, db, records, queue, now, log, step, lark, findTrainer, createInvite },
    tokens: tokensThatForget(tokens, busyCache),
    connections: lifecycle,
    switches: switchBoard,
    alert: (message, trx) => alertWith(alerts, message, trx),
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
  queue.work(alertAdminsJob, (job) => alertAdmins({ ...alerts, records }, job));
  queue.work(trainerConnectedJob, async ({ trainerId }) => {
    await operations.connected(trainerId);
    await bookings.connected(trainerId);
  });
  queue.work(refreshTokensJob, (job) => runRefreshJob(sweeps, job));
  const onTick: Record<ScheduleName, () => Promise<unknown>> = {
    ...bookings.onTick,
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
    'clean-up': async () => {
      await cleanUpStorage({ db, now });
      await cleanUpConnections({ db, now });
      await cleanUpAnnouncements({ db, now });
      await cleanUpBookings({ db, now });
      await cleanUpMetrics({ db, now });
      await cleanUpReports({ db, now });
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
    ...{ db, records, now, log, switches, isStopping },
    databaseKind: database.kind,
    checkLark: lark && (() => lark.tenantCheck()),
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
        ...bookings.bookings,
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
      calendarRouter({ ...bookings.merchantMail, organizerEmail: config.salesforce.mailSender, limitPages }),
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
      await enqueueMissed({ db, queue, now }, 'refresh-due');
      await enqueueMissed({ db, queue, now }, 'find-orphans', { startAfterSeconds: MISSED_NIGHT_SECONDS });
      await keyRotation.goOn();
      for (const name of ['find-unfinished', 'find-deleted'] as const) {
        await onTick[name]().catch((error: unknown) => {
          log.warn({ err: error, schedule: name }, 'what was missed could not be looked for; the next tick will');
        });
      }
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
      const endsAt = performance.now() + timeoutMs;
      await Promise.all([server?.close(timeoutMs * REQUESTS_SHARE), stopSchedules?.()]);
      await stopFollowing?.();
      await queue.stop(Math.max(0, endsAt - performance.now()));
      await flusher.stop();
      await lark?.close();
      await records.close();
      await database.close();
    },
  };
}
