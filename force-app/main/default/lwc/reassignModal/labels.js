import ACT from '@salesforce/label/c.TC_Change_Give_Act';
import CHOOSE from '@salesforce/label/c.TC_Change_Give_Choose';
import CONNECTED from '@salesforce/label/c.TC_Change_Give_Connected';
import FAILED from '@salesforce/label/c.TC_Change_Give_Failed';
import INTRO from '@salesforce/label/c.TC_Change_Give_Intro';
import LOADING from '@salesforce/label/c.TC_Change_Give_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Change_Give_Load_Failed';
import NOBODY from '@salesforce/label/c.TC_Change_Give_Nobody';
import NOBODY_HELP from '@salesforce/label/c.TC_Change_Give_Nobody_Help';
import NOT_CONNECTED from '@salesforce/label/c.TC_Change_Give_Not_Connected';
import NOT_FREE from '@salesforce/label/c.TC_Change_Give_Not_Free';
import OUTLOOK from '@salesforce/label/c.TC_Book_Outlook';
import PENDING from '@salesforce/label/c.TC_Change_Give_Pending';
import SOME from '@salesforce/label/c.TC_Change_Give_Some';
import RETRY from '@salesforce/label/c.TC_Common_Retry';

export const labels = {
  ACT,
  CHOOSE,
  CONNECTED,
  FAILED,
  INTRO,
  LOADING,
  LOAD_FAILED,
  NOBODY,
  NOBODY_HELP,
  NOT_CONNECTED,
  NOT_FREE,
  OUTLOOK,
  PENDING,
  SOME,
  RETRY,
};
