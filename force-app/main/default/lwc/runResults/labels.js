import EMPTY from '@salesforce/label/c.TC_Result_Empty';
import FAILED from '@salesforce/label/c.TC_Result_Failed';
import HEADING from '@salesforce/label/c.TC_Result_Heading';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Result_Load_Failed';
import MORE from '@salesforce/label/c.TC_Common_More';
import SKIPPED from '@salesforce/label/c.TC_Result_Skipped';
import SUCCEEDED from '@salesforce/label/c.TC_Result_Succeeded';

export const labels = {
  EMPTY,
  FAILED,
  HEADING,
  LOADING,
  LOAD_FAILED,
  MORE,
  SKIPPED,
  SUCCEEDED,
};
