import { LightningElement, api } from 'lwc';
import MY_ZONE from '@salesforce/i18n/timeZone';
import { format } from 'c/ldsUtils';
import { describeOutcome, describeStep } from './stepWords';
import HEADING from '@salesforce/label/c.TC_Meeting_Timeline';
import EMPTY from '@salesforce/label/c.TC_Meeting_Timeline_Empty';
import BY from '@salesforce/label/c.TC_Meeting_By';
import OLD_LINK from '@salesforce/label/c.TC_Meeting_Old_Link';
import NEW_LINK from '@salesforce/label/c.TC_Meeting_New_Link';
import STEP_OUTCOME from '@salesforce/label/c.TC_Meeting_Step_Outcome';

/**
 * @typedef {object} TimelineEntry
 * @property {string} id
 * @property {string} step
 * @property {string | null} [outcome]
 * @property {string | null} [message]
 * @property {string} occurredAt ISO 8601
 * @property {string | null} [actorName]
 * @property {string | null} [oldLink]
 * @property {string | null} [newLink]
 */

/** Steps of a booking's meeting as a list, in the order given. */
export default class MeetingTimeline extends LightningElement {
  labels = { HEADING, EMPTY, OLD_LINK, NEW_LINK };
  /** Of the user; the base component would take the browser's. */
  timeZone = MY_ZONE;

  /** @type {TimelineEntry[]} */
  @api entries = [];

  get hasRows() {
    return this.rows.length > 0;
  }

  get rows() {
    return (this.entries ?? []).map((entry) => {
      const { label, icon, variant } = describeOutcome(entry.outcome);
      const step = describeStep(entry.step);
      return {
        ...entry,
        icon,
        variant,
        title: label ? format(STEP_OUTCOME, step, label) : step,
        by: entry.actorName ? format(BY, entry.actorName) : '',
        hasLinks: Boolean(entry.oldLink || entry.newLink),
      };
    });
  }
}
