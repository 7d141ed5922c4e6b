import { format } from 'c/ldsUtils';
import CALENDAR from '@salesforce/label/c.TC_Change_Give_Calendar';
import GIVES from '@salesforce/label/c.TC_Change_Give_Gives';
import LINK_LATER from '@salesforce/label/c.TC_Change_Give_Link_Later';
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
  const who = [format(GIVES, trainer.name, meeting.trainerName), format(CALENDAR, meeting.trainerName, trainer.name)];
  if (meeting.meetingLinkStatus === 'Manual') {
    return [...who, LINK_STAYS];
  }
  if (meeting.meetingLinkStatus === 'Not Needed') {
    return who;
  }
  const next = format(trainer.larkConnected ? LINK_NEW : LINK_LATER, trainer.name);
  return meeting.meetingLink ? [...who, next, OLD_STOPS] : [...who, next];
}
