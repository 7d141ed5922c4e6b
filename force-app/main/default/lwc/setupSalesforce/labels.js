import FAILING from '@salesforce/label/c.TC_Setup_Failing';
import INCOMPLETE from '@salesforce/label/c.TC_Setup_Incomplete';
import MAIL_REMAINING from '@salesforce/label/c.TC_Setup_Mail_Remaining';
import NAME from '@salesforce/label/c.TC_Setup_Salesforce';
import ORG from '@salesforce/label/c.TC_Setup_Org';
import READY from '@salesforce/label/c.TC_Setup_Ready';
import SENDER from '@salesforce/label/c.TC_Setup_Sender';
import TEMPLATES from '@salesforce/label/c.TC_Setup_Templates';
import TEMPLATE_BUILT_IN from '@salesforce/label/c.TC_Setup_Template_Built_In';
import TEMPLATE_DISCONNECTED from '@salesforce/label/c.TC_Setup_Template_Disconnected';
import TEMPLATE_FORECAST from '@salesforce/label/c.TC_Setup_Template_Forecast';
import TEMPLATE_MISSING from '@salesforce/label/c.TC_Setup_Template_Missing';
import TEMPLATE_OWN from '@salesforce/label/c.TC_Setup_Template_Own';
import TEMPLATE_REMINDER from '@salesforce/label/c.TC_Setup_Template_Reminder';
import UNKNOWN from '@salesforce/label/c.TC_Setup_Unknown';
import USER from '@salesforce/label/c.TC_Setup_User';

export const labels = {
  FAILING,
  INCOMPLETE,
  MAIL_REMAINING,
  NAME,
  ORG,
  READY,
  SENDER,
  TEMPLATES,
  TEMPLATE_BUILT_IN,
  TEMPLATE_DISCONNECTED,
  TEMPLATE_FORECAST,
  TEMPLATE_MISSING,
  TEMPLATE_OWN,
  TEMPLATE_REMINDER,
  UNKNOWN,
  USER,
};
