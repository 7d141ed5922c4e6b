import type { ErrorCode } from '../../../src/core/error-codes.ts';
import { AppError } from '../../../src/core/errors.ts';
import { ProviderError, type ProviderFailure } from '../../../src/core/provider-error.ts';
import type { Calendar, CalendarEvent } from '../../../src/providers/ports/calendar.ts';
import type { Directory } from '../../../src/providers/ports/directory.ts';
import type { Invitations } from '../../../src/providers/ports/invitations.ts';
import type { Meetings } from '../../../src/providers/ports/meetings.ts';

type Call =
  | 'reserve'
  | 'extend'
  | 'release'
  | 'createEvent'
  | 'updateEvent'
  | 'deleteEvent'
  | 'lookUp'
  | 'invite'
  | 'changeInvitation'
  | 'withdraw';

/** The trainer's Lark: stateful, keyed like the real one, with failures on demand. */
export function createFakeLark() {
  const events = new Map<string, CalendarEvent & { owner: string; key: string }>();
  const invited = new Map<string, CalendarEvent & { key: string; subjectId: string | undefined }>();
  /** What each key made, for ever: a key does not bring back what was deleted. */
  const madeBy = new Map<string, string>();
  const people = new Map<string, string>();
  const reservations = new Map<string, { topic: string; endsAt: Date; owner: string }>();
  const calls: Call[] = [];
  const failures: { call: Call; failure: ProviderFailure; after: boolean; times: number }[] = [];
  const disconnected = new Map<string, AppError>();
  let count = 0;

  function perform<T>(call: Call, effect: () => T): Promise<T> {
    calls.push(call);
    const fault = failures.find((candidate) => candidate.call === call && candidate.times > 0);
    if (fault) fault.times--;
    const error = fault && new ProviderError('lark', fault.failure, `${call}: ${fault.failure}`);
    if (error && !fault.after) return Promise.reject(error);
    const result = effect();
    return error ? Promise.reject(error) : Promise.resolve(result);
  }

  function known<T>(map: Map<string, T>, id: string): T {
    const found = map.get(id);
    if (found === undefined) throw new ProviderError('lark', 'not-found', `${id} does not exist`);
    return found;
  }

  const meetings: Meetings = {
    horizonMs: 30 * 24 * 3_600_000,
    reserve: (owner, request) =>
      perform('reserve', () => {
        const reserveId = `r${++count}`;
        reservations.set(reserveId, { ...request, owner });
        return { reserveId, url: `https://vc.example/${reserveId}`, meetingNumber: String(count) };
      }),
    extend: async (_owner, { reserveId, topic, endsAt }) => {
      await perform('extend', () => Object.assign(known(reservations, reserveId), { topic, endsAt }));
    },
    release: (_owner, reserveId) => perform('release', () => (reservations.delete(reserveId) ? 'released' : 'gone')),
  };
  const calendar: Calendar = {
    createEvent: (owner, { idempotencyKey, event }) =>
      perform('createEvent', () => {
        const same = madeBy.get(idempotencyKey);
        const eventId = same ?? `e${++count}`;
        madeBy.set(idempotencyKey, eventId);
        if (same === undefined) events.set(eventId, { ...event, owner, key: idempotencyKey });
        const made = known(events, eventId);
        const meetingUrl = { own: `https://vc.example/own-${eventId}`, link: urlOf(made), none: undefined };
        return { eventId, calendarId: `cal-${owner}`, meetingUrl: meetingUrl[made.meeting.kind] };
      }),
    updateEvent: async (_owner, { eventId, event }) => {
      await perform('updateEvent', () => {
        const before = known(events, eventId);
        // An update cannot make a meeting: it is left out of it.
        const meeting = event.meeting.kind === 'own' ? before.meeting : event.meeting;
        return Object.assign(before, event, { meeting });
      });
    },
    deleteEvent: (_owner, { eventId }) => perform('deleteEvent', () => (events.delete(eventId) ? 'deleted' : 'gone')),
  };

  const invitations: Invitations = {
    invite: ({ idempotencyKey, subjectId, event }) =>
      perform('invite', () => {
        const same = madeBy.get(idempotencyKey);
        const eventId = same ?? `i${++count}`;
        madeBy.set(idempotencyKey, eventId);
        if (same === undefined) invited.set(eventId, { ...event, key: idempotencyKey, subjectId });
        const made = known(invited, eventId);
        made.subjectId = subjectId ?? made.subjectId;
        return { eventId, calendarId: 'cal-app' };
      }),
    change: async ({ eventId, event }) => {
      await perform('changeInvitation', () => Object.assign(known(invited, eventId), event));
    },
    withdraw: ({ eventId }) => perform('withdraw', () => (invited.delete(eventId) ? 'deleted' : 'gone')),
  };
  const directory: Directory = {
    findSubjectByEmail: (email) => perform('lookUp', () => people.get(email)),
  };

  return {
    events,
    invited,
    /** Open ids by e-mail: who is in the company. */
    people,
    invitations,
    directory,
    reservations,
    calls,
    meetings,
    calendar,
    /** The next calls of this kind fail, before or after their effect. */
    fail(call: Call, failure: ProviderFailure, { after = false, times = 1 } = {}): void {
      failures.push({ call, failure, after, times });
    },
    heal: () => failures.splice(0),
    /** No token for this connection any more. */
    disconnect(connectionId: string, code: ErrorCode = 'not_connected'): void {
      disconnected.set(connectionId, new AppError(code, 'The trainer has to connect Lark.'));
    },
    connect: (connectionId: string) => disconnected.delete(connectionId),
    tokens: {
      withAccessToken: async <T>(connectionId: string, send: (token: string) => Promise<T>): Promise<T> => {
        const refusal = disconnected.get(connectionId);
        if (refusal) throw refusal;
        return send(connectionId);
      },
    },
  };
}

function urlOf(event: CalendarEvent): string | undefined {
  return event.meeting.kind === 'link' ? event.meeting.url : undefined;
}
