// lightning/uiRecordApi on the records that the page already holds, so that everybody sees one copy.
import { formatValue } from '../format.js';
import { refreshRecord, saveRecord, watchRecord } from '../records.js';

const nameOf = (field) => (typeof field === 'string' ? field : `${field.objectApiName}.${field.fieldApiName}`);
const withoutObject = (path) => path.split('.').slice(1);

/** The shape of UI API: `{ apiName, id, fields: { Name: { value, displayValue } } }`. */
function toUiRecord(record) {
  const fields = {};
  for (const field of Object.values(record.fields)) {
    fields[field.name] = { value: field.value, displayValue: formatValue(field) || null };
    if (field.type !== 'reference' || field.value === null) continue;
    fields[field.relationship] = {
      displayValue: field.text,
      value: { id: field.value, fields: { Name: { value: field.text, displayValue: null } } },
    };
  }
  return { apiName: record.object.name, id: record.id, lastModifiedDate: record.lastModifiedDate, fields };
}

function missingField(record, paths) {
  const names = new Set(Object.values(record.fields).flatMap(({ name, relationship }) => [name, relationship]));
  return paths.find((path) => !names.has(withoutObject(path)[0]));
}

const refusal = (message) => ({ ok: false, status: 404, statusText: 'Not Found', body: { message } });

/** Wire adapter getRecord({ recordId, fields, optionalFields }). */
export class getRecord {
  constructor(callback) {
    this.callback = callback;
    callback({ data: undefined, error: undefined });
  }
  connect() {
    this.connected = true;
    this.follow();
  }
  disconnect() {
    this.connected = false;
    this.unwatch?.();
  }
  update(config) {
    this.config = config;
    this.follow();
  }
  follow() {
    this.unwatch?.();
    const { recordId, fields } = this.config ?? {};
    if (!this.connected || recordId === undefined || recordId === null) return;
    this.unwatch = watchRecord(recordId, (record) => {
      if (record.missing || record.failed) {
        this.callback({ data: undefined, error: refusal('The requested resource does not exist') });
        return;
      }
      const unknown = missingField(record, [fields ?? []].flat().map(nameOf));
      if (unknown === undefined) this.callback({ data: Object.freeze(toUiRecord(record)), error: undefined });
      else this.callback({ data: undefined, error: refusal(`No such column '${unknown}'`) });
    });
  }
}

function fieldAt(record, field) {
  const [first, ...more] = withoutObject(nameOf(field));
  return more.reduce((found, name) => found?.value?.fields[name], record?.fields[first]);
}

export const getFieldValue = (record, field) => fieldAt(record, field)?.value;

export const getFieldDisplayValue = (record, field) => fieldAt(record, field)?.displayValue;

/** @throws the platform's refusal: `{ body: { message, output: { errors, fieldErrors } } }` */
export async function updateRecord({ fields: { Id, ...values } }) {
  const errors = await saveRecord(Id, values);
  if (errors.length === 0) return;
  const fieldErrors = {};
  for (const error of errors) for (const name of error.fields ?? []) (fieldErrors[name] ??= []).push(error);
  const output = { errors: errors.filter(({ fields }) => !fields?.length), fieldErrors };
  throw {
    ok: false,
    status: 400,
    statusText: 'Bad Request',
    body: { message: 'An error occurred while trying to update the record. Please try again.', output },
  };
}

export async function notifyRecordUpdateAvailable(records) {
  await Promise.all(records.map(({ recordId }) => refreshRecord(recordId)));
}
