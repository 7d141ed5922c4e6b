import { LightningElement } from 'lwc';
import { navigate, watchPage } from '../../../router.js';
import { texts } from '../../../texts.js';

/** The page of the current address, if the user may see it. */
export default class PageHost extends LightningElement {
  texts = texts;
  page;

  connectedCallback() {
    this.unwatch = watchPage((page) => {
      this.page = page;
      if (this.isHome) this.openFirstTab();
      else if (!this.known) document.title = `${texts.noPage} | Salesforce`;
    });
  }

  disconnectedCallback() {
    this.unwatch();
  }

  get isHome() {
    return this.page?.type === 'standard__namedPage' && globalThis.__SF__.app.tabs.length > 0;
  }

  openFirstTab() {
    const [tab] = globalThis.__SF__.app.tabs;
    const reference =
      tab.kind === 'object'
        ? { type: 'standard__objectPage', attributes: { objectApiName: tab.name, actionName: 'list' } }
        : { type: 'standard__navItemPage', attributes: { apiName: tab.name } };
    navigate(reference, { replace: true });
  }

  get tab() {
    if (this.page?.type !== 'standard__navItemPage') return undefined;
    // A tab of another app opens as well, as on the platform.
    return globalThis.__SF__.items.find(({ name }) => name === this.page.attributes.apiName);
  }

  get listObject() {
    return this.page?.type === 'standard__objectPage' ? this.page.attributes.objectApiName : undefined;
  }

  get listView() {
    return this.page?.state.filterName;
  }

  get recordId() {
    return this.page?.type === 'standard__recordPage' ? this.page.attributes.recordId : undefined;
  }

  get known() {
    return this.tab !== undefined || this.listObject !== undefined || this.recordId !== undefined;
  }

  get withoutAccess() {
    return this.page?.type === 'standard__navItemPage' || this.page?.type === 'standard__namedPage';
  }
}
