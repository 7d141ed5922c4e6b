import { z } from 'zod';
import { idOf, type UserIdType } from './accounts.ts';
import { addAttendees, attendeesOf, type Attendee, type NewAttendee } from './attendee-store.ts';
import type { Call } from './calls.ts';
import { LarkError } from './errors.ts';
import { badParameter } from './event-body.ts';
import { saveEvent } from './event-store.ts';
import { organizedEvent } from './events.ts';
import { parseBody } from './parse-body.ts';
import { readUserIdType } from './user-ids.ts';
import { newCalendarMeeting } from './vchat.ts';

/** Rule 5. */
const PER_CALL = 1000;
const PER_EVENT = 3000;

const attendee = z.strictObject({
  type: z.enum(['user', 'chat', 'resource', 'third_party']),
  is_optional: z.boolean().optional(),
  user_id: z.string().optional(),
  third_party_email: z.email().optional(),
});

const BODY = z.strictObject({
  attendees: z.array(attendee).min(1).max(PER_CALL),
  need_notification: z.boolean().optional(),
});

/**
 * `POST …/events/:event_id/attendees` (rule 5). Users must be in the organizer's tenant; guests go by e-mail. The
 * first attendee of an event that says nothing about a meeting gives it a Lark meeting.
 */
export function createAttendees(call: Call): unknown {
  const { world, caller, request, response } = call;
  const type = readUserIdType(caller, request);
  const { attendees } = parseBody(BODY, request, response);
  const event = organizedEvent(call);
  const added = addAttendees(
    world.store,
    event.id,
    attendees.map((entry) => readAttendee(call, type, entry)),
  );
  if (attendeesOf(world.store, event.id).length > PER_EVENT) {
    throw new LarkError(400, 194000, `more than ${PER_EVENT} attendees`);
  }
  const content = event.content.vchat ? event.content : { ...event.content, vchat: newCalendarMeeting() };
  saveEvent(world.store, { ...event, content });
  return { attendees: added.map((entry) => describeAttendee(call, type, entry)) };
}

function readAttendee({ world, caller }: Call, type: UserIdType, entry: z.infer<typeof attendee>): NewAttendee {
  const isOptional = entry.is_optional ?? false;
  switch (entry.type) {
    case 'user': {
      if (!entry.user_id || entry.third_party_email) throw badParameter('an attendee of type user has a user_id');
      const account = world.accounts.resolve(caller.app, type, entry.user_id);
      return { type: 'user', account: account.key, calendarId: account.calendarId, isOptional };
    }
    case 'third_party':
      if (!entry.third_party_email || entry.user_id) throw badParameter('a third_party attendee has an e-mail');
      return { type: 'third_party', email: entry.third_party_email, isOptional };
    case 'chat':
    case 'resource':
      throw new LarkError(400, 194000, `no such ${entry.type}: this tenant has no groups and no rooms`);
  }
}

function describeAttendee({ world, caller }: Call, type: UserIdType, attendee: Attendee) {
  const account = attendee.account === undefined ? undefined : world.accounts.byKey(attendee.account);
  return {
    type: attendee.type,
    attendee_id: attendee.id,
    rsvp_status: 'needs_action',
    is_optional: attendee.isOptional,
    is_organizer: false,
    is_external: attendee.type === 'third_party',
    display_name: account?.name ?? attendee.email ?? '',
    ...(account ? { user_id: idOf(account, caller.app, type) } : { third_party_email: attendee.email }),
  };
}
