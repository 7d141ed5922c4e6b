import HEADING from '@salesforce/label/c.TC_Pager_Heading';
import NEXT from '@salesforce/label/c.TC_Pager_Next';
import PREVIOUS from '@salesforce/label/c.TC_Pager_Previous';
import RANGE from '@salesforce/label/c.TC_Pager_Range';
import SIZE from '@salesforce/label/c.TC_Pager_Size';

export const labels = {
  HEADING,
  NEXT,
  PREVIOUS,
  RANGE,
  SIZE,
};
