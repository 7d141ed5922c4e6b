import BOOKING from '@salesforce/label/c.TC_Meeting_Step_Booking';
import SLOT from '@salesforce/label/c.TC_Meeting_Step_Slot';
import MEETING from '@salesforce/label/c.TC_Meeting_Step_Meeting';
import EVENT from '@salesforce/label/c.TC_Meeting_Step_Event';
import LINK from '@salesforce/label/c.TC_Meeting_Step_Link';
import INVITATION from '@salesforce/label/c.TC_Meeting_Step_Invitation';
import MIRROR from '@salesforce/label/c.TC_Meeting_Step_Mirror';
import CHECK from '@salesforce/label/c.TC_Meeting_Step_Check';
import MAIL from '@salesforce/label/c.TC_Meeting_Step_Mail';
import OK from '@salesforce/label/c.TC_Meeting_Outcome_Ok';
import REPAIRED from '@salesforce/label/c.TC_Meeting_Outcome_Repaired';
import CANCELLED from '@salesforce/label/c.TC_Meeting_Outcome_Cancelled';
import CREATED from '@salesforce/label/c.TC_Meeting_Outcome_Created';
import UPDATED from '@salesforce/label/c.TC_Meeting_Outcome_Updated';
import REMOVED from '@salesforce/label/c.TC_Meeting_Outcome_Removed';
import CHANGED from '@salesforce/label/c.TC_Meeting_Outcome_Changed';
import FAILED from '@salesforce/label/c.TC_Meeting_Outcome_Failed';
import UNCERTAIN from '@salesforce/label/c.TC_Meeting_Outcome_Uncertain';
import ABANDONED from '@salesforce/label/c.TC_Meeting_Outcome_Abandoned';
import SKIPPED from '@salesforce/label/c.TC_Meeting_Outcome_Skipped';
import CONFLICT from '@salesforce/label/c.TC_Meeting_Outcome_Conflict';

/** By value of Step__c. */
const steps = {
  Booking: BOOKING,
  Slot: SLOT,
  Meeting: MEETING,
  'Calendar event': EVENT,
  Invitation: INVITATION,
  'Meeting link': LINK,
  Mirror: MIRROR,
  Check: CHECK,
  'Merchant mail': MAIL,
};

/** By value of Outcome__c. */
const outcomes = {
  created: { label: CREATED, icon: 'utility:success', variant: 'success' },
  updated: { label: UPDATED, icon: 'utility:success', variant: 'success' },
  removed: { label: REMOVED, icon: 'utility:delete', variant: '' },
  changed: { label: CHANGED, icon: 'utility:change_record_type', variant: '' },
  cancelled: { label: CANCELLED, icon: 'utility:ban', variant: '' },
  failed: { label: FAILED, icon: 'utility:error', variant: 'error' },
  uncertain: { label: UNCERTAIN, icon: 'utility:question', variant: 'warning' },
  abandoned: { label: ABANDONED, icon: 'utility:unlinked', variant: 'warning' },
  skipped: { label: SKIPPED, icon: 'utility:skip', variant: '' },
  ok: { label: OK, icon: 'utility:success', variant: 'success' },
  repaired: { label: REPAIRED, icon: 'utility:success', variant: 'success' },
  conflict: { label: CONFLICT, icon: 'utility:warning', variant: 'warning' },
};

/**
 * @param {string} step value of Step__c
 * @returns {string} the step in words, or as it is
 */
export function describeStep(step) {
  return steps[step] ?? step;
}

/**
 * @param {string | null | undefined} outcome value of Outcome__c
 * @returns {{ label: string, icon: string, variant: string }} outcome in words, or as it is
 */
export function describeOutcome(outcome) {
  return outcomes[outcome ?? ''] ?? { label: outcome ?? '', icon: 'utility:record', variant: '' };
}
