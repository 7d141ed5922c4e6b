import LightningModal from 'lightning/modal';
import { followLink } from '../../../router.js';
import { texts } from '../../../texts.js';

export default class AppLauncher extends LightningModal {
  texts = texts;
  app = globalThis.__SF__.app;

  handleLink(event) {
    followLink(event);
    this.close();
  }
}
