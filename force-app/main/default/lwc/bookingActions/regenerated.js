import { format } from 'c/ldsUtils';
import { describeLinkStatus } from 'c/linkStatus';
import DONE from '@salesforce/label/c.TC_Change_Regenerate_Done';
import FAILED from '@salesforce/label/c.TC_Change_Regenerate_Failed';
import LATER from '@salesforce/label/c.TC_Change_Give_Link_Later';
import WAITS from '@salesforce/label/c.TC_Change_Regenerate_Waits';

/**
 * What became of a link that was to be made again, as a toast says it. A booking keeps its old link, and with it the
 * status Ready, until the new one is there.
 * @param {MeetingDto} meeting as it was before
 * @param {BookingResult} result
 */
export function describeRegenerated({ meetingLink: before, trainerName, trainerConnected }, result) {
  const { meetingLink, meetingLinkStatus } = result;
  if (meetingLinkStatus === 'Ready' && meetingLink !== before) {
    return { title: DONE, variant: 'success' };
  }
  if (meetingLinkStatus === 'Failed') {
    return { title: FAILED, message: describeLinkStatus('Failed').help, variant: 'error' };
  }
  if (meetingLinkStatus === 'Pending Trainer Setup' || !trainerConnected) {
    return { title: WAITS, message: format(LATER, trainerName), variant: 'warning' };
  }
  return { title: WAITS, variant: 'info' };
}
