import cron from 'node-cron';
import type { Log, Now } from './core/runtime.ts';
import type { JobDefinition, Queue } from './queue/queue.ts';
import type { Database } from './storage/database.ts';
import { z } from 'zod';

/** Every cron line of the product. Times are UTC. */
export const schedules = {
  /** Bookings whose trigger was lost on its way out of Salesforce. */
  'find-lost-triggers': '*/2 * * * *',
  /** Bookings whose last pass did not succeed, also after a lost database. */
  'find-unfinished': '15 2 * * *',
  /** Bookings that were deleted in Salesforce: nothing else tells of them. */
  'find-deleted': '45 2 * * *',
  /** Confirmed trainings that start within a day. */
  'check-upcoming': '35 * * * *',
  /** Events and meetings that should not exist. */
  'find-orphans': '45 3 * * *',
  /** Token pairs that Salesforce does not have yet. */
  'flush-tokens': '* * * * *',
  /** Connections that would suffer if nobody refreshed them. */
  'refresh-due': '40 * * * *',
  /** Sweeps whose worker died, and what should have been read at start. */
  'resume-work': '* * * * *',
  /** Connections that Salesforce knows better than the database. */
  'catch-up-connections': '35 1 * * *',
  /** Ends of access that their trainers should know of. */
  'announce-ends': '10 * * * *',
  /** The day's reminders of trainers who are not connected: the first tick of a day that finds a server starts them. */
  'remind-trainers': '20 6-17 * * *',
  /** One mail a day to the administrators: the first tick that finds a server, Salesforce and something to tell. */
  'send-digest': '50 6-17 * * *',
  /** The numbers of the day, for reports and charts. */
  'record-metrics': '50 * * * *',
  /** Confirmed bookings that are over. */
  'complete-past-bookings': '5 * * * *',
  /** What is remembered of trainings of long ago. */
  'forget-past': '15 4 * * *',
  /** Expired states, tickets, leases, claims and holds. */
  'clean-up': '25 * * * *',
} as const;

export type ScheduleName = keyof typeof schedules;

/** Ticks whose work starts some seconds late, at random up to this: many servers must not come to a vendor at once. */
const jitterSeconds: Partial<Record<ScheduleName, number>> = { 'refresh-due': 300 };

/** A tick carries nothing but its slot; the job finds its work itself and can be run any number of times. */
export const tickSchema = z.strictObject({ slot: z.iso.datetime() });
export type Tick = z.infer<typeof tickSchema>;

export function tickJob(name: ScheduleName): JobDefinition<Tick> {
  return {
    name,
    schema: tickSchema,
    retry: { limit: 2, delaySeconds: 10, maxDelaySeconds: 60 },
    expireInSeconds: 300,
    concurrency: 1,
  };
}

export interface SchedulesDeps {
  db: Database;
  queue: Queue;
  now: Now;
  log: Log;
  /** Between 0 and 1. */
  random: () => number;
}

/** Starts cron: ticks only enqueue. Returns the function that stops it. */
export function startSchedules(deps: SchedulesDeps): () => Promise<void> {
  const tasks = Object.entries(schedules).map(([name, expression]) =>
    cron.schedule(
      expression,
      async ({ date }) => {
        const startAfterSeconds = Math.round((jitterSeconds[name as ScheduleName] ?? 0) * deps.random());
        await enqueueOncePerSlot(deps, name as ScheduleName, toSlot(date), { startAfterSeconds }).catch(
          (error: unknown) => deps.log.error({ err: error, schedule: name }, 'a tick could not be enqueued'),
        );
      },
      { name, timezone: 'UTC' },
    ),
  );
  return async () => {
    for (const task of tasks) await task.destroy();
  };
}

/** Enqueues the tick exactly once over all replicas: the slot's row and its job are one transaction. */
export async function enqueueOncePerSlot(
  deps: Pick<SchedulesDeps, 'db' | 'queue'>,
  name: ScheduleName,
  slot: Date,
  options: { startAfterSeconds?: number } = {},
): Promise<boolean> {
  return deps.db.transaction().execute(async (trx) => {
    const won = await trx
      .insertInto('cron_slot')
      .values({ name, slot })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst();
    if (!won) return false;
    await deps.queue.enqueue(tickJob(name), { slot: slot.toISOString() }, { ...options, key: name, trx });
    return true;
  });
}

/** Enqueues the latest tick of an hourly or nightly schedule if no replica was there to do it. */
export async function enqueueMissed(
  deps: Pick<SchedulesDeps, 'db' | 'queue' | 'now'>,
  name: 'refresh-due' | 'find-orphans',
  options: { startAfterSeconds?: number } = {},
): Promise<boolean> {
  return enqueueOncePerSlot(deps, name, latestSlot(schedules[name], deps.now()), options);
}

const HOUR_MS = 3_600_000;

/** The last time at which a cron line of a minute, and perhaps an hour, was due. */
export function latestSlot(expression: `${string} ${string} * * *`, now: Date): Date {
  const [minute, hour] = expression.split(' ');
  const [every, since] =
    hour === '*'
      ? [HOUR_MS, Number(minute) * 60_000]
      : [24 * HOUR_MS, Number(hour) * HOUR_MS + Number(minute) * 60_000];
  return new Date(Math.floor((now.getTime() - since) / every) * every + since);
}

/** The minute that a tick stands for, equal in all replicas. */
function toSlot(date: Date | string): Date {
  const minute = 60_000;
  return new Date(Math.floor(new Date(date).getTime() / minute) * minute);
}
