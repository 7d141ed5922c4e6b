import TITLE from '@salesforce/label/c.TC_Meeting_Title';
import REFRESH from '@salesforce/label/c.TC_Meeting_Refresh';
import LOADING from '@salesforce/label/c.TC_Meeting_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Meeting_Load_Failed';
import SYNC_CONFLICT from '@salesforce/label/c.TC_Meeting_Sync_Conflict';
import SYNC_CONFLICT_HELP from '@salesforce/label/c.TC_Meeting_Sync_Conflict_Help';
import SYNC_FAILED_HELP from '@salesforce/label/c.TC_Meeting_Sync_Failed_Help';
import SYNC_FAILED from '@salesforce/label/c.TC_Meeting_Sync_Failed';
import SYNC_PENDING from '@salesforce/label/c.TC_Meeting_Sync_Pending';
import PENDING_LATE from '@salesforce/label/c.TC_Meeting_Pending_Late';
import SYNC_LATE from '@salesforce/label/c.TC_Meeting_Sync_Late';
import WITH from '@salesforce/label/c.TC_Meeting_With';
import IN_ZONE from '@salesforce/label/c.TC_Meeting_In_Zone';
import RESERVATION from '@salesforce/label/c.TC_Meeting_Source_Reservation';
import CALENDAR from '@salesforce/label/c.TC_Meeting_Source_Calendar';
import MANUAL from '@salesforce/label/c.TC_Meeting_Source_Manual';

export const labels = {
  TITLE,
  REFRESH,
  LOADING,
  LOAD_FAILED,
  SYNC_PENDING,
  PENDING_LATE,
  SYNC_LATE,
  WITH,
  IN_ZONE,
};

/** By value of Meeting_Link_Source__c. */
export const sources = { 'Lark Reservation': RESERVATION, 'Lark Calendar': CALENDAR, Manual: MANUAL };

/** By value of Sync_Status__c. */
export const troubles = {
  Conflict: { heading: SYNC_CONFLICT, help: SYNC_CONFLICT_HELP },
  Failed: { heading: SYNC_FAILED, help: SYNC_FAILED_HELP },
};
