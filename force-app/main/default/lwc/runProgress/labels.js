import ALL_DONE from '@salesforce/label/c.TC_Run_All_Done';
import COUNTS from '@salesforce/label/c.TC_Run_Counts';
import DISMISS from '@salesforce/label/c.TC_Run_Dismiss';
import FAILED from '@salesforce/label/c.TC_Run_Failed';
import FINISHED from '@salesforce/label/c.TC_Run_Finished';
import GOES_ON from '@salesforce/label/c.TC_Run_Goes_On';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import NOBODY from '@salesforce/label/c.TC_Run_Nobody';
import REFRESH from '@salesforce/label/c.TC_Run_Refresh';
import REMIND from '@salesforce/label/c.TC_Run_Remind';
import SOME_FAILED from '@salesforce/label/c.TC_Run_Some_Failed';
import STARTED from '@salesforce/label/c.TC_Run_Started';
import STOPPED from '@salesforce/label/c.TC_Run_Stopped';

export const labels = {
  ALL_DONE,
  COUNTS,
  DISMISS,
  FAILED,
  FINISHED,
  GOES_ON,
  LOADING,
  NOBODY,
  REFRESH,
  REMIND,
  SOME_FAILED,
  STARTED,
  STOPPED,
};
