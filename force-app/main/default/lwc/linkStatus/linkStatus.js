import NOT_NEEDED from '@salesforce/label/c.TC_Meeting_Not_Needed';
import NOT_NEEDED_HELP from '@salesforce/label/c.TC_Meeting_Not_Needed_Help';
import PENDING from '@salesforce/label/c.TC_Meeting_Pending';
import PENDING_HELP from '@salesforce/label/c.TC_Meeting_Pending_Help';
import SETUP from '@salesforce/label/c.TC_Meeting_Setup';
import SETUP_HELP from '@salesforce/label/c.TC_Meeting_Setup_Help';
import READY from '@salesforce/label/c.TC_Meeting_Ready';
import READY_HELP from '@salesforce/label/c.TC_Meeting_Ready_Help';
import MANUAL from '@salesforce/label/c.TC_Meeting_Manual';
import MANUAL_HELP from '@salesforce/label/c.TC_Meeting_Manual_Help';
import FAILED from '@salesforce/label/c.TC_Meeting_Failed';
import FAILED_HELP from '@salesforce/label/c.TC_Meeting_Failed_Help';
import NONE from '@salesforce/label/c.TC_Meeting_None';
import NONE_HELP from '@salesforce/label/c.TC_Meeting_None_Help';

/** By value of Meeting_Link_Status__c. */
const statuses = {
  'Not Needed': { label: NOT_NEEDED, help: NOT_NEEDED_HELP, icon: 'utility:ban', badge: '' },
  Pending: { label: PENDING, help: PENDING_HELP, icon: 'utility:clock', badge: '' },
  'Pending Trainer Setup': { label: SETUP, help: SETUP_HELP, icon: 'utility:user', badge: 'slds-theme_warning' },
  Ready: { label: READY, help: READY_HELP, icon: 'utility:success', badge: 'slds-theme_success', variant: 'inverse' },
  Manual: { label: MANUAL, help: MANUAL_HELP, icon: 'utility:edit', badge: '' },
  Failed: { label: FAILED, help: FAILED_HELP, icon: 'utility:error', badge: 'slds-theme_error', variant: 'inverse' },
};

const blank = { label: NONE, help: NONE_HELP, icon: 'utility:clock', badge: '' };

/**
 * A status of a meeting link in words.
 * @param {string | null | undefined} status value of Meeting_Link_Status__c
 * @returns {{ label: string, help: string, icon: string, badge: string, variant?: string }} `badge` is the class of the
 *   badge's colours, `variant` that of the icon on it
 */
export function describeLinkStatus(status) {
  if (!status) {
    return blank;
  }
  return statuses[status] ?? { ...blank, label: status, help: '' };
}
