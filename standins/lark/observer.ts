import { attendeesOf } from './attendee-store.ts';
import { calendarOfApp } from './calendars.ts';
import type { EventTime } from './event-body.ts';
import {
  eventsOn,
  findEvent,
  insertEvent,
  liveEvents,
  removeEvent,
  saveEvent,
  type StoredEvent,
  type Vchat,
} from './event-store.ts';
import { listExchanges, type TokenExchange } from './exchanges.ts';
import { addGrants, removeGrants } from './grants.ts';
import { addSharedCalendar, findSharedCalendar } from './shared-calendars.ts';
import { listReservations, meetingUrl, removeReservation } from './reservation-store.ts';
import { changeSettings, type ConsoleSettings } from './settings.ts';
import { expireAccessTokens, issuePair, revokePairs, type IssuedPair } from './user-tokens.ts';
import type { World } from './world.ts';

export interface ObservedAccount {
  openId: string;
  unionId: string;
  userId: string;
  email?: string;
  name: string;
  tenantKey: string;
  calendarId: string;
  resigned: boolean;
  inContactRange: boolean;
}

export interface ObservedEvent {
  eventId: string;
  organizerCalendarId: string;
  /** Open id; absent when the app organizes it. */
  organizer?: string;
  summary: string;
  description: string;
  start: EventTime;
  end: EventTime;
  location?: { name?: string; address?: string };
  vchat?: Vchat;
  freeBusyStatus: string;
  attendees: { openId?: string; email?: string }[];
  deleted: boolean;
}

export interface ObservedReservation {
  id: string;
  /** Open id. */
  owner: string;
  url: string;
  meetingNo: string;
  topic: string;
  endTime?: Date;
  deleted: boolean;
  /** Deleted neither, nor past its end. */
  live: boolean;
  /** An event that exists shows its link, in `vchat` or in the text. */
  published: boolean;
}

/** What tests and operators see and do behind the vendor's back. Ids are those of the main app. */
export interface LarkControl {
  readonly accounts: ObservedAccount[];
  /** Withdraws the user's consent: every token dies and all grants are forgotten. */
  revoke(openId: string): void;
  expireAccessTokens(openId: string): void;
  /**
   * The person agreed to these scopes, some time ago if told, and the app holds the pair of now. For filling a test with
   * people who are connected already: everything else about the pair is as if it had come from the token endpoint.
   */
  issuePair(openId: string, grant: { scopes: readonly string[]; consentedAt?: Date }): IssuedPair;
  /** Scopes that no user gets although the app asks. */
  withholdScopes(scopes: string[]): void;
  changeApp(change: Partial<Pick<ConsoleSettings, 'appDisabled' | 'appInstalled' | 'refreshSwitch'>>): void;
  changeAccount(openId: string, change: { resigned?: boolean; inContactRange?: boolean }): void;
  /** The person makes a calendar beside the primary one. Returns its id. */
  addCalendar(openId: string, summary: string): string;
  /** Busy time that the person made themselves, on the primary calendar unless told. Returns the event id. */
  addEvent(
    openId: string,
    event: { start: Date; end: Date; summary: string; free?: boolean; calendarId?: string },
  ): string;
  /** The person moves or deletes an event of theirs in the app. */
  changeEvent(eventId: string, change: { start?: Date; end?: Date; deleted?: true }): void;
  /** The person duplicates an event, with its text and its meeting. Returns the new event's id. */
  copyEvent(eventId: string, change?: { start?: Date; end?: Date }): string;
  /** Withdraws a reservation, as an administrator of meetings can. */
  withdrawReservation(id: string): void;
  /** What is on the person's calendar by start, deleted events included; without an open id, the app's own calendar. */
  events(openId?: string): ObservedEvent[];
  reservations(openId?: string): ObservedReservation[];
  tokenExchanges(): TokenExchange[];
}

