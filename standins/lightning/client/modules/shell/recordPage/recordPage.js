import { LightningElement, api } from 'lwc';
import { refreshRecord, watchRecord } from '../../../records.js';
import { texts } from '../../../texts.js';

/** A record by its page: header, main and side column. */
export default class RecordPage extends LightningElement {
  texts = texts;
  record;
  #recordId;

  @api
  get recordId() {
    return this.#recordId;
  }
  set recordId(id) {
    this.#recordId = id;
    if (this.unwatch) this.follow();
  }

  connectedCallback() {
    this.follow();
  }

  disconnectedCallback() {
    this.unwatch();
    this.unwatch = undefined;
  }

  follow() {
    this.unwatch?.();
    this.record = undefined;
    this.unwatch = watchRecord(this.#recordId, (record) => {
      this.record = record;
      const title = record.object ? `${record.name} | ${record.object.label}` : this.notice.heading;
      document.title = `${title} | Salesforce`;
    });
  }

  get loaded() {
    return this.record?.object !== undefined;
  }

  get notice() {
    if (this.record?.failed) return { icon: 'utility:warning', heading: texts.failed, text: this.record.failed };
    if (this.record?.missing === 'access') {
      return { icon: 'utility:lock', heading: texts.noRecordAccess, text: texts.noAccessHint };
    }
    if (this.record?.missing) return { icon: 'utility:search', heading: texts.noRecord, text: texts.noRecordHint };
    return undefined;
  }

  /** Another record is another page: its components begin anew. */
  get pages() {
    const blocks = (name) => this.record.page.find((region) => region.name === name)?.blocks ?? [];
    const sidebar = blocks('sidebar');
    return [
      {
        key: this.record.id,
        header: blocks('header'),
        main: blocks('main'),
        sidebar,
        mainClass: `slds-col slds-size_1-of-1${sidebar.length > 0 ? ' slds-large-size_8-of-12' : ''}`,
      },
    ];
  }

  handleRefresh() {
    refreshRecord(this.#recordId).catch((error) => {
      this.record = { failed: error.message };
    });
  }
}
