import CANCELLED from '@salesforce/label/c.TC_Book_Status_Cancelled';
import CANCELLED_HELP from '@salesforce/label/c.TC_Status_Cancelled_Help';
import COMPLETED from '@salesforce/label/c.TC_Book_Status_Completed';
import COMPLETED_HELP from '@salesforce/label/c.TC_Status_Completed_Help';
import CONFIRMED from '@salesforce/label/c.TC_Book_Status_Confirmed';
import REQUESTED from '@salesforce/label/c.TC_Book_Status_Requested';
import REQUESTED_HELP from '@salesforce/label/c.TC_Status_Requested_Help';

/** By value of Status__c. What is confirmed needs no explanation. */
const statuses = {
  Requested: { label: REQUESTED, help: REQUESTED_HELP, icon: 'utility:clock' },
  Confirmed: { label: CONFIRMED, help: '', icon: 'utility:check' },
  Cancelled: { label: CANCELLED, help: CANCELLED_HELP, icon: 'utility:ban' },
  Completed: { label: COMPLETED, help: COMPLETED_HELP, icon: 'utility:success' },
};

/**
 * A status of a booking in words.
 * @param {string} status value of Status__c
 * @returns {{ label: string, help: string, icon: string }}
 */
export function describeBookingStatus(status) {
  return statuses[status] ?? { label: status, help: '', icon: 'utility:record' };
}

/**
 * Whether a booking is behind us: nothing is changed any more.
 * @param {string} status value of Status__c
 */
export function isOver(status) {
  return status === 'Cancelled' || status === 'Completed';
}
