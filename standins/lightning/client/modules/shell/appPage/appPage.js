import { LightningElement, api } from 'lwc';

/** A tab that shows a FlexiPage or one component. */
export default class AppPage extends LightningElement {
  #tab;

  @api
  get tab() {
    return this.#tab;
  }
  set tab(tab) {
    this.#tab = tab;
    document.title = `${tab.label} | Salesforce`;
  }

  /** A new tab is a new page, also where both show the same component. */
  get pages() {
    return [this.tab];
  }
}
