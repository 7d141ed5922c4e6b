/** The port to Salesforce: rows, not jsforce. Field names are API names. */

export type Row = Record<string, unknown>;

/** A query whose values were escaped by the `soql` tag; nothing else can be one. */
export interface Soql {
  readonly text: string;
}

type SoqlValue = string | number | boolean | null | Date | readonly string[] | Soql;

/**
 * Builds a query: every interpolated value becomes a literal of its type, so user input can never change the query.
 * Strings are quoted and escaped, dates become date-time literals, arrays `('a','b')`; another `soql` is spliced in.
 */
export function soql(strings: TemplateStringsArray, ...values: SoqlValue[]): Soql {
  const [first = '', ...rest] = strings;
  const text = rest.reduce((query, part, index) => query + literal(values[index]) + part, first);
  return Object.freeze({ text, [byTag]: true });
}

/** A pattern for LIKE that finds `text` anywhere; what LIKE takes for wildcards are ordinary characters in it. */
export function anywhere(text: string): Soql {
  const literal = quote(text)
    .slice(1, -1)
    .replaceAll(/[%_]/g, (wildcard) => `\\${wildcard}`);
  return Object.freeze({ text: `'%${literal}%'`, [byTag]: true });
}

/** Marks what the tag made: an object that merely looks like one (parsed JSON) is refused. */
const byTag = Symbol('made by soql');

function literal(value: SoqlValue | undefined): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numeral(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return list(value);
  if (typeof value === 'object' && byTag in value) return (value as Soql).text;
  throw new TypeError('SOQL takes strings, numbers, booleans, null, dates, lists of strings and other soql');
}

/** SOQL knows no exponents and no infinity. */
function numeral(value: number): string {
  const text = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError(`SOQL cannot write the number ${text}`);
  return text;
}

function list(values: readonly unknown[]): string {
  if (values.length === 0) throw new RangeError('SOQL has no empty list: do not ask when there is nothing to ask for');
  return `(${values.map(quote).join(',')})`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };

/** Reserved characters are escaped; half of a surrogate pair, which no URL can carry, becomes U+FFFD. */
function quote(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('SOQL lists hold strings');
  return `'${value.toWellFormed().replaceAll(/[\\'\n\r\t\f\b]/g, (reserved) => escapes[reserved] ?? `\\${reserved}`)}'`;
}

/** In the body of a composite: a value from the answer to an earlier request of it. */
export class Reference {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** @param path e.g. `booking.id`. A text that only looks like a reference is sent as words. */
export function reference(path: string): Reference {
  return new Reference(path);
}

export interface CompositeRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/services/data/vNN.0`, e.g. `/sobjects/Training_Booking__c`; may hold `@{ref.id}`. */
  path: string;
  referenceId: string;
  body?: Row;
}

export interface CompositeResponse<T = unknown> {
  referenceId: string;
  status: number;
  body: T;
}

export interface RowError {
  code: string;
  message: string;
  fields: readonly string[];
}

/** The fate of one row of a collection, in the order of the rows sent. */
export interface RowResult {
  id: string | undefined;
  success: boolean;
  errors: readonly RowError[];
}

export interface Mail {
  /** At most 5. */
  to: readonly string[];
  subject: string;
  /** Plain text. */
  body: string;
}

/** What the org lets its integrations send on a day. */
export interface MailAllowance {
  max: number;
  remaining: number;
}

/** All failures are `SalesforceError`. Every call counts against the org's daily limit. */
export interface SalesforceRecords {
  /** All pages. */
  query<T extends Row>(query: Soql): Promise<T[]>;
  /** As `query`, with the rows in the recycle bin: ask for `IsDeleted`. */
  queryAll<T extends Row>(query: Soql): Promise<T[]>;
  /** The path of a query inside a composite request. */
  queryPath(query: Soql): string;
  /** Up to 25 requests in one call, all or nothing; a failure names the request that caused it. */
  composite(requests: readonly CompositeRequest[]): Promise<CompositeResponse[]>;
  /** In calls of 200 rows, each row by itself (`allOrNone:false`). Every row has `Id`. */
  update(object: string, rows: readonly Row[]): Promise<RowResult[]>;
  /** By external id, in calls of 200 rows, each row by itself. */
  upsert(object: string, externalIdField: string, rows: readonly Row[]): Promise<RowResult[]>;
  delete(object: string, id: string): Promise<void>;
  sendMail(mail: Mail): Promise<void>;
  /** The nearest of the limits that count our mails. Undefined: the org does not tell us. */
  mailAllowance(): Promise<MailAllowance | undefined>;
  /** As whom we act. 18 characters each. */
  identity(): Promise<{ orgId: string; userId: string }>;
  /** Names of the fields of an object that this user may change. */
  changeableFields(object: string): Promise<ReadonlySet<string>>;
}

/**
 * - `unreachable`: nothing was sent, or Salesforce said that it is down: nothing happened.
 * - `unknown-outcome`: sent, no answer: the effect may exist.
 * - `busy`: row lock or daily limit: the same call can succeed later; nothing happened.
 * - `refused`: Salesforce will not do this; `code` says why.
 */
export type SalesforceFailure = 'unreachable' | 'unknown-outcome' | 'busy' | 'refused';

export class SalesforceError extends Error {
  override name = 'SalesforceError';
  readonly failure: SalesforceFailure;
  /** Salesforce's errorCode, e.g. `DUPLICATE_VALUE`. */
  readonly code: string | undefined;
  readonly fields: readonly string[];
  /** Of a composite: which request failed. */
  readonly referenceId: string | undefined;

  constructor(
    failure: SalesforceFailure,
    message: string,
    options: { code?: string; fields?: readonly string[]; referenceId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.failure = failure;
    this.code = options.code;
    this.fields = options.fields ?? [];
    this.referenceId = options.referenceId;
  }

  get retryable(): boolean {
    return this.failure !== 'refused';
  }
}

/** Whether a write was sent and nobody knows what became of it. */
export function isUnknownOutcome(error: unknown): error is SalesforceError {
  return error instanceof SalesforceError && error.failure === 'unknown-outcome';
}

/**
 * Whether Salesforce shows us any booking. To a user who has lost the permission every booking looks deleted: nothing may
 * be given up because one is not shown unless another one is. False: there is none, or we may see none.
 * Throws `SalesforceError`.
 */
export async function areBookingsShown(records: Pick<SalesforceRecords, 'query'>): Promise<boolean> {
  return (await records.query(soql`SELECT Id FROM Training_Booking__c LIMIT 1`)).length > 0;
}
