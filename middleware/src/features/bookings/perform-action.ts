import type { ConnectionId } from '../../core/connection.ts';
import { AppError } from '../../core/errors.ts';
import type { Now, Step } from '../../core/runtime.ts';
import type { Calendar, CalendarEvent, CreatedEvent } from '../../providers/ports/calendar.ts';
import type { Invitations } from '../../providers/ports/invitations.ts';
import type { Meetings } from '../../providers/ports/meetings.ts';
import type { Database } from '../../storage/database.ts';
import type { Tokens } from '../../tokens/port.ts';
import { classifyFailure, type Failure } from './classify-failure.ts';
import type { Effect } from './effect.ts';
import { eventHash, reservationHash } from './event-content.ts';
import { saveEffect } from './ledger.ts';
import type { Action } from './plan-difference.ts';
import { addTimelineEntry, type PassContext, type TimelineEntry } from './timeline.ts';

export interface PerformDeps {
  db: Database;
  now: Now;
  step: Step;
  tokens: Pick<Tokens, 'withAccessToken'>;
  lark: { meetings: Meetings; calendar: Calendar; invitations?: Invitations };
}

/** An action's failure; `undefined` when nothing is left to do. The ledger holds what is known in either case. */
export type Performed = Failure | undefined;

/**
 * Does one action with the token of the connection that owns the effect. The effect is written down as `intended` before
 * anything is sent and its outcome, with its line of the timeline, right after.
 * @param options.isPast the training is over: what its owner cannot remove now is not waited for any more
 */
export async function performAction(
  deps: PerformDeps,
  context: PassContext,
  action: Action,
  options: { isPast: boolean },
): Promise<Performed> {
  const pass = passOver(deps, context, action.effect, options);
  const { meetings, calendar } = deps.lark;
  const { effect } = action;
  switch (action.do) {
    case 'declare-uncertain':
      await pass.record(
        { state: 'uncertain', error: 'No answer came.' },
        line(
          'Meeting',
          'uncertain',
          'Whether the meeting was reserved is not known. It is not reserved again; if it exists, it ends by itself.',
        ),
      );
      return undefined;

    case 'close':
      await pass.record({ state: action.as });
      return undefined;

    case 'reserve':
      return pass.make(
        'reservation',
        (token) => meetings.reserve(token, { topic: action.reservation.topic, endsAt: action.reservation.endsAt }),
        (made) => ({ state: 'done', externalId: made.reserveId, link: made.url, meetingNumber: made.meetingNumber }),
        line('Meeting', 'created', 'The meeting is reserved.'),
        (failure) => reservationAfter(failure),
      );

    case 'create-event':
      return pass.make(
        'event',
        (token) => calendar.createEvent(token, newEventOf(action)),
        (made) => ({ ...placeOf(made), ...shownBy(made, action.event, effect.meeting) }),
        line('Calendar event', 'created', "The training is in the trainer's calendar."),
        (failure) => ({ state: failure.kind === 'temporary' ? 'intended' : 'failed', error: failure.message }),
        action.isRepeated,
      );

    case 'repeat-event': {
      // Which of the tries made the event cannot be told: what they do not agree on is not known.
      const isSame = effect.contentHash === eventHash(action.event);
      const isOwn = effect.meeting === 'own' && action.event.meeting.kind === 'own';
      const meeting = isSame || isOwn ? effect.meeting : undefined;
      const failure = await pass.make(
        'event',
        (token) => calendar.createEvent(token, newEventOf(action)),
        (made) => ({
          ...placeOf(made),
          ...shownBy(made, action.event, meeting),
          meeting,
          contentHash: isSame ? effect.contentHash : undefined,
        }),
        line('Calendar event', 'created', "The training is in the trainer's calendar."),
        ({ message }) => ({ error: message }),
        true,
      );
      return action.isWanted || !failure ? failure : pass.notRemoved(failure);
    }

    case 'extend':
      return pass.change(
        'reservation.extend',
        (token) => meetings.extend(token, { reserveId: effect.externalId ?? '', ...action.reservation }),
        () => ({ contentHash: reservationHash(action.reservation) }),
        line('Meeting', 'updated', 'The meeting was moved; its link stays.'),
      );

    case 'update-event':
      return pass.change(
        'event.update',
        (token) => calendar.updateEvent(token, { ...eventIds(effect), event: action.event }),
        () => ({
          state: 'done',
          contentHash: eventHash(action.event),
          meeting: action.event.meeting.kind,
          link: action.event.meeting.kind === 'own' ? effect.link : linkShown(action.event.meeting),
        }),
        line('Calendar event', 'updated', "The event in the trainer's calendar was changed."),
        // The meeting of its own may be gone: an update cannot bring it back, a new event does.
        action.event.meeting.kind === 'own' ? {} : { meeting: undefined, link: undefined },
      );

    case 'remove-event':
      return pass.remove(
        'event',
        (token) => calendar.deleteEvent(token, eventIds(effect)),
        // From now on it may exist, no more: nobody is shown its meeting, and its trainer can be invited.
        { state: 'intended' },
      );

    case 'remove-reservation':
      return pass.remove(
        'reservation',
        (token) => meetings.release(token, effect.externalId ?? ''),
        // Nobody is shown it again.
        { link: undefined },
      );

    case 'invite':
    case 'find-invitation':
      return pass.make(
        'invitation',
        () =>
          invitationsOf(deps).invite({
            idempotencyKey: effect.providerKey,
            subjectId: action.do === 'invite' ? action.subjectId : undefined,
            event: action.event,
          }),
        (made) => ({ state: 'done', externalId: made.eventId, calendarId: made.calendarId }),
        line('Invitation', 'created', 'The trainer is invited; their own event follows when they have connected Lark.'),
        (failure) => ({ state: failure.kind === 'temporary' ? 'intended' : 'failed', error: failure.message }),
        action.do === 'find-invitation' || action.isRepeated,
      );

    case 'change-invitation':
      return pass.change(
        'invitation.update',
        () => invitationsOf(deps).change({ ...eventIds(effect), event: action.event }),
        () => ({ contentHash: eventHash(action.event) }),
        line('Invitation', 'updated', 'The invitation of the trainer was changed.'),
      );

    case 'withdraw':
      return pass.remove('invitation', () =>
        invitationsOf(deps).withdraw({ ...eventIds(effect), notify: action.notify }),
      );

    case 'forget-invitation':
      await pass.record({ state: 'removed' });
      return undefined;
  }
}

