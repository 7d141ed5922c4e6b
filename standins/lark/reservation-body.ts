import { z } from 'zod';
import { LarkError } from './errors.ts';

const checker = z.strictObject({
  /** 1 user id, 2 user type, 3 tenant key. */
  check_field: z.int().min(1).max(3),
  /** 1 allow, 2 deny. */
  check_mode: z.int().min(1).max(2),
  check_list: z.array(z.string()),
});

const settings = z.strictObject({
  topic: z.string().optional(),
  action_permissions: z
    .array(z.strictObject({ permission: z.int().min(1).max(3), permission_checkers: z.array(checker) }))
    .optional(),
  /** 1 multi-party, 2 one-to-one call. */
  meeting_initial_type: z.int().min(1).max(2).optional(),
  call_setting: z
    .strictObject({
      callee: z.strictObject({
        id: z.string().optional(),
        user_type: z.int(),
        pstn_sip_info: z.strictObject({ nickname: z.string().optional(), main_address: z.string() }).optional(),
      }),
    })
    .optional(),
  auto_record: z.boolean().optional(),
  assign_host_list: z.array(z.strictObject({ user_type: z.int().optional(), id: z.string().optional() })).optional(),
  meeting_connect: z.boolean().optional(),
  password: z.string().optional(),
});

/** Rule 4. `end_time` is a string of unix seconds. */
export const APPLY_BODY = z.strictObject({
  end_time: z.string().optional(),
  owner_id: z.string().optional(),
  meeting_settings: settings,
});
export const UPDATE_BODY = z.strictObject({ end_time: z.string().optional(), meeting_settings: settings.optional() });

export type MeetingSettings = z.infer<typeof settings>;

const DAYS_AHEAD = 30;
const HOSTS = 10;

export function badParameter(message: string): LarkError {
  return new LarkError(400, 121003, `invalid parameter: ${message}`);
}

/** Milliseconds. Throws 121003 unless it is whole seconds, in the future and within 30 days of `now`. */
export function readEndTime(text: string, now: Date): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw badParameter('end_time must be unix seconds');
  const end = Number(text) * 1000;
  if (end <= now.getTime()) throw badParameter('end_time has passed');
  if (end > now.getTime() + DAYS_AHEAD * 86_400_000)
    throw badParameter(`end_time is more than ${DAYS_AHEAD} days ahead`);
  return end;
}

/** What belongs together. Throws 121003, 123003 (more than 10 hosts), 123004 (a host without id). */
export function checkSettings(settings: MeetingSettings): void {
  const oneToOne = settings.meeting_initial_type === 2;
  if (oneToOne && !settings.call_setting) throw badParameter('call_setting is required for a one-to-one call');
  if (!oneToOne && settings.call_setting) throw badParameter('call_setting is for a one-to-one call');
  const hosts = settings.assign_host_list ?? [];
  if (hosts.length > HOSTS) throw new LarkError(400, 123003, `more than ${HOSTS} hosts`);
  if (hosts.some((host) => !host.id)) throw new LarkError(400, 123004, 'host id is invalid');
}
