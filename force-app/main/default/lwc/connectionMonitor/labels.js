import INTRO from '@salesforce/label/c.TC_Monitor_Intro';
import NOT_FOR_YOU from '@salesforce/label/c.TC_Admin_Not_For_You';
import NOT_FOR_YOU_TEXT from '@salesforce/label/c.TC_Admin_Not_For_You_Text';
import REFRESH_ALL from '@salesforce/label/c.TC_Monitor_Refresh_All';
import REFRESH_ALL_ACT from '@salesforce/label/c.TC_Monitor_Refresh_All_Act';
import REFRESH_ALL_COUNT from '@salesforce/label/c.TC_Monitor_Refresh_All_Count';
import REFRESH_ALL_SAFE from '@salesforce/label/c.TC_Monitor_Refresh_All_Safe';
import REFRESH_ALL_TITLE from '@salesforce/label/c.TC_Monitor_Refresh_All_Title';
import REMIND_ALL from '@salesforce/label/c.TC_Monitor_Remind_All';
import REMIND_ALL_ACT from '@salesforce/label/c.TC_Monitor_Remind_All_Act';
import REMIND_ALL_COUNT from '@salesforce/label/c.TC_Monitor_Remind_All_Count';
import REMIND_ALL_SPARED from '@salesforce/label/c.TC_Monitor_Remind_All_Spared';
import REMIND_ALL_TITLE from '@salesforce/label/c.TC_Monitor_Remind_All_Title';
import RUN_GOES_ON from '@salesforce/label/c.TC_Run_Goes_On';
import RUN_NOT_STARTED from '@salesforce/label/c.TC_Monitor_Run_Not_Started';
import STARTING from '@salesforce/label/c.TC_Monitor_Starting';
import TITLE from '@salesforce/label/c.TC_Monitor_Title';

export const labels = {
  INTRO,
  NOT_FOR_YOU,
  NOT_FOR_YOU_TEXT,
  REFRESH_ALL,
  REFRESH_ALL_ACT,
  REFRESH_ALL_COUNT,
  REFRESH_ALL_SAFE,
  REFRESH_ALL_TITLE,
  REMIND_ALL,
  REMIND_ALL_ACT,
  REMIND_ALL_COUNT,
  REMIND_ALL_SPARED,
  REMIND_ALL_TITLE,
  RUN_GOES_ON,
  RUN_NOT_STARTED,
  STARTING,
  TITLE,
};
