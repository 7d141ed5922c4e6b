import { format } from 'c/ldsUtils';
import BOOKED from '@salesforce/label/c.TC_Book_Outlook_Booked';
import MEETING from '@salesforce/label/c.TC_Book_Outlook_Meeting';
import WAITS from '@salesforce/label/c.TC_Book_Outlook_Waits';
import NO_LINK from '@salesforce/label/c.TC_Book_Outlook_No_Link';
import ONSITE from '@salesforce/label/c.TC_Book_Outlook_Onsite';
import CALENDAR from '@salesforce/label/c.TC_Book_Outlook_Calendar';
import CALENDAR_ADDRESS from '@salesforce/label/c.TC_Book_Outlook_Calendar_Address';
import CALENDAR_LATER from '@salesforce/label/c.TC_Book_Outlook_Calendar_Later';

/**
 * What will happen when this is booked, in sentences.
 * @param {{ trainerName: string, isConnected: boolean, serviceType: string, bookingType: string }} booking
 * @returns {string[]}
 */
export function describeOutlook({ trainerName, isConnected, serviceType, bookingType }) {
  const isOnsite = serviceType === 'onsite';
  return [BOOKED, meetingText(), calendarText()].filter(Boolean).map((text) => format(text, trainerName));

  function meetingText() {
    if (isOnsite) {
      return ONSITE;
    }
    if (bookingType !== 'Training') {
      return NO_LINK;
    }
    return isConnected ? MEETING : WAITS;
  }

  function calendarText() {
    if (!isConnected) {
      // The sentence about the meeting that waits says it already.
      return meetingText() === WAITS ? undefined : CALENDAR_LATER;
    }
    return isOnsite ? CALENDAR_ADDRESS : CALENDAR;
  }
}
