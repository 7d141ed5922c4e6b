import { LightningElement, api } from 'lwc';
import { ask } from '../../../server.js';
import { texts } from '../../../texts.js';

const INPUT_TYPES = { string: 'text', email: 'email', url: 'url', phone: 'tel', double: 'number', date: 'date' };
const EDITORS = ['datetime', 'textarea', 'boolean', 'picklist', 'multipicklist', 'reference'];

/** One field of a record: to read with a pencil, or to edit. Fires `edit` and `fieldchange` with { name, value }. */
export default class RecordField extends LightningElement {
  @api field;
  @api value;
  @api error;
  texts = texts;
  timeZone = globalThis.__SF__.i18n.timeZone;
  choices = [];
  #editing = false;

  @api
  get editing() {
    return this.#editing;
  }
  set editing(editing) {
    this.#editing = editing;
    if (this.showsEditor && this.field.type === 'reference' && this.choices.length === 0) this.loadChoices();
  }

  async loadChoices() {
    this.choices = await ask(`/ui/lookup/${this.field.referenceTo}`);
  }

  @api
  focusInput() {
    this.template.querySelector('[data-input]')?.focus();
  }

  get showsEditor() {
    return this.#editing && this.field.editable;
  }

  get pencil() {
    return `${texts.editField} ${this.field.label}`;
  }

  get showsPencil() {
    return this.field.editable && !this.#editing;
  }

  get is() {
    const kind = EDITORS.includes(this.field.type) ? this.field.type : 'input';
    return { [kind]: true };
  }

  get inputType() {
    return INPUT_TYPES[this.field.type] ?? 'text';
  }

  get step() {
    return this.field.type === 'double' ? 'any' : undefined;
  }

  get options() {
    const options = this.field.type === 'reference' ? this.choices : (this.field.options ?? []);
    if (this.field.type === 'multipicklist') return options;
    const known = options.some(({ value }) => value === this.value);
    const current = known || !this.value ? [] : [{ value: this.value, label: this.field.text ?? this.value }];
    const none = this.field.required ? [] : [{ value: '', label: texts.none }];
    return [...none, ...current, ...options];
  }

  get chosen() {
    return this.value ? this.value.split(';') : [];
  }

  get textValue() {
    return this.value ?? '';
  }

  /** The time picker's own label is bound to its input only when it is rendered for the second time. */
  get timeLabel() {
    return `${this.field.label} ${texts.time}`;
  }

  get wrapper() {
    return `slds-form-element slds-form-element_stacked slds-hint-parent${this.error ? ' slds-has-error' : ''}`;
  }

  handlePencil() {
    this.dispatchEvent(new CustomEvent('edit', { detail: { name: this.field.name } }));
  }

  handleChange({ target, detail }) {
    this.tell(this.read(target, detail));
  }

  read(target, detail) {
    switch (this.field.type) {
      case 'boolean':
        return target.checked;
      case 'multipicklist':
        return detail.value.length > 0 ? detail.value.join(';') : null;
      case 'double':
        return detail.value === '' ? null : Number(detail.value);
      default:
        return detail.value === '' || detail.value === undefined ? null : detail.value;
    }
  }

  tell(value) {
    this.dispatchEvent(new CustomEvent('fieldchange', { detail: { name: this.field.name, value } }));
  }
}
