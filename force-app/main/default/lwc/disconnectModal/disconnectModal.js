import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import { format } from 'c/ldsUtils';
import ANOTHER from '@salesforce/label/c.TC_Connect_Disconnect_Another';
import CANCEL from '@salesforce/label/c.TC_Common_Cancel';
import DISCONNECT from '@salesforce/label/c.TC_Connect_Disconnect';
import FUTURE from '@salesforce/label/c.TC_Connect_Disconnect_Future';
import INTRO from '@salesforce/label/c.TC_Connect_Disconnect_Intro';
import MEETINGS from '@salesforce/label/c.TC_Connect_Disconnect_Meetings';
import SETTINGS from '@salesforce/label/c.TC_Connect_Disconnect_Settings';

/** Asks before disconnecting. Resolves with 'disconnect'; with anything else nothing is to be done. */
export default class DisconnectModal extends LightningModal {
  labels = { ANOTHER, CANCEL, FUTURE, MEETINGS, SETTINGS };

  /** @type {string} as people call it, "Lark" */
  @api providerName;

  /** @type {string | null | undefined} the account that would be disconnected */
  @api account;

  get intro() {
    return format(INTRO, this.account || this.providerName);
  }

  get disconnectLabel() {
    return format(DISCONNECT, this.providerName);
  }

  handleCancel() {
    this.close();
  }

  handleDisconnect() {
    this.close('disconnect');
  }
}
