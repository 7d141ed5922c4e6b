import INTRO from '@salesforce/label/c.TC_Setup_Intro';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Setup_Load_Failed';
import NOT_FOR_YOU from '@salesforce/label/c.TC_Admin_Not_For_You';
import NOT_FOR_YOU_TEXT from '@salesforce/label/c.TC_Admin_Not_For_You_Text';
import TITLE from '@salesforce/label/c.TC_Setup_Title';

export const labels = {
  INTRO,
  LOADING,
  LOAD_FAILED,
  NOT_FOR_YOU,
  NOT_FOR_YOU_TEXT,
  TITLE,
};
