import type { Call } from './calls.ts';
import { LarkError } from './errors.ts';
import type { VchatBody } from './event-body.ts';
import type { Vchat } from './event-store.ts';
import { meetingUrl, newMeetingNumber } from './reservation-store.ts';
import type { UserIdType } from './accounts.ts';

/** A meeting made by the calendar; no 30-day line is documented for it (rules 4, 5). */
export function newCalendarMeeting(): Vchat {
  return { vc_type: 'vc', icon_type: 'vc', description: '', meeting_url: meetingUrl(newMeetingNumber()) };
}

/**
 * What an event's meeting becomes. `vc` keeps a meeting that the calendar made before and ignores every other field but
 * `meeting_settings`; `third_party` shows the given url; `no_meeting` removes. Throws 193101 or 193102 for a wrong owner or host.
 */
export function changeVchat(call: Call, type: UserIdType, wanted: VchatBody, before: Vchat | undefined): Vchat {
  if (wanted.vc_type === 'no_meeting') return { vc_type: 'no_meeting' };
  if (wanted.vc_type === 'third_party') {
    const { icon_type = 'default', description = '', meeting_url } = wanted;
    return { vc_type: 'third_party', icon_type, description, meeting_url };
  }
  const settings = wanted.meeting_settings;
  requireUser(call, type, settings?.owner_id, 193101);
  for (const host of settings?.assign_hosts ?? []) requireUser(call, type, host, 193102);
  const meeting = before?.vc_type === 'vc' ? before : newCalendarMeeting();
  return settings ? { ...meeting, meeting_settings: settings } : meeting;
}

function requireUser({ world, caller }: Call, type: UserIdType, id: string | undefined, code: number): void {
  if (id === undefined) return;
  try {
    world.accounts.resolve(caller.app, type, id);
  } catch {
    throw new LarkError(400, code, 'the meeting owner or host is invalid');
  }
}
