import BOOKING_OVER from '@salesforce/label/c.TC_Problem_Booking_Over';
import NO_MEETING from '@salesforce/label/c.TC_Problem_No_Meeting';
import INTERNAL from '@salesforce/label/c.TC_Problem_Internal';
import INVALID from '@salesforce/label/c.TC_Problem_Invalid';
import KEY_REUSED from '@salesforce/label/c.TC_Problem_Key_Reused';
import BOOKING_NOT_FOUND from '@salesforce/label/c.TC_Problem_Booking_Not_Found';
import NEEDS_RECONNECT from '@salesforce/label/c.TC_Problem_Needs_Reconnect';
import NOT_CONNECTED from '@salesforce/label/c.TC_Problem_Not_Connected';
import PROVIDER from '@salesforce/label/c.TC_Problem_Provider';
import OUTCOME_UNKNOWN from '@salesforce/label/c.TC_Problem_Outcome_Unknown';
import PROVIDER_REFUSED from '@salesforce/label/c.TC_Problem_Provider_Refused';
import REFUSED from '@salesforce/label/c.TC_Problem_Refused';
import SALESFORCE_REFUSED from '@salesforce/label/c.TC_Problem_Salesforce_Refused';
import SETUP from '@salesforce/label/c.TC_Problem_Setup';
import IN_PROGRESS from '@salesforce/label/c.TC_Problem_In_Progress';
import SKIPPED_TIME from '@salesforce/label/c.TC_Problem_Skipped_Time';
import SLOT_TAKEN from '@salesforce/label/c.TC_Problem_Slot_Taken';
import TIME_PAST from '@salesforce/label/c.TC_Problem_Time_Past';
import TRAINER from '@salesforce/label/c.TC_Problem_Trainer';
import TRAINER_CHANGED from '@salesforce/label/c.TC_Problem_Trainer_Changed';
import TRY_LATER from '@salesforce/label/c.TC_Problem_Try_Later';
import UNREACHABLE from '@salesforce/label/c.TC_Problem_Unreachable';

/** By code of the middleware, or of our Apex. */
const words = {
  booking_cancelled: BOOKING_OVER,
  booking_completed: BOOKING_OVER,
  booking_not_found: BOOKING_NOT_FOUND,
  idempotency_key_reused: KEY_REUSED,
  internal: INTERNAL,
  meeting_not_needed: NO_MEETING,
  needs_reconnect: NEEDS_RECONNECT,
  not_connected: NOT_CONNECTED,
  on_hold: NEEDS_RECONNECT,
  outcome_unknown: OUTCOME_UNKNOWN,
  provider_refused: PROVIDER_REFUSED,
  provider_unavailable: PROVIDER,
  rate_limited: TRY_LATER,
  request_in_progress: IN_PROGRESS,
  salesforce_unavailable: TRY_LATER,
  skipped_local_time: SKIPPED_TIME,
  slot_taken: SLOT_TAKEN,
  start_in_past: TIME_PAST,
  token_refresh_busy: TRY_LATER,
  trainer_changed: TRAINER_CHANGED,
  trainer_inactive: TRAINER,
  trainer_not_found: TRAINER,
  unreachable: UNREACHABLE,
};

/** What only the message tells in full: it follows these words. */
const beginnings = {
  end_before_start: INVALID,
  foreign_org: SETUP,
  invalid_input: INVALID,
  missing_actor: SETUP,
  missing_org: SETUP,
  refused: REFUSED,
  salesforce_refused: SALESFORCE_REFUSED,
  scope_missing: SETUP,
  unauthenticated: SETUP,
  unknown_time_zone: INVALID,
};

/** Whoever meets these does not know whether what was asked for was done. */
const unknownOutcomes = ['internal', 'outcome_unknown', 'unreachable'];

/**
 * What happened and what to do, in the person's language as far as it is known.
 * @param {{ code?: string, message?: string }} problem
 * @returns {(string | undefined)[]}
 */
export function wordsFor({ code, message }) {
  if (code === undefined) {
    return [message];
  }
  return words[code] ? [words[code]] : [beginnings[code], message];
}

/** @param {string | undefined} code */
export function isOutcomeUnknown(code) {
  return unknownOutcomes.includes(code);
}
