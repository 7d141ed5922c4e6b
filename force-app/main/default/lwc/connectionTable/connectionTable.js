import { LightningElement, api } from 'lwc';
import { describeColumns, describeRow } from './describeRow';
import { labels } from './labels';

/**
 * Connections of trainers, one a row: how each stands, what happens next, and what can be done.
 * @fires sort with `{ sortBy }`
 * @fires act with `{ action, row }`: open, remind, refresh, allow or disconnect
 */
export default class ConnectionTable extends LightningElement {
  labels = labels;

  /** @type {readonly ListedConnectionDto[]} */
  @api connections = [];
  /** @type {string} */
  @api sortBy;
  /** @type {'asc' | 'desc'} */
  @api direction = 'asc';
  /** @type {string | undefined} id of the connection with which something is being done */
  @api busyId;

  /** Gives the focus back to a row's menu, after what it opened is closed. */
  @api
  focusRow(/** @type {string} */ id) {
    const menu = /** @type {HTMLElement | null} */ (
      this.template.querySelector(`lightning-button-menu[data-id="${id}"]`)
    );
    menu?.focus();
  }

  get columns() {
    return describeColumns(this.sortBy, this.direction);
  }

  get rows() {
    return this.connections.map((connection) => describeRow(connection, this.busyId));
  }

  handleSort(event) {
    this.dispatchEvent(new CustomEvent('sort', { detail: { sortBy: event.currentTarget.dataset.sort } }));
  }

  handleOpen(event) {
    this.act('open', event.currentTarget.dataset.id);
  }

  handleAct(event) {
    this.act(event.detail.value, event.currentTarget.dataset.id);
  }

  act(action, id) {
    const row = this.connections.find((connection) => connection.id === id);
    this.dispatchEvent(new CustomEvent('act', { detail: { action, row } }));
  }
}
