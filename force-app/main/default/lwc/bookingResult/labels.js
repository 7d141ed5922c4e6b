import DONE from '@salesforce/label/c.TC_Book_Done';
import STATUS from '@salesforce/label/c.TC_Book_Status';
import OPEN from '@salesforce/label/c.TC_Book_Open';
import NEXT from '@salesforce/label/c.TC_Book_Next';
import FOR from '@salesforce/label/c.TC_Book_For';
import IN_ZONE from '@salesforce/label/c.TC_Meeting_In_Zone';
import PENDING_LATE from '@salesforce/label/c.TC_Meeting_Pending_Late';
import REFRESH from '@salesforce/label/c.TC_Meeting_Refresh';
import WITH from '@salesforce/label/c.TC_Meeting_With';

export const labels = { DONE, STATUS, OPEN, NEXT, FOR, IN_ZONE, PENDING_LATE, REFRESH, WITH };
