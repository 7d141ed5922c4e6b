import {
  Reference,
  SalesforceError,
  type CompositeRequest,
  type Row,
  type Soql,
} from '../../../src/salesforce/records.ts';

/** Just enough of the port to Salesforce for passes over one booking; the real one is driven by the stories. */
export function createFakeSalesforce() {
  const bookings = new Map<string, Row>();
  const deleted = new Map<string, Row>();
  const events = new Map<string, Row>();
  const timeline = new Map<string, Row>();
  const trainers = new Map<string, Row>();
  const calls: { name: string; requests: readonly CompositeRequest[] }[] = [];
  const failures: { when: (references: string[]) => boolean; error: SalesforceError; after: boolean }[] = [];
  let count = 0;

  function failing(references: string[], after: boolean): void {
    const index = failures.findIndex((failure) => failure.after === after && failure.when(references));
    const [failure] = index < 0 ? [] : failures.splice(index, 1);
    if (failure) throw failure.error;
  }

  function insertBooking(fields: Row): Row {
    const key = fields.Idempotency_Key__c;
    if (key !== undefined && [...bookings.values()].some((row) => row.Idempotency_Key__c === key)) {
      throw new SalesforceError('refused', 'duplicate value found', {
        code: 'DUPLICATE_VALUE',
        referenceId: 'booking',
      });
    }
    const Id = `a0B00000000000${String(++count)}EAA`;
    const row = { Id, Name: `TB-0000${count}`, Revision__c: 1, Sync_Status__c: 'Pending', Sync_Key__c: 'M', ...fields };
    bookings.set(Id, row);
    return row;
  }

  function writeBooking(id: string, fields: Row): void {
    const row = bookings.get(id);
    if (!row) throw new SalesforceError('refused', 'entity is deleted', { code: 'ENTITY_IS_DELETED' });
    if (Number(fields.Synced_Revision__c ?? Infinity) < Number(row.Synced_Revision__c ?? 0)) {
      throw new SalesforceError('refused', 'A newer revision of this booking has been synchronised already.', {
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        fields: ['Synced_Revision__c'],
        referenceId: 'booking',
      });
    }
    if (Number(fields.Revision__c ?? Infinity) < Number(row.Revision__c ?? 0)) {
      throw new SalesforceError('refused', 'This booking was changed after these results were made.', {
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        fields: ['Revision__c'],
        referenceId: 'booking',
      });
    }
    Object.assign(row, fields);
    row.Sync_Key__c = Number(row.Synced_Revision__c ?? 0) < Number(row.Revision__c) ? 'M' : null;
  }

  function select(text: string): Row[] {
    const antiJoin = /([\s\S]*) AND Id NOT IN \((SELECT (\w+) [\s\S]*)\)$/.exec(text.replaceAll(/\s+/g, ' '));
    if (antiJoin) {
      const [, left = '', inner = '', field = ''] = antiJoin;
      const excluded = select(inner).map((row) => row[field]);
      return select(left).filter(({ Id }) => !excluded.includes(Id));
    }
    const outer = text.replace(/\(SELECT[^)]*\)/, '');
    const from = /FROM (\w+)/.exec(outer)?.[1];
    const tables: Record<string, Map<string, Row>> = {
      Training_Booking__c: bookings,
      Booking_Calendar_Event__c: events,
      Onboarding_Trainer__c: trainers,
      Booking_Timeline__c: timeline,
    };
    const where = /WHERE ([\s\S]*?)(?: ORDER BY|$)/.exec(outer)?.[1] ?? '';
    const conditions = where.split(/\s+AND\s+/).flatMap((part) => {
      const [, field = '', operator, value = ''] = /^(\w+) (=|!=|<|>|IN) '?(.*?)'?$/.exec(part.trim()) ?? [];
      const instant = Date.parse(value);
      return [
        (row: Row) => {
          if (operator === '=' || operator === '!=') return (String(row[field]) === value) === (operator === '=');
          if (operator === 'IN') return value.includes(`'${String(row[field])}'`);
          if (operator === undefined || Number.isNaN(instant)) return true;
          const actual = Date.parse(String(row[field]));
          return operator === '<' ? actual < instant : actual > instant;
        },
      ];
    });
    return [...(tables[from ?? '']?.values() ?? [])].filter((row) => conditions.every((holds) => holds(row)));
  }

  /** `free.records[0].Id` is all that is referred to. */
  function resolve(value: unknown, { referenceId }: CompositeRequest, results: Map<string, unknown>): unknown {
    if (!(value instanceof Reference)) return value;
    const [, name = ''] = /^(\w+)\.records\[0\]\.Id$/.exec(value.path) ?? [];
    const [row] = (results.get(name) as { records: Row[] }).records;
    if (row) return row.Id;
    const message = `Invalid reference specified. No value for ${value.path} found in ${name}`;
    throw new SalesforceError('refused', message, { code: 'PROCESSING_HALTED', referenceId });
  }

  function answer(request: CompositeRequest, results: Map<string, unknown>): unknown {
    const { method, path } = request;
    const body = Object.fromEntries(
      Object.entries(request.body ?? {}).map(([name, value]) => [name, resolve(value, request, results)]),
    );
    const id = /\/([^/?]+)(?:\?|$)/.exec(path)?.[1] ?? '';
    if (path.startsWith('/query')) return { records: select(decodeURIComponent(path.slice('/query?q='.length))) };
    if (path.startsWith('/composite/sobjects/')) {
      const table = path.includes('Timeline') ? timeline : events;
      for (const row of body.records as Row[]) {
        table.set(String(row.Key__c), { ...table.get(String(row.Key__c)), ...row });
      }
      return [];
    }
    if (method === 'POST') return { id: insertBooking(body).Id };
    if (method === 'PATCH') return writeBooking(id, body);
    return bookings.get((results.get('booking') as { id: string }).id);
  }

  return {
    bookings,
    events,
    timeline,
    trainers,
    calls,
    /** The next call that holds one of these references fails, before or after its effect. */
    failNext(reference: string, error: SalesforceError, after = false): void {
      failures.push({ when: (references) => references.includes(reference), error, after });
    },
    insertBooking,
    /** A change by a person: the before-save flow raises the revision. */
    edit(id: string, fields: Row): void {
      const row = bookings.get(id) ?? {};
      Object.assign(row, fields, {
        Revision__c: Number(row.Revision__c) + 1,
        Sync_Status__c: 'Pending',
        Sync_Key__c: 'P',
      });
    },
    /** Somebody deletes the booking; its event rows go with it. */
    deleteBooking(id: string): void {
      deleted.set(id, { ...bookings.get(id), Id: id });
      bookings.delete(id);
    },
    outcomes: () => [...timeline.values()].map((row) => `${String(row.Step__c)}: ${String(row.Outcome__c)}`).sort(),
    records: {
      queryPath: (query: Soql) => `/query?q=${encodeURIComponent(query.text)}`,
      query: async <T extends Row>(query: Soql) => {
        calls.push({ name: query.text, requests: [] });
        failing(['query'], false);
        return Promise.resolve(select(query.text) as T[]);
      },
      /** The recycle bin. */
      queryAll: <T extends Row>(query: Soql) => {
        calls.push({ name: query.text, requests: [] });
        const isBooking = query.text.includes('FROM Training_Booking__c');
        const id = /(?:Id|Booking__c) = '(\w+)'/.exec(query.text)?.[1];
        const rows = [...(isBooking ? deleted : events).values()];
        return Promise.resolve(rows.filter((row) => (isBooking ? row.Id : row.Booking__c) === id) as T[]);
      },
      composite: (requests: readonly CompositeRequest[]) => {
        const references = requests.map(({ referenceId }) => referenceId);
        calls.push({ name: references.join('+'), requests });
        failing(references, false);
        const results = new Map<string, unknown>();
        for (const request of requests) results.set(request.referenceId, structuredClone(answer(request, results)));
        failing(references, true);
        return Promise.resolve(
          requests.map(({ referenceId }) => ({ referenceId, status: 200, body: results.get(referenceId) })),
        );
      },
      upsert: (_object: string, _field: string, rows: readonly Row[]) => {
        for (const row of rows) timeline.set(String(row.Key__c), row);
        return Promise.resolve(rows.map(() => ({ id: undefined, success: true, errors: [] })));
      },
    },
  };
}

export const unreachable = () => new SalesforceError('unreachable', 'Salesforce is down.');
export const noAnswer = () => new SalesforceError('unknown-outcome', 'No answer came.');
