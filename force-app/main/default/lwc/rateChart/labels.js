import AS_LINE from '@salesforce/label/c.TC_Chart_As_Line';
import AS_TABLE from '@salesforce/label/c.TC_Chart_As_Table';
import DAY from '@salesforce/label/c.TC_Chart_Day';
import EMPTY from '@salesforce/label/c.TC_Chart_Empty';
import MISSED from '@salesforce/label/c.TC_Chart_Missed';
import NOTHING from '@salesforce/label/c.TC_Chart_Nothing';
import REACHED from '@salesforce/label/c.TC_Chart_Reached';
import SUMMARY from '@salesforce/label/c.TC_Chart_Summary';
import TARGET_AT_LEAST from '@salesforce/label/c.TC_Chart_Target_At_Least';
import TARGET_BELOW from '@salesforce/label/c.TC_Chart_Target_Below';

export const labels = {
  AS_LINE,
  AS_TABLE,
  DAY,
  EMPTY,
  MISSED,
  NOTHING,
  REACHED,
  SUMMARY,
  TARGET_AT_LEAST,
  TARGET_BELOW,
};
