import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import type { Database } from '../../storage/database.ts';

/** What can be taken out of service while the server runs. On means: Lark is not called for it. */
export interface Switches {
  mockLarkBooking: boolean;
  mockLarkBusy: boolean;
}

const names = ['mockLarkBooking', 'mockLarkBusy'] as const;

export interface SwitchesReport extends Switches {
  /** Those that were set at run time; the others are as the environment says. */
  set: { name: keyof Switches; on: boolean; by: string; at: string }[];
}

const state = z.boolean('must be true, false, or null for what the environment says').nullable().optional();
export const switchesBody = z
  .strictObject({ mockLarkBooking: state, mockLarkBusy: state })
  .refine((body) => names.some((name) => body[name] !== undefined), 'name at least one switch');
export type SwitchesBody = z.output<typeof switchesBody>;

/** Bookings that waited for Lark get their meetings. Safe to run any number of times. */
export const repairBookingsJob: JobDefinition<Record<string, never>> = {
  name: 'repair-bookings',
  schema: z.strictObject({}),
  retry: { limit: 10, delaySeconds: 5, maxDelaySeconds: 600 },
  expireInSeconds: 300,
  concurrency: 1,
};

export interface SwitchesDeps {
  db: Database;
  queue: Pick<Queue, 'enqueue'>;
  now: Now;
  log: Log;
  alert: (message: string) => void;
  /** What the environment says. */
  initial: Switches;
}

export interface SwitchBoard {
  /** As this process knows them: free of charge, at most `FOLLOW_EVERY_MS` old. */
  current(): Switches;
  report(): Promise<SwitchesReport>;
  set(body: SwitchesBody, by: string): Promise<SwitchesReport>;
  /** Reads what is set, now. Throws when the database does not answer; what was known stays. */
  refresh(): Promise<void>;
  /** Follows what other processes set. Returns the function that stops it. */
  follow(): () => Promise<void>;
}

const FOLLOW_EVERY_MS = 2_000;
/** A pass that began before this process knew of the switch has written its results by then. */
const SETTLED_AFTER_SECONDS = 3;

/** Switches that are kept in the database, so that every process has the same ones. */
export function createSwitches(deps: SwitchesDeps): SwitchBoard {
  let known = deps.initial;
  let asked = 0;
  let answered = 0;

  /** Reads what is set and goes by it, unless a later question was answered already. */
  const learn = async () => {
    const question = ++asked;
    const rows = await deps.db
      .selectFrom('switch')
      .selectAll()
      .where('name', 'in', [...names])
      .orderBy('name')
      .execute();
    if (question > answered) {
      const isFirst = answered === 0;
      answered = question;
      await apply(rows, isFirst);
    }
    return rows;
  };

  const apply = async (rows: readonly { name: string; is_on: boolean }[], isFirst: boolean) => {
    const before = known;
    const isOn = (name: keyof Switches) => rows.find((row) => row.name === name)?.is_on ?? deps.initial[name];
    known = { mockLarkBooking: isOn('mockLarkBooking'), mockLarkBusy: isOn('mockLarkBusy') };
    for (const name of names) {
      if (known[name] !== before[name]) deps.log.warn({ switch: name, on: known[name] }, 'a switch has changed');
    }
    // Passes that this process ran on old knowledge have left bookings waiting again: whoever learns of it last repairs.
    // A process that starts has run none, and looks for what is unfinished anyway.
    if (!isFirst && before.mockLarkBooking && !known.mockLarkBooking) {
      const again = { key: 'learnt', startAfterSeconds: SETTLED_AFTER_SECONDS };
      await deps.queue.enqueue(repairBookingsJob, {}, again).catch((error: unknown) => {
        known = before;
        throw error;
      });
    }
  };

  const refresh = async () => {
    await learn();
  };

  const report = async (): Promise<SwitchesReport> => {
    const rows = await learn();
    return {
      ...known,
      set: rows.map((row) => ({
        name: row.name as keyof Switches,
        on: row.is_on,
        by: row.changed_by,
        at: row.changed_at.toISOString(),
      })),
    };
  };

  return {
    current: () => known,
    report,
    refresh,
    set: async (body, by) => {
      await refresh();
      const before = known;
      await deps.db.transaction().execute(async (trx) => {
        for (const name of names) {
          const wanted = body[name];
          if (wanted === undefined) continue;
          if (wanted === null) await trx.deleteFrom('switch').where('name', '=', name).execute();
          else {
            const row = { is_on: wanted, changed_by: by, changed_at: deps.now() };
            await trx
              .insertInto('switch')
              .values({ name, ...row })
              .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
              .execute();
          }
        }
        const isBookingOff = body.mockLarkBooking ?? deps.initial.mockLarkBooking;
        if (before.mockLarkBooking && body.mockLarkBooking !== undefined && !isBookingOff) {
          await deps.queue.enqueue(repairBookingsJob, {}, { key: 'switched', trx });
        }
      });
      const after = await report();
      tell(deps, before, after, by);
      return after;
    },
    follow: () => {
      let running = Promise.resolve();
      const timer = setInterval(() => {
        running = refresh().catch((error: unknown) => {
          deps.log.warn({ problem: messageOf(error) }, 'the switches could not be read; those known stay');
        });
      }, FOLLOW_EVERY_MS);
      timer.unref();
      return async () => {
        clearInterval(timer);
        await running;
      };
    },
  };
}

const meanings: Record<keyof Switches, { on: string; off: string }> = {
  mockLarkBooking: {
    on: 'Lark is not called for bookings any more: their meeting links stay pending.',
    off: 'Lark is called for bookings again: those that waited get their links by themselves.',
  },
  mockLarkBusy: {
    on: 'Availability does not ask Lark any more: it knows bookings only.',
    off: 'Availability asks Lark again.',
  },
};

function tell(deps: SwitchesDeps, before: Switches, after: Switches, by: string): void {
  for (const name of names) {
    if (before[name] === after[name]) continue;
    deps.log.warn({ audit: true, switch: name, on: after[name], by }, 'somebody has changed a switch');
    deps.alert(`${meanings[name][after[name] ? 'on' : 'off']} (${name} ${after[name] ? 'on' : 'off'}, set by ${by})`);
  }
}
