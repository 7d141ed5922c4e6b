import ACT_FAILED from '@salesforce/label/c.TC_Monitor_Act_Failed';
import ALLOWED from '@salesforce/label/c.TC_Monitor_Allowed';
import ALLOWED_NEXT from '@salesforce/label/c.TC_Monitor_Allowed_Next';
import DISCONNECT from '@salesforce/label/c.TC_Action_Disconnect';
import DISCONNECTED from '@salesforce/label/c.TC_Monitor_Disconnected';
import DISCONNECTING from '@salesforce/label/c.TC_Monitor_Disconnecting';
import DISCONNECT_FAILED from '@salesforce/label/c.TC_Monitor_Disconnect_Failed';
import DISCONNECT_FUTURE from '@salesforce/label/c.TC_Connect_Disconnect_Future';
import DISCONNECT_MEETINGS from '@salesforce/label/c.TC_Connect_Disconnect_Meetings';
import DISCONNECT_SETTINGS from '@salesforce/label/c.TC_Connect_Disconnect_Settings';
import DISCONNECT_TITLE from '@salesforce/label/c.TC_Monitor_Disconnect_Title';
import DISCONNECT_WHAT from '@salesforce/label/c.TC_Monitor_Disconnect_What';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Monitor_Load_Failed';
import NOT_REFRESHED from '@salesforce/label/c.TC_Monitor_Not_Refreshed';
import NOT_REMINDED from '@salesforce/label/c.TC_Monitor_Not_Reminded';
import NO_MATCH from '@salesforce/label/c.TC_Monitor_No_Match';
import NO_TRAINERS from '@salesforce/label/c.TC_Monitor_No_Trainers';
import PROVIDER_LARK from '@salesforce/label/c.TC_Connect_Provider_Lark';
import RECONNECT from '@salesforce/label/c.TC_Table_Reconnect_Next';
import REFRESHED from '@salesforce/label/c.TC_Monitor_Refreshed';
import REMINDED from '@salesforce/label/c.TC_Monitor_Reminded';
import REMIND_UNDER_WAY from '@salesforce/label/c.TC_Monitor_Remind_Under_Way';
import SEARCH from '@salesforce/label/c.TC_Monitor_Search';
import SEARCH_PLACEHOLDER from '@salesforce/label/c.TC_Monitor_Search_Placeholder';
import SHOW_ALL from '@salesforce/label/c.TC_Monitor_Show_All';

export const labels = {
  ACT_FAILED,
  ALLOWED,
  ALLOWED_NEXT,
  DISCONNECT,
  DISCONNECTED,
  DISCONNECTING,
  DISCONNECT_FAILED,
  DISCONNECT_FUTURE,
  DISCONNECT_MEETINGS,
  DISCONNECT_SETTINGS,
  DISCONNECT_TITLE,
  DISCONNECT_WHAT,
  LOADING,
  LOAD_FAILED,
  NOT_REFRESHED,
  NOT_REMINDED,
  NO_MATCH,
  NO_TRAINERS,
  PROVIDER_LARK,
  RECONNECT,
  REFRESHED,
  REMINDED,
  REMIND_UNDER_WAY,
  SEARCH,
  SEARCH_PLACEHOLDER,
  SHOW_ALL,
};
