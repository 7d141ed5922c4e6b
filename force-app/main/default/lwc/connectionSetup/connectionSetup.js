import { LightningElement } from 'lwc';
import getSetup from '@salesforce/apex/ConnectionSetupController.getSetup';
import IS_ADMIN from '@salesforce/customPermission/Manage_Trainer_Connections';
import { labels } from './labels';

/** How providers, Salesforce and e-mail templates are set up, what is missing, and whether it really works. */
export default class ConnectionSetup extends LightningElement {
  labels = labels;
  mayBeHere = IS_ADMIN === true;

  /** @type {SetupDto | undefined} */
  setup;
  /** @type {unknown} */
  error;
  isLoading = false;

  connectedCallback() {
    if (this.mayBeHere) {
      this.load();
    }
  }

  get isFirstLoad() {
    return this.isLoading && !this.setup;
  }

  async load() {
    this.isLoading = true;
    try {
      this.setup = await getSetup();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }
}
