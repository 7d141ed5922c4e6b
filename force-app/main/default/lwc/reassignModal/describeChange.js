import { format } from 'c/ldsUtils';
import CALENDAR from '@salesforce/label/c.TC_Change_Give_Calendar';
import LEAVES from '@salesforce/label/c.TC_Change_Give_Leaves';
import CALENDAR_LATER from '@salesforce/label/c.TC_Book_Outlook_Calendar_Later';
import WAITS from '@salesforce/label/c.TC_Book_Outlook_Waits';
import GIVES from '@salesforce/label/c.TC_Change_Give_Gives';
import LINK_NEW from '@salesforce/label/c.TC_Change_Give_Link_New';
import LINK_STAYS from '@salesforce/label/c.TC_Change_Give_Link_Stays';
import OLD_STOPS from '@salesforce/label/c.TC_Change_Old_Stops';

/**
 * What giving a training to somebody else changes, in sentences.
 * @param {MeetingDto} meeting
 * @param {BookableTrainerDto} trainer who would give it
 * @returns {string[]}
 */
export function describeChange(meeting, trainer) {
  const { trainerName, meetingLink, meetingLinkStatus } = meeting;
  const gives = format(GIVES, trainer.name, trainerName);
  const old = meetingLink && isMade(meetingLinkStatus) ? [OLD_STOPS] : [];
  const stays = meetingLinkStatus === 'Manual' ? [LINK_STAYS] : [];
  if (trainer.larkConnected) {
    const link = isMade(meetingLinkStatus) ? [format(LINK_NEW, trainer.name)] : [];
    return [gives, format(CALENDAR, trainerName, trainer.name), ...link, ...old, ...stays];
  }
  // Nothing can be put into a calendar that is not connected.
  const later = format(isMade(meetingLinkStatus) ? WAITS : CALENDAR_LATER, trainer.name);
  return [gives, format(LEAVES, trainerName), later, ...old, ...stays];
}

/** Whether the link is one that comes and goes with the trainer. */
function isMade(meetingLinkStatus) {
  return meetingLinkStatus !== 'Manual' && meetingLinkStatus !== 'Not Needed';
}
