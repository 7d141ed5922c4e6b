import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { saveRecord } from '../../../records.js';
import { texts } from '../../../texts.js';

/** The fields of a record in their sections; one pencil opens them all, saving sends what was changed. */
export default class RecordDetails extends LightningElement {
  @api record;
  @api sections = [];
  texts = texts;
  editing = false;
  saving = false;
  changes = {};
  errors = [];
  closed = {};

  get editable() {
    return this.sections.some(({ columns }) => columns.flat().some(({ editable }) => editable));
  }

  get showsEdit() {
    return this.editable && !this.editing;
  }

  get shown() {
    return this.sections.map((section, index) => {
      const key = `${index}`;
      const open = !this.closed[key];
      return {
        key,
        label: section.label,
        open,
        expanded: String(open),
        icon: open ? 'utility:chevrondown' : 'utility:chevronright',
        columns: section.columns.map((column, place) => ({
          key: `${key}-${place}`,
          className: `slds-col slds-size_1-of-1${section.columns.length > 1 ? ' slds-medium-size_1-of-2' : ''}`,
          fields: column.map(({ name, editable }) => this.shownField(name, editable)),
        })),
      };
    });
  }

  shownField(name, editable) {
    const field = this.record.fields[name];
    return {
      key: name,
      field: { ...field, editable },
      value: name in this.changes ? this.changes[name] : field.value,
      error: this.errors
        .filter(({ fields }) => fields?.includes(name))
        .map(({ message }) => message)
        .join(' '),
    };
  }

  get generalErrors() {
    return this.errors
      .filter(({ fields }) => !fields?.length)
      .map(({ message }, index) => ({ key: `${index}`, message }));
  }

  get fieldErrors() {
    const names = [...new Set(this.errors.flatMap(({ fields }) => fields ?? []))];
    return names.map((name) => this.record.fields[name]?.label ?? name).join(', ');
  }

  get failed() {
    return this.errors.length > 0;
  }

  handleSection({ currentTarget }) {
    const { key } = currentTarget.dataset;
    this.closed = { ...this.closed, [key]: !this.closed[key] };
  }

  handleEdit({ detail }) {
    this.editing = true;
    this.changes = {};
    this.errors = [];
    this.focusField =
      detail?.name ?? this.sections.flatMap(({ columns }) => columns.flat()).find((one) => one.editable)?.name;
  }

  renderedCallback() {
    if (this.focusField === undefined || !this.editing) return;
    const field = this.template.querySelector(`[data-name="${this.focusField}"]`);
    this.focusField = undefined;
    // The inputs of the field are rendered after this.
    Promise.resolve().then(() => field?.focusInput());
  }

  handleChange({ detail: { name, value } }) {
    this.changes = { ...this.changes, [name]: value };
  }

  handleCancel() {
    this.editing = false;
    this.changes = {};
    this.errors = [];
  }

  handleKey(event) {
    if (event.key === 'Escape' && this.editing && !event.defaultPrevented && !this.saving) this.handleCancel();
  }

  async handleSave() {
    const values = Object.fromEntries(
      Object.entries(this.changes).filter(([name, value]) => value !== this.record.fields[name].value),
    );
    if (Object.keys(values).length === 0) {
      this.handleCancel();
      return;
    }
    this.saving = true;
    try {
      this.errors = await saveRecord(this.record.id, values);
    } catch (error) {
      this.errors = [{ message: error.message }];
    } finally {
      this.saving = false;
    }
    if (this.failed) {
      return;
    }
    const title = `${this.record.object.label} "${this.record.name}" ${texts.saved}`;
    this.dispatchEvent(new ShowToastEvent({ title, variant: 'success' }));
    this.handleCancel();
  }
}
