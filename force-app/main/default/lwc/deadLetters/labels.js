import ATTEMPTS from '@salesforce/label/c.TC_Letters_Attempts';
import EMPTY from '@salesforce/label/c.TC_Letters_Empty';
import INTRO from '@salesforce/label/c.TC_Letters_Intro';
import KIND_ALERT from '@salesforce/label/c.TC_Letters_Kind_Alert';
import KIND_BOOKING from '@salesforce/label/c.TC_Letters_Kind_Booking';
import KIND_INVITE from '@salesforce/label/c.TC_Letters_Kind_Invite';
import KIND_MERCHANT_MAIL from '@salesforce/label/c.TC_Letters_Kind_Merchant_Mail';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Letters_Load_Failed';
import MORE from '@salesforce/label/c.TC_Common_More';
import OPEN_BOOKING from '@salesforce/label/c.TC_Letters_Open_Booking';
import OPEN_TRAINER from '@salesforce/label/c.TC_Letters_Open_Trainer';
import RETRIED from '@salesforce/label/c.TC_Letters_Retried';
import RETRIED_SOME from '@salesforce/label/c.TC_Letters_Retried_Some';
import RETRY from '@salesforce/label/c.TC_Common_Retry';
import RETRYING from '@salesforce/label/c.TC_Letters_Retrying';
import RETRY_ALL from '@salesforce/label/c.TC_Letters_Retry_All';
import TITLE from '@salesforce/label/c.TC_Letters_Title';

export const labels = {
  ATTEMPTS,
  EMPTY,
  INTRO,
  KIND_ALERT,
  KIND_BOOKING,
  KIND_INVITE,
  KIND_MERCHANT_MAIL,
  LOADING,
  LOAD_FAILED,
  MORE,
  OPEN_BOOKING,
  OPEN_TRAINER,
  RETRIED,
  RETRIED_SOME,
  RETRY,
  RETRYING,
  RETRY_ALL,
  TITLE,
};
