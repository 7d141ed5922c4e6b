import { z } from 'zod';
import { LarkError } from './errors.ts';

const time = z.strictObject({
  /** Unix seconds, a string. */
  timestamp: z.string().optional(),
  timezone: z.string().optional(),
  /** `YYYY-MM-DD` of an all-day event; its zone is UTC. */
  date: z.string().optional(),
});

const meetingSettings = z.strictObject({
  owner_id: z.string().optional(),
  join_meeting_permission: z
    .enum(['anyone_can_join', 'only_organization_employees', 'only_event_attendees'])
    .optional(),
  assign_hosts: z.array(z.string()).max(10).optional(),
  auto_record: z.boolean().optional(),
  open_lobby: z.boolean().optional(),
  allow_attendees_start: z.boolean().optional(),
});

const vchat = z.strictObject({
  vc_type: z.enum(['vc', 'third_party', 'no_meeting', 'lark_live', 'unknown']),
  icon_type: z.enum(['vc', 'live', 'default']).optional(),
  description: z.string().max(500).optional(),
  meeting_url: z.string().max(2000).optional(),
  meeting_settings: meetingSettings.optional(),
});

/** Rule 5. All of it may be left out on PATCH. */
export const PATCH_BODY = z.strictObject({
  summary: z.string().max(1000).optional(),
  description: z.string().max(40_960).optional(),
  need_notification: z.boolean().optional(),
  start_time: time.optional(),
  end_time: time.optional(),
  vchat: vchat.optional(),
  visibility: z.enum(['default', 'public', 'private']).optional(),
  attendee_ability: z.enum(['none', 'can_see_others', 'can_invite_others', 'can_modify_event']).optional(),
  free_busy_status: z.enum(['busy', 'free']).optional(),
  location: z
    .strictObject({
      name: z.string().max(512).optional(),
      address: z.string().max(255).optional(),
      latitude: z.number().optional(),
      longitude: z.number().optional(),
    })
    .optional(),
  color: z.int().min(-1).max(0x7fff_ffff).optional(),
  reminders: z.array(z.strictObject({ minutes: z.int().min(-20_160).max(20_160) })).optional(),
  recurrence: z.string().max(2000).optional(),
  schemas: z
    .array(
      z.strictObject({
        ui_name: z.string().optional(),
        ui_status: z.enum(['hide', 'readonly', 'editable', 'unknown']).optional(),
        app_link: z.string().max(2000).optional(),
      }),
    )
    .optional(),
  attachments: z.array(z.strictObject({ file_token: z.string() })).optional(),
});

export const CREATE_BODY = PATCH_BODY.required({ start_time: true, end_time: true });

export type EventBody = z.infer<typeof PATCH_BODY>;
export type VchatBody = z.infer<typeof vchat>;
export type EventTime = { timestamp: string; timezone: string } | { date: string; timezone: 'UTC' };

/** What the vendor assumes when the zone is left out (rule 5). */
const DEFAULT_ZONE = 'Asia/Shanghai';

export function badParameter(message: string): LarkError {
  return new LarkError(400, 190002, `invalid parameters in request: ${message}`);
}

/** Both ends, in order and of one kind. Milliseconds beside what the vendor answers. Throws 190002. */
export function readTimes(body: Required<Pick<EventBody, 'start_time' | 'end_time'>>): {
  start: EventTime;
  end: EventTime;
  startsAt: number;
  endsAt: number;
} {
  const start = readTime('start_time', body.start_time);
  const end = readTime('end_time', body.end_time);
  if ('date' in start !== 'date' in end) throw badParameter('start_time and end_time must be of one kind');
  const startsAt = instantOf(start);
  const allDay = 'date' in end;
  // The last day of an all-day event belongs to it.
  const endsAt = instantOf(end) + (allDay ? 86_400_000 : 0);
  if (endsAt <= startsAt) throw badParameter('end_time must be after start_time');
  return { start, end, startsAt, endsAt };
}

/** Refuses what belongs together but does not fit, and what this stand-in does not play. Throws 190002. */
export function checkEvent(body: EventBody): void {
  if (body.recurrence) throw badParameter('recurring events are not played by this stand-in');
  const { vchat } = body;
  if (vchat?.vc_type === 'lark_live' || vchat?.vc_type === 'unknown') throw badParameter('vc_type is read-only');
  if (vchat?.vc_type === 'third_party' && !vchat.meeting_url) throw badParameter('meeting_url is required');
}

/** What is kept as it was sent; times and meeting are read on their own, the notification is sent and forgotten. */
export function keptFields(body: EventBody) {
  const kept = { ...body };
  for (const name of ['need_notification', 'start_time', 'end_time', 'vchat'] as const) delete kept[name];
  return kept as Omit<EventBody, 'need_notification' | 'start_time' | 'end_time' | 'vchat'>;
}

/** `need_notification`, a query parameter of deletions, is the text "true" or "false" (rule 5). */
export const DELETE_QUERY = z.strictObject({ need_notification: z.enum(['true', 'false']).optional() });

function readTime(field: string, time: z.infer<typeof PATCH_BODY.shape.start_time>): EventTime {
  const { timestamp, timezone, date } = time ?? {};
  if ((timestamp === undefined) === (date === undefined)) throw badParameter(`${field}: timestamp or date`);
  if (date !== undefined) {
    const valid = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
    if (!valid || (timezone !== undefined && timezone !== 'UTC')) throw badParameter(`${field}.date`);
    return { date, timezone: 'UTC' };
  }
  if (!/^[1-9]\d{0,9}$/.test(timestamp ?? '')) throw badParameter(`${field}.timestamp must be unix seconds`);
  const zone = timezone ?? DEFAULT_ZONE;
  if (!isZone(zone)) throw badParameter(`${field}.timezone is not an IANA zone`);
  return { timestamp: timestamp ?? '', timezone: zone };
}

function instantOf(time: EventTime): number {
  return 'date' in time ? Date.parse(time.date) : Number(time.timestamp) * 1000;
}

/** Intl also knows offsets such as "+08:00", which are no IANA zones. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
