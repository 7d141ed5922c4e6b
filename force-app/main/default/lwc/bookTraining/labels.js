import TITLE from '@salesforce/label/c.TC_Book_Title';
import WHO from '@salesforce/label/c.TC_Book_Who';
import WHEN from '@salesforce/label/c.TC_Book_When';
import WHAT from '@salesforce/label/c.TC_Book_What';
import LOADING from '@salesforce/label/c.TC_Book_Loading';
import LOAD_FAILED from '@salesforce/label/c.TC_Book_Load_Failed';
import NO_TRAINERS from '@salesforce/label/c.TC_Book_No_Trainers';
import NO_TRAINERS_HELP from '@salesforce/label/c.TC_Book_No_Trainers_Help';
import TRAINER from '@salesforce/label/c.TC_Book_Trainer';
import CHOOSE_TRAINER from '@salesforce/label/c.TC_Book_Choose_Trainer';
import CONNECTED from '@salesforce/label/c.TC_Book_Trainer_Connected';
import NOT_CONNECTED from '@salesforce/label/c.TC_Book_Trainer_Not_Connected';
import ANYONE from '@salesforce/label/c.TC_Book_Anyone';
import ANYONE_SOME from '@salesforce/label/c.TC_Book_Anyone_Some';
import CHOSEN from '@salesforce/label/c.TC_Book_Chosen';
import GIVER from '@salesforce/label/c.TC_Book_Giver';
import IN_ZONE from '@salesforce/label/c.TC_Meeting_In_Zone';
import CHOOSE_TIME from '@salesforce/label/c.TC_Book_Choose_Time';
import SERVICE from '@salesforce/label/c.TC_Book_Service';
import REMOTE from '@salesforce/label/c.TC_Book_Remote';
import ONSITE from '@salesforce/label/c.TC_Book_Onsite';
import TYPE from '@salesforce/label/c.TC_Book_Type';
import TYPE_TRAINING from '@salesforce/label/c.TC_Book_Type_Training';
import TYPE_INSTALLATION from '@salesforce/label/c.TC_Book_Type_Installation';
import TYPE_GO_LIVE from '@salesforce/label/c.TC_Book_Type_Go_Live';
import ADDRESS from '@salesforce/label/c.TC_Book_Address';
import CONTACT_NAME from '@salesforce/label/c.TC_Book_Contact_Name';
import CONTACT_EMAIL from '@salesforce/label/c.TC_Book_Contact_Email';
import EMAIL_INVALID from '@salesforce/label/c.TC_Book_Email_Invalid';
import FIELD_REFUSED from '@salesforce/label/c.TC_Book_Field_Refused';
import CHECK_FIELDS from '@salesforce/label/c.TC_Book_Check_Fields';
import NOTES from '@salesforce/label/c.TC_Book_Notes';
import OUTLOOK from '@salesforce/label/c.TC_Book_Outlook';
import SUBMIT from '@salesforce/label/c.TC_Book_Submit';
import PENDING from '@salesforce/label/c.TC_Book_Pending';
import FAILED from '@salesforce/label/c.TC_Book_Failed';
import OPEN_SAME from '@salesforce/label/c.TC_Book_Open_Same';
import OPEN_CHANGED from '@salesforce/label/c.TC_Book_Open_Changed';
import BOOKINGS from '@salesforce/label/c.TC_Book_Bookings';

export const labels = {
  TITLE,
  WHO,
  WHEN,
  WHAT,
  LOADING,
  LOAD_FAILED,
  NO_TRAINERS,
  NO_TRAINERS_HELP,
  TRAINER,
  CHOOSE_TRAINER,
  CONNECTED,
  NOT_CONNECTED,
  ANYONE,
  ANYONE_SOME,
  CHOSEN,
  GIVER,
  IN_ZONE,
  CHOOSE_TIME,
  SERVICE,
  TYPE,
  ADDRESS,
  CONTACT_NAME,
  CONTACT_EMAIL,
  EMAIL_INVALID,
  FIELD_REFUSED,
  CHECK_FIELDS,
  NOTES,
  OUTLOOK,
  SUBMIT,
  PENDING,
  FAILED,
  OPEN_SAME,
  OPEN_CHANGED,
  BOOKINGS,
};

export const serviceTypes = [
  { value: 'remote', label: REMOTE },
  { value: 'onsite', label: ONSITE },
];

/** Values of Booking_Type__c. */
export const bookingTypes = [
  { value: 'Training', label: TYPE_TRAINING },
  { value: 'Installation', label: TYPE_INSTALLATION },
  { value: 'Go Live', label: TYPE_GO_LIVE },
];
