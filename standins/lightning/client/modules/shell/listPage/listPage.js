import { LightningElement, api } from 'lwc';
import { navigate } from '../../../router.js';
import { ask } from '../../../server.js';
import { texts } from '../../../texts.js';

const PAGE = 50;

/** A list view of an object: choose the view, sort by a column, follow a record. */
export default class ListPage extends LightningElement {
  texts = texts;
  list;
  failure;
  loading = false;
  sort;
  limit = PAGE;
  #objectName;
  #viewName;

  @api
  get objectName() {
    return this.#objectName;
  }
  set objectName(name) {
    this.#objectName = name;
    this.start();
  }

  @api
  get viewName() {
    return this.#viewName;
  }
  set viewName(name) {
    this.#viewName = name;
    this.start();
  }

  start() {
    this.list = undefined;
    this.sort = undefined;
    this.limit = PAGE;
    // Both properties are set one after the other: ask once.
    this.starting ??= Promise.resolve().then(() => {
      this.starting = undefined;
      return this.load();
    });
  }

  async load() {
    const query = new URLSearchParams({ limit: String(this.limit) });
    if (this.viewName) query.set('view', this.viewName);
    if (this.sort) {
      query.set('sort', this.sort.field);
      query.set('direction', this.sort.direction);
    }
    const asked = `/ui/lists/${this.objectName}?${query}`;
    this.asked = asked;
    this.loading = true;
    this.failure = undefined;
    try {
      const list = await ask(asked);
      if (this.asked !== asked) return;
      this.list = list;
      document.title = `${list.missing ? texts.noAccess : `${list.view.label} | ${list.object.plural}`} | Salesforce`;
    } catch (error) {
      if (this.asked === asked) this.failure = error.message;
    } finally {
      if (this.asked === asked) this.loading = false;
    }
  }

  get missing() {
    return this.list?.missing;
  }

  get views() {
    return this.list.views.map((view) => ({ ...view, checked: view.name === this.list.view.name }));
  }

  get columns() {
    const { field, direction } = this.list.sort;
    return this.list.columns.map((column) => {
      const sorted = column.name === field;
      return {
        ...column,
        sorted,
        ariaSort: sorted ? `${direction}ending` : undefined,
        icon: direction === 'asc' ? 'utility:arrowup' : 'utility:arrowdown',
        title: `${texts.sort} ${column.label}`,
      };
    });
  }

  get rows() {
    return this.list.rows.map((row) => {
      const [first, ...others] = row.cells.map((cell, index) => ({ ...cell, label: this.list.columns[index].label }));
      return { id: row.id, first, others };
    });
  }

  get isEmpty() {
    return this.list.rows.length === 0;
  }

  get summary() {
    const { rows, more, columns, sort } = this.list;
    const count = `${rows.length}${more ? '+' : ''} ${rows.length === 1 ? texts.item : texts.items}`;
    const sorted = columns.find(({ name }) => name === sort.field)?.label;
    return `${count} • ${texts.sortedBy} ${sorted}`;
  }

  handleView({ detail }) {
    navigate({
      type: 'standard__objectPage',
      attributes: { objectApiName: this.objectName, actionName: 'list' },
      state: { filterName: detail.value },
    });
  }

  handleSort({ currentTarget }) {
    const field = currentTarget.dataset.field;
    const { sort } = this.list;
    this.sort = { field, direction: sort.field === field && sort.direction === 'asc' ? 'desc' : 'asc' };
    this.load();
  }

  handleRefresh() {
    this.load();
  }

  handleMore() {
    this.limit += PAGE;
    this.load();
  }
}
