import { LightningElement } from 'lwc';
import AppLauncher from 'shell/appLauncher';
import { followLink, watchPage } from '../../../router.js';
import { texts } from '../../../texts.js';

/** The tab that a page belongs to. */
function tabOf(page) {
  const { apiName, objectApiName } = page?.attributes ?? {};
  return apiName ?? objectApiName;
}

export default class NavBar extends LightningElement {
  texts = texts;
  app = globalThis.__SF__.app;
  active;

  connectedCallback() {
    this.unwatch = watchPage((page) => {
      this.active = tabOf(page);
    });
  }

  disconnectedCallback() {
    this.unwatch();
  }

  renderedCallback() {
    // On a narrow window the tabs scroll sideways: the active one is in sight.
    const bar = this.template.querySelector('.tabs');
    const active = bar.querySelector('.slds-is-active');
    if (active) bar.scrollLeft = active.offsetLeft - bar.offsetLeft;
  }

  get tabs() {
    return this.app.tabs.map((tab) => {
      const active = tab.name === this.active;
      return {
        ...tab,
        className: `slds-context-bar__item${active ? ' slds-is-active' : ''}`,
        current: active ? 'page' : undefined,
      };
    });
  }

  handleLauncher() {
    AppLauncher.open({ size: 'medium', label: this.texts.appLauncher });
  }

  handleLink(event) {
    followLink(event);
  }
}
