import LightningModal from 'lightning/modal';
import { followLink } from '../../../router.js';
import { texts } from '../../../texts.js';

export default class AppLauncher extends LightningModal {
  texts = texts;
  items = globalThis.__SF__.items;

  get apps() {
    const { app, apps } = globalThis.__SF__;
    return apps.map((one) => ({ ...one, current: one.name === app.name ? 'true' : undefined }));
  }

  handleLink(event) {
    followLink(event);
    this.close();
  }
}
