import BOOKING_OVER from '@salesforce/label/c.TC_Problem_Booking_Over';
import NO_MEETING from '@salesforce/label/c.TC_Problem_No_Meeting';
import BOOKING_NOT_FOUND from '@salesforce/label/c.TC_Problem_Booking_Not_Found';
import NEEDS_RECONNECT from '@salesforce/label/c.TC_Problem_Needs_Reconnect';
import NOT_CONNECTED from '@salesforce/label/c.TC_Problem_Not_Connected';
import PROVIDER from '@salesforce/label/c.TC_Problem_Provider';
import IN_PROGRESS from '@salesforce/label/c.TC_Problem_In_Progress';
import SKIPPED_TIME from '@salesforce/label/c.TC_Problem_Skipped_Time';
import SLOT_TAKEN from '@salesforce/label/c.TC_Problem_Slot_Taken';
import TIME_PAST from '@salesforce/label/c.TC_Problem_Time_Past';
import TRAINER from '@salesforce/label/c.TC_Problem_Trainer';
import TRY_LATER from '@salesforce/label/c.TC_Problem_Try_Later';
import UNREACHABLE from '@salesforce/label/c.TC_Problem_Unreachable';

/** By code of the middleware, or of our Apex. */
const words = {
  booking_cancelled: BOOKING_OVER,
  booking_completed: BOOKING_OVER,
  booking_not_found: BOOKING_NOT_FOUND,
  meeting_not_needed: NO_MEETING,
  needs_reconnect: NEEDS_RECONNECT,
  not_connected: NOT_CONNECTED,
  on_hold: NEEDS_RECONNECT,
  provider_unavailable: PROVIDER,
  rate_limited: TRY_LATER,
  request_in_progress: IN_PROGRESS,
  salesforce_unavailable: TRY_LATER,
  skipped_local_time: SKIPPED_TIME,
  slot_taken: SLOT_TAKEN,
  start_in_past: TIME_PAST,
  token_refresh_busy: TRY_LATER,
  trainer_inactive: TRAINER,
  trainer_not_found: TRAINER,
  unreachable: UNREACHABLE,
};

/**
 * What happened and what to do, in the person's language.
 * @param {string | undefined} code
 * @returns {string | undefined} undefined for kinds that only the message tells
 */
export function wordsFor(code) {
  return code === undefined ? undefined : words[code];
}