/** One that may exist is asked for where it was made, whatever the settings say now. */
function newEventOf({ effect, event }: { effect: Effect; event: CalendarEvent }) {
  return { idempotencyKey: effect.providerKey, event, calendarId: effect.calendarId };
}

function invitationsOf({ lark }: PerformDeps): Invitations {
  if (!lark.invitations) throw new AppError('provider_off', 'Lark cannot invite trainers on this server.');
  return lark.invitations;
}

/** A reservation that was refused or may exist keeps its place; where nothing happened there is nothing to keep. */
function reservationAfter(failure: Failure): Partial<Effect> {
  if (failure.unknownOutcome) return { state: 'uncertain', error: failure.message };
  const isRefused = failure.kind === 'permanent' || failure.kind === 'gone';
  return { state: isRefused ? 'failed' : 'removed', error: failure.message };
}

function passOver(deps: PerformDeps, context: PassContext, effect: Effect, { isPast }: { isPast: boolean }) {
  const stepOfKind = stepOf[effect.kind];
  let current = effect;

  async function record(change: Partial<Effect>, entry?: TimelineEntry): Promise<void> {
    current = { ...current, error: undefined, ...change };
    await deps.db.transaction().execute(async (trx) => {
      await saveEffect(trx, current, deps.now());
      if (entry) {
        await addTimelineEntry({ db: trx, now: deps.now }, context, { ...entry, generation: effect.generation });
      }
    });
  }

  function call<T>(send: (token: string) => Promise<T>): Promise<T> {
    // The app's own, by the app's own token.
    if (effect.kind === 'invitation') return send('');
    return deps.tokens.withAccessToken(effect.connectionId satisfies ConnectionId, send);
  }

  /**
   * Until the answer is written down nobody knows what is there, or whether anything is: it is written again before it is
   * relied on, also when what was there before is wanted again.
   */
  function inDoubt<T>(send: (token: string) => Promise<T>, doubt: Partial<Effect> = {}): (token: string) => Promise<T> {
    return async (token) => {
      current = { ...current, contentHash: undefined, ...doubt };
      await saveEffect(deps.db, current, deps.now());
      return send(token);
    };
  }

  function failed(failure: Failure): TimelineEntry {
    const outcome = failure.unknownOutcome ? 'uncertain' : 'failed';
    return line(stepOfKind, outcome, failure.message);
  }

  /** What was certain before an attempt is so again when it is certain that nothing happened. */
  function asBefore({ unknownOutcome }: Failure): Partial<Effect> {
    return unknownOutcome ? {} : { state: effect.state, meeting: effect.meeting, link: effect.link };
  }

  /** What only its owner can remove is kept as long as the owner may get access again; else it is given up. */
  async function notRemoved(failure: Failure, known: Partial<Effect> = {}): Promise<Performed> {
    const { message } = failure;
    if (failure.kind === 'temporary' || (failure.recoverable && !isPast)) {
      await record({ ...known, error: message }, failed(failure));
      return failure;
    }
    const text = `It stays where it is, only its owner can remove it: ${message}`;
    await record({ state: 'abandoned', error: message }, line(failed(failure).step, 'abandoned', text));
    return undefined;
  }

  return {
    record,
    notRemoved,

    async make<T>(
      name: string,
      send: (token: string) => Promise<T>,
      outcome: (made: T) => Partial<Effect>,
      entry: TimelineEntry,
      afterFailure: (failure: Failure) => Partial<Effect>,
      isRepeated = false,
    ): Promise<Performed> {
      const started = deps.now().getTime();
      let wasIntended = false;
      try {
        const made = await call(async (token) => {
          await saveEffect(deps.db, effect, deps.now());
          wasIntended = true;
          await deps.step(`${name}.intended`);
          return send(token);
        });
        await deps.step(`${name}.answered`);
        const change = outcome(made);
        await record(
          change,
          change.state === 'done' ? { ...entry, durationMs: deps.now().getTime() - started } : undefined,
        );
        await deps.step(`${name}.recorded`);
        return change.state === 'done' ? undefined : awaitsLink;
      } catch (error) {
        const failure = classifyFailure(error);
        // The key made something that is gone, and makes nothing else any more: the next plan takes another one.
        if (failure.kind === 'gone' && isRepeated) {
          await record({ state: 'removed' }, line(stepOfKind, 'removed', 'It was gone already.'));
          return undefined;
        }
        // Without a token nothing was intended, let alone sent.
        if (wasIntended) await record(afterFailure(failure), failed(failure));
        return failure;
      }
    },

    async change(
      name: string,
      send: (token: string) => Promise<void>,
      outcome: () => Partial<Effect>,
      entry: TimelineEntry,
      /** What is not known any more until the answer is there. */
      doubt: Partial<Effect> = {},
    ): Promise<Performed> {
      const started = deps.now().getTime();
      try {
        await call(inDoubt(send, doubt));
        await deps.step(`${name}.answered`);
        await record(outcome(), { ...entry, durationMs: deps.now().getTime() - started });
        await deps.step(`${name}.recorded`);
        return undefined;
      } catch (error) {
        const failure = classifyFailure(error);
        if (failure.kind === 'gone') {
          await record({ state: 'removed' }, line(entry.step, 'removed', 'It was removed at the provider.'));
          return undefined;
        }
        await record({ ...asBefore(failure), error: failure.message }, failed(failure));
        return failure;
      }
    },

    async remove(
      name: string,
      send: (token: string) => Promise<unknown>,
      doubt: Partial<Effect> = {},
    ): Promise<Performed> {
      const step = stepOfKind;
      try {
        await call(inDoubt(send, doubt));
        await deps.step(`${name}.remove.answered`);
        await record({ state: 'removed' }, line(step, 'removed', 'Removed.'));
        await deps.step(`${name}.remove.recorded`);
        return undefined;
      } catch (error) {
        const failure = classifyFailure(error);
        if (failure.kind !== 'gone') return notRemoved(failure, asBefore(failure));
        await record({ state: 'removed' }, line(step, 'removed', 'It was gone already.'));
        return undefined;
      }
    },
  };
}

