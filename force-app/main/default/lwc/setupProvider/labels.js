import FAILING from '@salesforce/label/c.TC_Setup_Failing';
import FAILING_TEXT from '@salesforce/label/c.TC_Setup_Failing_Text';
import INCOMPLETE from '@salesforce/label/c.TC_Setup_Incomplete';
import INCOMPLETE_TEXT from '@salesforce/label/c.TC_Setup_Incomplete_Text';
import OFF from '@salesforce/label/c.TC_Connect_Status_Off';
import OFF_TEXT from '@salesforce/label/c.TC_Setup_Off_Text';
import READY from '@salesforce/label/c.TC_Setup_Ready';
import READY_TEXT from '@salesforce/label/c.TC_Setup_Ready_Text';
import REDIRECT_URI from '@salesforce/label/c.TC_Setup_Redirect_Uri';
import SCOPES from '@salesforce/label/c.TC_Setup_Scopes';

export const labels = {
  FAILING,
  FAILING_TEXT,
  INCOMPLETE,
  INCOMPLETE_TEXT,
  OFF,
  OFF_TEXT,
  READY,
  READY_TEXT,
  REDIRECT_URI,
  SCOPES,
};
