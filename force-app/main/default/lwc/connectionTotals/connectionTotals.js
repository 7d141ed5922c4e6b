import { LightningElement, api } from 'lwc';
import { describeTotals } from './describeTotals';
import { labels } from './labels';

/**
 * How many connections are in which state. Each tile filters the list; the chosen one again shows all.
 * @fires choose with `{ state }`; undefined for all
 */
export default class ConnectionTotals extends LightningElement {
  labels = labels;

  /** @type {ConnectionTotalsDto} */
  @api totals;
  /** @type {string | undefined} the state that the list is filtered by */
  @api chosen;

  get tiles() {
    return describeTotals(this.totals).map((tile) => {
      const isChosen = tile.state === this.chosen;
      return {
        ...tile,
        key: tile.state ?? 'all',
        pressed: String(isChosen),
        classes: `slds-button slds-button_reset tile ${tile.look} ${isChosen ? 'chosen' : ''}`,
      };
    });
  }

  handleChoose(event) {
    const { key } = event.currentTarget.dataset;
    const state = key === 'all' || key === this.chosen ? undefined : key;
    this.dispatchEvent(new CustomEvent('choose', { detail: { state } }));
  }
}
