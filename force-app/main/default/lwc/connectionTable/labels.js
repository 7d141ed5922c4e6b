import ACTIONS from '@salesforce/label/c.TC_Table_Actions';
import ACTIONS_OF from '@salesforce/label/c.TC_Table_Actions_Of';
import ALLOW from '@salesforce/label/c.TC_Action_Allow';
import BUSY from '@salesforce/label/c.TC_Action_Busy';
import CAPTION from '@salesforce/label/c.TC_Table_Caption';
import CONNECTED from '@salesforce/label/c.TC_Connect_Status_Connected';
import CONSENT_IN_DAYS from '@salesforce/label/c.TC_Table_Consent_In_Days';
import DISCONNECT from '@salesforce/label/c.TC_Action_Disconnect';
import ENDED from '@salesforce/label/c.TC_Table_Ended';
import ENDS from '@salesforce/label/c.TC_Table_Ends';
import FAILING from '@salesforce/label/c.TC_Table_Failing';
import HELD from '@salesforce/label/c.TC_Table_Held';
import HELD_NEXT from '@salesforce/label/c.TC_Table_Held_Next';
import HELD_SETTLED from '@salesforce/label/c.TC_Table_Held_Settled';
import LAST_REFRESH from '@salesforce/label/c.TC_Table_Last_Renewal';
import NEEDS_RECONNECT from '@salesforce/label/c.TC_Connect_Status_Needs_Reconnect';
import NEXT from '@salesforce/label/c.TC_Table_Next';
import NONE from '@salesforce/label/c.TC_Table_None';
import NOT_CONNECTED from '@salesforce/label/c.TC_Connect_Status_Not_Connected';
import NOT_CONNECTED_NEXT from '@salesforce/label/c.TC_Table_Not_Connected_Next';
import NO_END from '@salesforce/label/c.TC_Table_No_End';
import ON_HOLD from '@salesforce/label/c.TC_Connect_Status_On_Hold';
import OPEN from '@salesforce/label/c.TC_Action_Open';
import RECONNECT_NEXT from '@salesforce/label/c.TC_Table_Reconnect_Next';
import REFRESH from '@salesforce/label/c.TC_Action_Refresh';
import REMIND from '@salesforce/label/c.TC_Action_Remind';
import REMINDED from '@salesforce/label/c.TC_Table_Reminded';
import RENEWED_BY_ITSELF from '@salesforce/label/c.TC_Table_Renewed_By_Itself';
import SINCE from '@salesforce/label/c.TC_Connect_Connected_Since';
import STATUS from '@salesforce/label/c.TC_Connect_Status';
import TRAINER from '@salesforce/label/c.TC_Connect_Trainer';
import WINDOW_IN_DAYS from '@salesforce/label/c.TC_Table_Window_In_Days';

export const labels = {
  ACTIONS,
  ACTIONS_OF,
  ALLOW,
  BUSY,
  CAPTION,
  CONNECTED,
  CONSENT_IN_DAYS,
  DISCONNECT,
  ENDED,
  ENDS,
  FAILING,
  HELD,
  HELD_NEXT,
  HELD_SETTLED,
  LAST_REFRESH,
  NEEDS_RECONNECT,
  NEXT,
  NONE,
  NOT_CONNECTED,
  NOT_CONNECTED_NEXT,
  NO_END,
  ON_HOLD,
  OPEN,
  RECONNECT_NEXT,
  REFRESH,
  REMIND,
  REMINDED,
  RENEWED_BY_ITSELF,
  SINCE,
  STATUS,
  TRAINER,
  WINDOW_IN_DAYS,
};
