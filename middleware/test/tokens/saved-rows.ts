import type { Row, RowResult, SalesforceRecords, Soql } from '../../src/salesforce/records.ts';
import { SalesforceError } from '../../src/salesforce/records.ts';

const TRAINER = 'Onboarding_Trainer__c';
const CONNECTION = 'Trainer_Connection__c';
const fences: Record<string, string> = { [TRAINER]: 'Lark_Token_Generation__c', [CONNECTION]: 'Token_Generation__c' };

/** The rows of Salesforce that keep tokens, with the fences of their validation rules; trainers by id, connections by key. */
export function trainerRows(now: () => Date = () => new Date()) {
  const tables: Record<string, Map<string, Row>> = { [TRAINER]: new Map(), [CONNECTION]: new Map() };
  const tableOf = (object: string) => tables[object] ?? new Map<string, Row>();
  let down = false;
  const refuse = () => {
    if (down) throw new SalesforceError('unreachable', 'Salesforce is down');
  };
  const put = (object: string, id: string, change: Row) => {
    const LastModifiedDate = now().toISOString();
    tableOf(object).set(id, { ...tableOf(object).get(id), ...change, LastModifiedDate });
  };
  const save = (object: string, id: string, change: Row): RowResult => {
    const fence = fences[object] ?? '';
    if (Number(change[fence] ?? 0) < Number(tableOf(object).get(id)?.[fence] ?? 0)) {
      const error = { code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'newer tokens', fields: [fence] };
      return { id, success: false, errors: [error] };
    }
    put(object, id, change);
    return { id, success: true, errors: [] };
  };
  const records = {
    query: (query: Soql) => {
      refuse();
      const [, selected = '', object = ''] = /SELECT ([\s\S]+?)\s+FROM (\w+)/.exec(query.text) ?? [];
      const table = tableOf(object);
      const wanted = query.text.includes(' IN ')
        ? [...query.text.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '')
        : [...table.keys()].slice(0, 1);
      const fields = selected.split(/,\s*/).map((field) => field.trim());
      const asSelected = (row: Row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
      return Promise.resolve(wanted.flatMap((id) => (table.has(id) ? [asSelected(table.get(id) ?? {})] : [])));
    },
    update: (object: string, updates: readonly Row[]) => {
      refuse();
      return Promise.resolve(updates.map((update) => save(object, String(update['Id']), update)));
    },
    upsert: (object: string, externalId: string, updates: readonly Row[]) => {
      refuse();
      return Promise.resolve(updates.map((update) => save(object, String(update[externalId]), update)));
    },
  } as unknown as SalesforceRecords;
  return {
    records,
    /** A trainer's row by id, or a connection's by key. */
    row: (id: string): Row => tableOf(id.includes(':') ? CONNECTION : TRAINER).get(id) ?? {},
    add: (id: string) => put(TRAINER, id, { Id: id }),
    /** Somebody changes a row by hand. */
    set: (id: string, change: Row) => put(id.includes(':') ? CONNECTION : TRAINER, id, change),
    remove: (id: string) => tableOf(id.includes(':') ? CONNECTION : TRAINER).delete(id),
    setDown: (value: boolean) => {
      down = value;
    },
  };
}
