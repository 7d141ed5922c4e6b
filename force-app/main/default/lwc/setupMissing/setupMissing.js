import { LightningElement, api } from 'lwc';
import HEADING from '@salesforce/label/c.TC_Setup_Missing';
import WHERE from '@salesforce/label/c.TC_Setup_Missing_Where';

/** What is missing, where it belongs, and how to do it. */
export default class SetupMissing extends LightningElement {
  labels = { HEADING, WHERE };

  /** @type {readonly SetupMissingDto[]} */
  @api missing = [];
}