const stepOf = { reservation: 'Meeting', event: 'Calendar event', invitation: 'Invitation' } as const;

function placeOf(made: CreatedEvent): Partial<Effect> {
  return { externalId: made.eventId, calendarId: made.calendarId };
}

/** An event whose own meeting has no link yet is asked for again by the same key. */
function shownBy(made: CreatedEvent, sent: CalendarEvent, meeting: Effect['meeting']): Partial<Effect> {
  if (meeting === 'own') return { state: made.meetingUrl === undefined ? 'intended' : 'done', link: made.meetingUrl };
  return { state: 'done', link: sent.meeting.kind === 'link' ? sent.meeting.url : undefined };
}

const awaitsLink: Failure = {
  kind: 'temporary',
  message: 'Lark has made the event and not yet its meeting link.',
  unknownOutcome: false,
  scopeMissing: false,
  recoverable: true,
  retryAfterMs: undefined,
};

function eventIds(effect: Effect): { calendarId: string; eventId: string } {
  return { calendarId: effect.calendarId ?? 'primary', eventId: effect.externalId ?? '' };
}

function linkShown(meeting: { kind: 'link'; url: string } | { kind: 'none' }): string | undefined {
  return meeting.kind === 'link' ? meeting.url : undefined;
}

function line(step: TimelineEntry['step'], outcome: TimelineEntry['outcome'], message: string): TimelineEntry {
  return { step, outcome, message, provider: 'lark' };
}
