import { z } from 'zod';
import { idOf, type Account, type UserIdType } from './accounts.ts';
import type { Call } from './calls.ts';
import { LarkError } from './errors.ts';
import { parseBody, parseQuery, refuseBody } from './parse-body.ts';
import {
  APPLY_BODY,
  badParameter,
  checkSettings,
  readEndTime,
  UPDATE_BODY,
  type MeetingSettings,
} from './reservation-body.ts';
import {
  changeReservation,
  findReservation,
  insertReservation,
  meetingUrl,
  removeReservation,
  type Reservation,
} from './reservation-store.ts';
import { readUserIdType } from './user-ids.ts';

/**
 * `POST vc/v1/reserves/apply` (rule 4). With a user token the user is the owner and `owner_id` is ignored; with
 * a tenant token `owner_id` is mandatory. Makes no calendar event. There is no idempotency: each call makes one.
 */
export function applyReservation(call: Call): unknown {
  const { world, caller, request, response } = call;
  const type = readUserIdType(caller, request);
  const body = parseBody(APPLY_BODY, request, response);
  checkSettings(body.meeting_settings);
  const multiParty = body.meeting_settings.meeting_initial_type !== 2;
  if (multiParty && !body.end_time) throw badParameter('end_time is required');
  const reservation = insertReservation(world, {
    appId: caller.app.id,
    owner: ownerFor(call, type, body.owner_id).key,
    madeBy: caller.kind,
    ...(body.end_time ? { endsAt: readEndTime(body.end_time, world.clock.now()) } : {}),
    settings: body.meeting_settings,
  });
  return {
    reserve: { ...linksOf(reservation), app_link: appLinkOf(reservation) },
    reserve_correction_check_info: { invalid_host_id_list: invalidHosts(call, type, reservation.settings) },
  };
}

/** `PUT vc/v1/reserves/:reserve_id`: what is left out stays, what is sent empty is cleared. */
export function updateReservation(call: Call): unknown {
  const { world, caller, request, response } = call;
  const type = readUserIdType(caller, request);
  const body = parseBody(UPDATE_BODY, request, response);
  const found = ownReservation(call);
  if (isExpired(found, world.clock.now())) throw notFound();
  const changed = {
    ...found,
    settings: { ...found.settings, ...body.meeting_settings },
    password: body.meeting_settings?.password ?? found.password,
    ...(body.end_time === undefined ? {} : { endsAt: readEndTime(body.end_time, world.clock.now()) }),
  };
  checkSettings(changed.settings);
  changeReservation(world.store, changed);
  return {
    reserve: { ...linksOf(changed), expire_status: 1 },
    reserve_correction_check_info: { invalid_host_id_list: invalidHosts(call, type, changed.settings) },
  };
}

/** `DELETE vc/v1/reserves/:reserve_id` → `{}`. */
export function deleteReservation(call: Call): unknown {
  parseQuery(z.strictObject({}), call.request);
  refuseBody(call.request, call.response);
  removeReservation(call.world, ownReservation(call).id);
  return {};
}

/** `GET vc/v1/reserves/:reserve_id`: an expired one is still shown, with `expire_status` 2. */
export function getReservation(call: Call): unknown {
  const { world, caller, request, response } = call;
  const type = readUserIdType(caller, request);
  refuseBody(request, response);
  const found = ownReservation(call);
  const owner = world.accounts.byKey(found.owner);
  return {
    reserve: {
      ...linksOf(found),
      app_link: appLinkOf(found),
      expire_status: isExpired(found, world.clock.now()) ? 2 : 1,
      ...(owner ? { reserve_user_id: idOf(owner, caller.app, type) } : {}),
      meeting_settings: found.settings,
    },
  };
}

function ownerFor({ world, caller }: Call, type: UserIdType, ownerId: string | undefined): Account {
  if (caller.kind === 'user') return caller.account;
  if (!ownerId) throw badParameter('owner_id is required with a tenant token');
  return world.accounts.resolve(caller.app, type, ownerId);
}

/**
 * Only the owner: the user, or the app for what its tenant token reserved. Throws 121004 unknown or deleted,
 * 121005 somebody else's or the wrong kind of token.
 */
function ownReservation({ world, caller, request }: Call): Reservation {
  const found = findReservation(world.store, String(request.params['reserve_id']));
  if (!found || found.deleted || found.appId !== caller.app.id) throw notFound();
  const owns = caller.kind === 'user' ? found.owner === caller.account.key : found.madeBy === 'tenant';
  if (!owns) throw new LarkError(403, 121005, 'no permission: not the owner of the reservation');
  return found;
}

/** Hosts that do not exist or are of another tenant do not fail the call; they are listed. */
function invalidHosts({ world, caller }: Call, type: UserIdType, settings: MeetingSettings): string[] {
  const ids = (settings.assign_host_list ?? []).flatMap(({ id }) => (id ? [id] : []));
  return ids.filter((id) => {
    try {
      world.accounts.resolve(caller.app, type, id);
      return false;
    } catch {
      return true;
    }
  });
}

function linksOf(reservation: Reservation) {
  return {
    id: reservation.id,
    meeting_no: reservation.meetingNo,
    password: reservation.password,
    url: meetingUrl(reservation.meetingNo),
    live_link: `https://meetings.larksuite.com/s/${reservation.id}`,
    ...(reservation.endsAt === undefined ? {} : { end_time: String(reservation.endsAt / 1000) }),
  };
}

function appLinkOf({ id }: Reservation): string {
  const query = 'source=openplatform&action=join&idtype=reservationid';
  return `https://applink.larksuite.com/client/videochat/open?${query}&id=${id}&preview={?}&mic={?}&speaker={?}&camera={?}`;
}

function isExpired(reservation: Reservation, now: Date): boolean {
  return reservation.endsAt !== undefined && reservation.endsAt <= now.getTime();
}

/** Also for one that has expired: its meeting number has been released. */
function notFound(): LarkError {
  return new LarkError(404, 121004, 'reservation not found');
}