export function createControl(world: World): LarkControl {
  const app = world.apps[0];
  if (!app) throw new Error('Lark needs an app');
  const accountOf = (openId: string) => {
    const account = world.accounts.byOpenId(app, openId);
    if (!account) throw new Error(`Lark has no account ${openId}`);
    return account;
  };
  const eventOf = (eventId: string) => {
    const event = findEvent(world.store, eventId);
    if (!event || event.deleted) throw new Error(`Lark has no event ${eventId}`);
    return event;
  };
  const observeEvent = (event: StoredEvent): ObservedEvent => {
    const { content } = event;
    const organizer = world.accounts.byCalendarId(event.calendarId)?.openIdFor(app);
    return {
      eventId: event.id,
      organizerCalendarId: event.calendarId,
      ...(organizer === undefined ? {} : { organizer }),
      summary: content.summary ?? '',
      description: content.description ?? '',
      start: content.start_time,
      end: content.end_time,
      ...(content.location ? { location: content.location } : {}),
      ...(content.vchat ? { vchat: content.vchat } : {}),
      freeBusyStatus: content.free_busy_status ?? 'busy',
      attendees: attendeesOf(world.store, event.id).map(({ account, email }) => ({
        ...(account === undefined ? {} : { openId: world.accounts.byKey(account)?.openIdFor(app) }),
        ...(email === undefined ? {} : { email }),
      })),
      deleted: event.deleted,
    };
  };
  return {
    get accounts() {
      return world.accounts.all().map((account) => ({
        openId: account.openIdFor(app),
        unionId: account.unionId,
        userId: account.userId,
        ...(account.email === undefined ? {} : { email: account.email }),
        name: account.name,
        tenantKey: account.tenantKey,
        calendarId: account.calendarId,
        resigned: account.resigned,
        inContactRange: account.inContactRange,
      }));
    },
    revoke(openId) {
      const { key } = accountOf(openId);
      world.store.transaction(() => {
        revokePairs(world, app.id, key);
        removeGrants(world.store, app.id, key);
      });
    },
    expireAccessTokens: (openId) => expireAccessTokens(world, app.id, accountOf(openId).key),
    issuePair(openId, { scopes, consentedAt = world.clock.now() }) {
      const { key } = accountOf(openId);
      return world.store.transaction(() => {
        const granted = addGrants(world.store, app.id, key, scopes);
        const grant = { appId: app.id, account: key, scopes: granted, consentedAt: consentedAt.getTime() };
        const { accessToken, refreshToken } = issuePair(world, grant);
        return { accessToken, ...(refreshToken === undefined ? {} : { refreshToken }), scopes: granted };
      });
    },
    withholdScopes: (withheldScopes) => void changeSettings(world.store, { withheldScopes }),
    changeApp: (change) => void changeSettings(world.store, change),
    changeAccount: (openId, change) => world.accounts.change(accountOf(openId).key, change),
    addCalendar: (openId, summary) => addSharedCalendar(world.store, accountOf(openId), summary).id,
    addEvent(openId, { start, end, summary, free = false, calendarId }) {
      const account = accountOf(openId);
      if (calendarId !== undefined && findSharedCalendar(world.store, calendarId)?.account !== account.key) {
        throw new Error(`Lark has no calendar ${calendarId} of ${openId}`);
      }
      const timeOf = (instant: Date) => ({ timestamp: String(instant.getTime() / 1000), timezone: 'Asia/Shanghai' });
      const event = insertEvent(world, {
        calendarId: calendarId ?? account.calendarId,
        content: {
          summary,
          start_time: timeOf(start),
          end_time: timeOf(end),
          vchat: { vc_type: 'no_meeting' },
          free_busy_status: free ? 'free' : 'busy',
        },
        startsAt: start.getTime(),
        endsAt: end.getTime(),
      });
      return event.id;
    },
    changeEvent(eventId, { deleted, ...times }) {
      const event = eventOf(eventId);
      if (deleted) removeEvent(world, event.id);
      else saveEvent(world.store, moved(event, times));
    },
    copyEvent: (eventId, change = {}) => insertEvent(world, moved(eventOf(eventId), change)).id,
    withdrawReservation: (id) => removeReservation(world, id),
    events: (openId) => {
      const calendarId = openId === undefined ? calendarOfApp(app).id : accountOf(openId).calendarId;
      return eventsOn(world.store, calendarId).map(observeEvent);
    },
    reservations(openId) {
      const owner = openId === undefined ? undefined : accountOf(openId).key;
      const shown = liveEvents(world.store).map(
        ({ content }) => `${content.vchat?.meeting_url} ${content.description}`,
      );
      return listReservations(world.store)
        .filter((reservation) => owner === undefined || reservation.owner === owner)
        .map((reservation) => {
          const ended = reservation.endsAt !== undefined && reservation.endsAt <= world.clock.now().getTime();
          return {
            id: reservation.id,
            owner: world.accounts.byKey(reservation.owner)?.openIdFor(app) ?? '',
            url: meetingUrl(reservation.meetingNo),
            meetingNo: reservation.meetingNo,
            topic: reservation.settings.topic ?? '',
            ...(reservation.endsAt === undefined ? {} : { endTime: new Date(reservation.endsAt) }),
            deleted: reservation.deleted,
            live: !reservation.deleted && !ended,
            published: shown.some((text) => text.includes(meetingUrl(reservation.meetingNo))),
          };
        });
    },
    tokenExchanges: () => listExchanges(world.store),
  };
}

function moved(event: StoredEvent, { start, end }: { start?: Date; end?: Date }): StoredEvent {
  const at = (time: EventTime, instant: Date | undefined): EventTime =>
    instant ? { ...time, timestamp: String(Math.floor(instant.getTime() / 1000)) } : time;
  return {
    ...event,
    content: {
      ...event.content,
      start_time: at(event.content.start_time, start),
      end_time: at(event.content.end_time, end),
    },
    startsAt: start?.getTime() ?? event.startsAt,
    endsAt: end?.getTime() ?? event.endsAt,
  };
}
