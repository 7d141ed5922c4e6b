import CHECK from '@salesforce/label/c.TC_Setup_Check';
import CHECKING from '@salesforce/label/c.TC_Setup_Checking';
import CHECK_FAILED from '@salesforce/label/c.TC_Setup_Check_Failed';
import LAST_FAILED from '@salesforce/label/c.TC_Setup_Last_Failed';
import LAST_OK from '@salesforce/label/c.TC_Setup_Last_Ok';
import NEVER from '@salesforce/label/c.TC_Setup_Never_Checked';
import STEP_FAILED from '@salesforce/label/c.TC_Setup_Step_Failed';
import STEP_OK from '@salesforce/label/c.TC_Setup_Step_Ok';

export const labels = {
  CHECK,
  CHECKING,
  CHECK_FAILED,
  LAST_FAILED,
  LAST_OK,
  NEVER,
  STEP_FAILED,
  STEP_OK,
};
