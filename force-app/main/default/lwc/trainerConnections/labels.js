import INTRO from '@salesforce/label/c.TC_Connect_Intro';
import LOAD_FAILED from '@salesforce/label/c.TC_Connect_Load_Failed';
import LOADING from '@salesforce/label/c.TC_Common_Loading';
import NO_TRAINER_TEXT from '@salesforce/label/c.TC_Connect_No_Trainer_Text';
import NO_TRAINER_TITLE from '@salesforce/label/c.TC_Connect_No_Trainer_Title';
import NO_TRAINERS_TEXT from '@salesforce/label/c.TC_Connect_No_Trainers_Text';
import NO_TRAINERS_TITLE from '@salesforce/label/c.TC_Connect_No_Trainers_Title';
import OUTCOME_FAILED from '@salesforce/label/c.TC_Connect_Outcome_Failed';
import PROVIDER_LARK from '@salesforce/label/c.TC_Connect_Provider_Lark';
import SUCCESS from '@salesforce/label/c.TC_Connect_Success';
import SUCCESS_TEXT from '@salesforce/label/c.TC_Connect_Success_Text';
import TITLE from '@salesforce/label/c.TC_Connect_Title';
import TRAINER from '@salesforce/label/c.TC_Connect_Trainer';
import TRAINERS_FAILED from '@salesforce/label/c.TC_Connect_Trainers_Failed';

export const labels = {
  INTRO,
  LOAD_FAILED,
  LOADING,
  NO_TRAINER_TEXT,
  NO_TRAINER_TITLE,
  NO_TRAINERS_TEXT,
  NO_TRAINERS_TITLE,
  OUTCOME_FAILED,
  PROVIDER_LARK,
  SUCCESS,
  SUCCESS_TEXT,
  TITLE,
  TRAINER,
  TRAINERS_FAILED,
};
