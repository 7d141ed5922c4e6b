import TITLE from '@salesforce/label/c.TC_Change_Title';
import CANCEL from '@salesforce/label/c.TC_Change_Cancel';
import CANCEL_DONE from '@salesforce/label/c.TC_Change_Cancel_Done';
import CANCEL_FAILED from '@salesforce/label/c.TC_Change_Cancel_Failed';
import CANCEL_PENDING from '@salesforce/label/c.TC_Change_Cancel_Pending';
import CANCEL_TITLE from '@salesforce/label/c.TC_Change_Cancel_Title';
import GIVE from '@salesforce/label/c.TC_Change_Give';
import GIVE_DONE from '@salesforce/label/c.TC_Change_Give_Done';
import GIVE_TITLE from '@salesforce/label/c.TC_Change_Give_Title';
import LINK from '@salesforce/label/c.TC_Change_Link';
import LINK_DONE from '@salesforce/label/c.TC_Change_Link_Done';
import LINK_TITLE from '@salesforce/label/c.TC_Change_Link_Title';
import MOVE from '@salesforce/label/c.TC_Change_Move';
import MOVE_DONE from '@salesforce/label/c.TC_Change_Move_Done';
import MOVE_TITLE from '@salesforce/label/c.TC_Change_Move_Title';
import REGENERATE from '@salesforce/label/c.TC_Change_Regenerate';
import REGENERATE_FAILED from '@salesforce/label/c.TC_Change_Regenerate_Failed';
import REGENERATE_PENDING from '@salesforce/label/c.TC_Change_Regenerate_Pending';
import REGENERATE_TITLE from '@salesforce/label/c.TC_Change_Regenerate_Title';

export const labels = {
  TITLE,
  CANCEL,
  CANCEL_DONE,
  CANCEL_FAILED,
  CANCEL_PENDING,
  CANCEL_TITLE,
  GIVE,
  GIVE_DONE,
  GIVE_TITLE,
  LINK,
  LINK_DONE,
  LINK_TITLE,
  MOVE,
  MOVE_DONE,
  MOVE_TITLE,
  REGENERATE,
  REGENERATE_FAILED,
  REGENERATE_PENDING,
  REGENERATE_TITLE,
};
