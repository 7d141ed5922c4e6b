import { AppError, messageOf } from '../../core/errors.ts';
import { connectionIdOf } from '../../core/connection.ts';
import type { Interval } from '../../core/interval.ts';
import { ProviderError } from '../../core/provider-error.ts';
import type { Log } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { FindTrainer, Trainer } from '../../core/trainer.ts';
import type { FreeBusy } from '../../providers/ports/free-busy.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Tokens } from '../../tokens/port.ts';

/** What a calendar said about a span. Not asked and not readable are different things. */
export interface CalendarReading {
  busy: Interval[];
  /** The calendar exists and could not be read: why, for people. */
  unknownBecause: string | undefined;
  /** What people should know about where the answer comes from. */
  note: string | undefined;
}

export interface ReadCalendarDeps {
  tokens: Pick<Tokens, 'withAccessToken'>;
  /** Absent: Lark is not set up. */
  freeBusy: FreeBusy | undefined;
  findTrainer: FindTrainer;
  log: Log;
}

/** Asks the trainer's Lark calendar. Never throws for trouble with it: then the time is unknown, never free. */
export async function readCalendar(deps: ReadCalendarDeps, trainer: Trainer, span: Interval): Promise<CalendarReading> {
  const { freeBusy } = deps;
  if (!freeBusy) return { busy: [], unknownBecause: undefined, note: 'Lark is not set up; only bookings are known.' };
  try {
    const busy = await deps.tokens.withAccessToken(connectionIdOf('lark', trainer.id), async (token) => {
      const subjectId =
        trainer.lark.userId ?? (await deps.findTrainer({ trainerId: trainer.id }, { fresh: true })).lark.userId;
      if (subjectId === undefined)
        throw new ProviderError('lark', 'temporary', 'The Lark user of the trainer is not known yet.');
      return freeBusy.busy(token, { subjectId, from: span.start, to: span.end });
    });
    return { busy, unknownBecause: undefined, note: undefined };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_connected') {
      return {
        busy: [],
        unknownBecause: undefined,
        note: `${trainer.name} has no calendar connected; only bookings are known.`,
      };
    }
    deps.log.warn({ err: error, trainerId: trainer.id }, 'a connected calendar could not be read');
    return { busy: [], unknownBecause: `The Lark calendar could not be read: ${messageOf(error)}`, note: undefined };
  }
}

/** The bookings of these trainers that touch the span and are not cancelled, in one query. Throws `SalesforceError`. */
export async function readBookings(
  deps: { records: Pick<SalesforceRecords, 'query'> },
  trainerIds: readonly string[],
  span: Interval,
): Promise<Map<string, Interval[]>> {
  const rows = await deps.records.query(
    soql`SELECT Trainer__c, Start__c, End__c FROM Training_Booking__c
      WHERE Trainer__c IN ${trainerIds} AND Status__c != 'Cancelled' AND Start__c < ${span.end} AND End__c > ${span.start}`,
  );
  const byTrainer = new Map<string, Interval[]>(trainerIds.map((id) => [id, []]));
  for (const row of rows) {
    const trainerId = toLongId(String(row.Trainer__c)) ?? '';
    byTrainer.get(trainerId)?.push({ start: new Date(String(row.Start__c)), end: new Date(String(row.End__c)) });
  }
  return byTrainer;
}
