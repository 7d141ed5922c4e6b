import { LightningElement, api } from 'lwc';
import getConnections from '@salesforce/apex/ConnectionMonitorController.getConnections';
import { NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { format } from 'c/ldsUtils';
import { labels } from './labels';
import { performAction } from './rowActions';

/** Typing goes on for about this long between two letters. */
const TYPING_MS = 300;
/** @type {{ after: string | null, row: number }} */
const FIRST = { after: null, row: 1 };

/**
 * The connections of all trainers: totals that filter, search, order, pages, and what can be done with one.
 * @fires totals with `{ totals }` whenever they were read
 */
export default class ConnectionList extends NavigationMixin(LightningElement) {
  labels = labels;

  /** @type {ConnectionListDto | undefined} */
  list;
  /** @type {unknown} */
  error;
  isLoading = false;

  /** @type {string | undefined} */
  state;
  search = '';
  sortBy = 'name';
  /** @type {'asc' | 'desc'} */
  direction = 'asc';
  pageSize = 50;
  /** Where each page begins and with which row, up to the one that is shown: pages can be shorter than asked for. */
  places = [FIRST];
  /** Only the answer to the last question is shown. */
  question = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  typing;

  busyId;
  /** @type {{ heading: string, error: unknown, retry: () => void } | undefined} */
  failure;

  connectedCallback() {
    this.load();
  }

  disconnectedCallback() {
    clearTimeout(this.typing);
  }

  get firstRow() {
    return this.places.at(-1).row;
  }

  get hasPrevious() {
    return this.places.length > 1;
  }

  get isFirstLoad() {
    return this.isLoading && !this.list;
  }

  get isReloading() {
    return this.isLoading && Boolean(this.list);
  }

  get hasRows() {
    return this.list?.connections.length > 0;
  }

  get isFiltered() {
    return Boolean(this.state || this.search);
  }

  get emptyText() {
    return this.isFiltered ? labels.NO_MATCH : labels.NO_TRAINERS;
  }

  get hasNext() {
    return this.list.page.next !== null;
  }

  get isPaged() {
    return this.hasNext || this.hasPrevious || this.list.connections.length > 25;
  }

  /** Reads the page that is shown again, with the totals. */
  @api
  refresh() {
    return this.load();
  }

  async load() {
    this.question += 1;
    const { question } = this;
    this.isLoading = true;
    const { state, search, sortBy, direction, pageSize } = this;
    try {
      const { after } = this.places.at(-1);
      const list = await getConnections({ request: { state, search, sortBy, direction, after, pageSize } });
      if (question !== this.question) {
        return;
      }
      this.error = undefined;
      if (list.connections.length === 0 && this.hasPrevious) {
        // The last row of this page went elsewhere by what was done with it.
        this.places = this.places.slice(0, -1);
        await this.load();
        return;
      }
      this.list = list;
      this.dispatchEvent(new CustomEvent('totals', { detail: { totals: list.totals } }));
    } catch (error) {
      if (question === this.question) {
        this.error = error;
      }
    } finally {
      if (question === this.question) {
        this.isLoading = false;
      }
    }
  }

  loadFromStart() {
    this.places = [FIRST];
    return this.load();
  }

  handleChoose(event) {
    this.state = event.detail.state;
    this.loadFromStart();
  }

  handleSearch(event) {
    this.search = event.detail.value;
    clearTimeout(this.typing);
    // eslint-disable-next-line @lwc/lwc/no-async-operation
    this.typing = setTimeout(() => this.loadFromStart(), TYPING_MS);
  }

  handleShowAll() {
    this.state = undefined;
    this.search = '';
    this.loadFromStart();
  }

  handleSort(event) {
    const { sortBy } = event.detail;
    this.direction = sortBy === this.sortBy && this.direction === 'asc' ? 'desc' : 'asc';
    this.sortBy = sortBy;
    this.loadFromStart();
  }

  handleSize(event) {
    this.pageSize = event.detail.size;
    this.loadFromStart();
  }

  handlePrevious() {
    this.places = this.places.slice(0, -1);
    this.load();
  }

  handleNext() {
    const { connections, page } = this.list;
    this.places = [...this.places, { after: page.next, row: this.firstRow + connections.length }];
    this.load();
  }

  async handleAct(event) {
    const { action, row } = event.detail;
    if (action === 'open') {
      this.openRecord(row.trainer.id);
      return;
    }
    await this.act(action, row);
    // The menu is there again as soon as the row is drawn without waiting.
    await Promise.resolve();
    const table = /** @type {any} */ (this.refs.table);
    table?.focusRow(row.id);
  }

  openRecord(recordId) {
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId, objectApiName: 'Onboarding_Trainer__c', actionName: 'view' },
    });
  }

  async act(action, row) {
    this.failure = undefined;
    this.busyId = row.id;
    try {
      const toast = await performAction(action, row);
      if (toast) {
        this.dispatchEvent(new ShowToastEvent(toast));
        await this.load();
      }
    } catch (error) {
      this.failure = {
        heading: format(labels.ACT_FAILED, row.trainer.name),
        error,
        retry: () => this.act(action, row),
      };
    } finally {
      this.busyId = undefined;
    }
  }

  handleRetryAction() {
    this.failure.retry();
  }
}
