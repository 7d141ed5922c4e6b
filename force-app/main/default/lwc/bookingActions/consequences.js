import { format } from 'c/ldsUtils';
import CANCEL_AGAIN from '@salesforce/label/c.TC_Change_Cancel_Again';
import CANCEL_CALENDAR from '@salesforce/label/c.TC_Change_Cancel_Calendar';
import CANCEL_LINK from '@salesforce/label/c.TC_Change_Cancel_Link';
import MANUAL_OPEN from '@salesforce/label/c.TC_Change_Manual_Open';
import CANCEL_WHAT from '@salesforce/label/c.TC_Change_Cancel_What';
import NEW_LINK from '@salesforce/label/c.TC_Change_Give_Link_New';
import LATER from '@salesforce/label/c.TC_Change_Give_Link_Later';
import OLD_STOPS from '@salesforce/label/c.TC_Change_Old_Stops';
import TELL from '@salesforce/label/c.TC_Change_Tell_Everybody';
import UPDATE_EVENT from '@salesforce/label/c.TC_Change_Regenerate_Event';

/**
 * What making the link again means, in sentences.
 * @param {MeetingDto} meeting
 */
export function describeRegenerating({ trainerName, trainerConnected, meetingLink, meetingLinkStatus }) {
  const made = format(trainerConnected ? NEW_LINK : LATER, trainerName);
  const event = format(UPDATE_EVENT, trainerName);
  const old = meetingLinkStatus === 'Manual' ? MANUAL_OPEN : OLD_STOPS;
  return meetingLink ? [made, old, event, TELL] : [made, event];
}

/**
 * What cancelling means, in sentences.
 * @param {MeetingDto} meeting
 * @param {string} when
 */
export function describeCancelling(meeting, when) {
  const { merchantName, bookingName, trainerName, meetingLink, meetingLinkStatus } = meeting;
  const what = format(CANCEL_WHAT, merchantName ?? bookingName, when);
  const calendar = format(CANCEL_CALENDAR, trainerName);
  const link = meetingLinkStatus === 'Manual' ? MANUAL_OPEN : CANCEL_LINK;
  return [what, ...(meetingLink ? [link] : []), calendar, CANCEL_AGAIN];
}
