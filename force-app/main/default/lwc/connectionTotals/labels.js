import ALL from '@salesforce/label/c.TC_Totals_All';
import ALL_HELP from '@salesforce/label/c.TC_Totals_All_Help';
import CONNECTED from '@salesforce/label/c.TC_Connect_Status_Connected';
import CONNECTED_HELP from '@salesforce/label/c.TC_Totals_Connected_Help';
import ENDING from '@salesforce/label/c.TC_Totals_Ending';
import ENDING_HELP from '@salesforce/label/c.TC_Totals_Ending_Help';
import ENDING_TODAY from '@salesforce/label/c.TC_Totals_Ending_Today';
import FAILING from '@salesforce/label/c.TC_Totals_Failing';
import HEADING from '@salesforce/label/c.TC_Totals_Heading';
import NEEDS_RECONNECT from '@salesforce/label/c.TC_Connect_Status_Needs_Reconnect';
import NEEDS_RECONNECT_HELP from '@salesforce/label/c.TC_Totals_Needs_Reconnect_Help';
import NOT_CONNECTED from '@salesforce/label/c.TC_Connect_Status_Not_Connected';
import NOT_CONNECTED_HELP from '@salesforce/label/c.TC_Totals_Not_Connected_Help';
import ON_HOLD from '@salesforce/label/c.TC_Connect_Status_On_Hold';
import ON_HOLD_HELP from '@salesforce/label/c.TC_Totals_On_Hold_Help';

export const labels = {
  ALL,
  ALL_HELP,
  CONNECTED,
  CONNECTED_HELP,
  ENDING,
  ENDING_HELP,
  ENDING_TODAY,
  FAILING,
  HEADING,
  NEEDS_RECONNECT,
  NEEDS_RECONNECT_HELP,
  NOT_CONNECTED,
  NOT_CONNECTED_HELP,
  ON_HOLD,
  ON_HOLD_HELP,
};
