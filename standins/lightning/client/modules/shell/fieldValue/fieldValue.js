import { LightningElement, api } from 'lwc';
import { formatValue } from '../../../format.js';
import { followLink } from '../../../router.js';
import { texts } from '../../../texts.js';

/** A field's value to read: text, a link to a record, an address, a tick. */
export default class FieldValue extends LightningElement {
  @api field;
  texts = texts;

  get text() {
    return formatValue(this.field);
  }

  get isRecord() {
    return this.field.href !== undefined && this.text !== '';
  }

  get isUrl() {
    return this.field.type === 'url' && this.text !== '';
  }

  get isEmail() {
    return this.field.type === 'email' && this.text !== '';
  }

  get mailTo() {
    return `mailto:${this.field.value}`;
  }

  get isCheckbox() {
    return this.field.type === 'boolean';
  }

  get tick() {
    return this.field.value ? 'utility:check' : 'utility:dash';
  }

  get tickText() {
    return this.field.value ? texts.yes : texts.no;
  }

  handleLink(event) {
    followLink(event);
  }
}
