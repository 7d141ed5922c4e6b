import { LightningElement, api } from 'lwc';

/** What a page says instead of its content: nothing there, no access, failed. */
export default class Notice extends LightningElement {
  @api iconName = 'utility:info';
  @api heading;
  @api text;
}
