import CHOOSE_FIRST from '@salesforce/label/c.TC_Book_Choose_First';
import LOADING from '@salesforce/label/c.TC_Book_Times_Loading';
import FAILED from '@salesforce/label/c.TC_Book_Times_Failed';
import UNKNOWN from '@salesforce/label/c.TC_Week_Unknown_Title';
import UNKNOWN_HELP from '@salesforce/label/c.TC_Book_Unknown_Help';
import RETRY from '@salesforce/label/c.TC_Common_Retry';
import DAY from '@salesforce/label/c.TC_Week_Go_To';
import DAY_PAST from '@salesforce/label/c.TC_Book_Day_Past';
import EMPTY from '@salesforce/label/c.TC_Week_Empty';
import EMPTY_HELP from '@salesforce/label/c.TC_Week_Empty_Help';
import LENGTH from '@salesforce/label/c.TC_Week_Length';
import NEXT from '@salesforce/label/c.TC_Week_Next';
import PREVIOUS from '@salesforce/label/c.TC_Week_Previous';
import NOTES from '@salesforce/label/c.TC_Week_Notes';
import OF from '@salesforce/label/c.TC_Week_Reason_Of';
import OF_MANY from '@salesforce/label/c.TC_Week_Reason_Of_Many';
import REASONS from '@salesforce/label/c.TC_Week_Reasons';
import TIMES from '@salesforce/label/c.TC_Book_Times';
import ZONE_OF from '@salesforce/label/c.TC_Week_Zone_Of';
import ZONE_OTHER from '@salesforce/label/c.TC_Week_Zone_Other';
import ZONE_YOURS from '@salesforce/label/c.TC_Week_Zone_Yours';

export const labels = {
  CHOOSE_FIRST,
  LOADING,
  FAILED,
  UNKNOWN,
  UNKNOWN_HELP,
  RETRY,
  DAY,
  DAY_PAST,
  EMPTY,
  EMPTY_HELP,
  LENGTH,
  NEXT,
  PREVIOUS,
  NOTES,
  OF,
  OF_MANY,
  REASONS,
  TIMES,
  ZONE_OF,
  ZONE_OTHER,
  ZONE_YOURS,
};
