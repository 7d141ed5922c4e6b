import ACCOUNT from '@salesforce/label/c.TC_Connect_Account';
import AGAIN from '@salesforce/label/c.TC_Connect_Again';
import CONNECT from '@salesforce/label/c.TC_Connect_Connect';
import CONNECT_FAILED from '@salesforce/label/c.TC_Connect_Connect_Failed';
import CONNECTED_SINCE from '@salesforce/label/c.TC_Connect_Connected_Since';
import CONNECTING from '@salesforce/label/c.TC_Connect_Connecting';
import CONSENT_UNTIL from '@salesforce/label/c.TC_Connect_Consent_Until';
import DISCONNECT from '@salesforce/label/c.TC_Connect_Disconnect';
import DISCONNECT_FAILED from '@salesforce/label/c.TC_Connect_Disconnect_Failed';
import DISCONNECT_TITLE from '@salesforce/label/c.TC_Connect_Disconnect_Title';
import DISCONNECTED from '@salesforce/label/c.TC_Connect_Disconnected';
import ENDED from '@salesforce/label/c.TC_Connect_Ended';
import ENDED_NEXT from '@salesforce/label/c.TC_Connect_Ended_Next';
import ENDS_SOON_NEXT from '@salesforce/label/c.TC_Connect_Ends_Soon_Next';
import HELD_NEXT from '@salesforce/label/c.TC_Connect_Held_Next';
import HELD_OTHER from '@salesforce/label/c.TC_Connect_Held_Other';
import HELD_TEXT from '@salesforce/label/c.TC_Connect_Held_Text';
import HELD_TEXT_NO_ACCOUNT from '@salesforce/label/c.TC_Connect_Held_Text_No_Account';
import LAST_REFRESH from '@salesforce/label/c.TC_Connect_Last_Refresh';
import NEEDS_RECONNECT_TEXT from '@salesforce/label/c.TC_Connect_Needs_Reconnect_Text';
import NOT_CONNECTED_TEXT from '@salesforce/label/c.TC_Connect_Not_Connected_Text';
import NOT_YET from '@salesforce/label/c.TC_Connect_Not_Yet';
import OFF_TEXT from '@salesforce/label/c.TC_Connect_Off_Text';
import PROVIDER_LARK from '@salesforce/label/c.TC_Connect_Provider_Lark';
import REASON from '@salesforce/label/c.TC_Connect_Reason';
import RECONNECT from '@salesforce/label/c.TC_Connect_Reconnect';
import SIGN_IN_AS from '@salesforce/label/c.TC_Connect_Sign_In_As';
import STATUS from '@salesforce/label/c.TC_Connect_Status';
import STATUS_CONNECTED from '@salesforce/label/c.TC_Connect_Status_Connected';
import STATUS_ENDED from '@salesforce/label/c.TC_Connect_Status_Ended';
import STATUS_ENDS_SOON from '@salesforce/label/c.TC_Connect_Status_Ends_Soon';
import STATUS_NEEDS_RECONNECT from '@salesforce/label/c.TC_Connect_Status_Needs_Reconnect';
import STATUS_NOT_CONNECTED from '@salesforce/label/c.TC_Connect_Status_Not_Connected';
import STATUS_OFF from '@salesforce/label/c.TC_Connect_Status_Off';
import STATUS_ON_HOLD from '@salesforce/label/c.TC_Connect_Status_On_Hold';
import WINDOW_UNTIL from '@salesforce/label/c.TC_Connect_Window_Until';

export const labels = {
  ACCOUNT,
  AGAIN,
  CONNECT,
  CONNECTED_SINCE,
  CONNECTING,
  CONNECT_FAILED,
  CONSENT_UNTIL,
  DISCONNECT,
  DISCONNECTED,
  DISCONNECT_FAILED,
  DISCONNECT_TITLE,
  ENDED,
  ENDED_NEXT,
  ENDS_SOON_NEXT,
  HELD_NEXT,
  HELD_OTHER,
  HELD_TEXT,
  HELD_TEXT_NO_ACCOUNT,
  LAST_REFRESH,
  NEEDS_RECONNECT_TEXT,
  NOT_CONNECTED_TEXT,
  NOT_YET,
  OFF_TEXT,
  PROVIDER_LARK,
  REASON,
  RECONNECT,
  SIGN_IN_AS,
  STATUS,
  STATUS_CONNECTED,
  STATUS_ENDED,
  STATUS_ENDS_SOON,
  STATUS_NEEDS_RECONNECT,
  STATUS_NOT_CONNECTED,
  STATUS_OFF,
  STATUS_ON_HOLD,
  WINDOW_UNTIL,
};
