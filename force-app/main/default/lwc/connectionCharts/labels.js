import CONNECTION from '@salesforce/label/c.TC_Charts_Connection';
import CONNECTION_HELP from '@salesforce/label/c.TC_Charts_Connection_Help';
import DAYS_30 from '@salesforce/label/c.TC_Charts_Days_30';
import DAYS_7 from '@salesforce/label/c.TC_Charts_Days_7';
import DAYS_90 from '@salesforce/label/c.TC_Charts_Days_90';
import EMPTY from '@salesforce/label/c.TC_Charts_Empty';
import ERROR from '@salesforce/label/c.TC_Charts_Error';
import ERROR_HELP from '@salesforce/label/c.TC_Charts_Error_Help';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Charts_Load_Failed';
import MEETING from '@salesforce/label/c.TC_Charts_Meeting';
import MEETING_HELP from '@salesforce/label/c.TC_Charts_Meeting_Help';
import PERIOD from '@salesforce/label/c.TC_Charts_Period';
import REFRESH from '@salesforce/label/c.TC_Charts_Refresh';
import REFRESH_HELP from '@salesforce/label/c.TC_Charts_Refresh_Help';
import TITLE from '@salesforce/label/c.TC_Charts_Title';

export const labels = {
  CONNECTION,
  CONNECTION_HELP,
  DAYS_30,
  DAYS_7,
  DAYS_90,
  EMPTY,
  ERROR,
  ERROR_HELP,
  LOADING,
  LOAD_FAILED,
  MEETING,
  MEETING_HELP,
  PERIOD,
  REFRESH,
  REFRESH_HELP,
  TITLE,
};
