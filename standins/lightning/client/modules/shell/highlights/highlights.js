import { LightningElement, api } from 'lwc';
import { RefreshEvent } from 'lightning/refresh';
import { refreshRecord } from '../../../records.js';
import { texts } from '../../../texts.js';

/** Icon, kind and name of the record, and the fields of its compact layout. */
export default class Highlights extends LightningElement {
  @api record;
  texts = texts;

  get fields() {
    return this.record.highlights.map((name) => this.record.fields[name]);
  }

  handleRefresh() {
    refreshRecord(this.record.id);
    this.dispatchEvent(new RefreshEvent());
  }
}
