import assert from 'node:assert/strict';
import { call, connectAs, queryPath, USERS, VERSION, type TestOrg } from './support.ts';
import { SEALED, type TokenField } from './token-world.ts';

/** One way in which somebody may try to get at a field. */
export interface TokenPath {
  name: string;
  /** Objects without which the way does not exist for a user. */
  through: string[];
  /** `read`: asks for the value. `use`: names the field otherwise. `silent`: does not name it at all. */
  kind: 'read' | 'use' | 'silent';
  method: string;
  path: string;
  body?: unknown;
}

interface Described {
  fields: { name: string; referenceTo: string[]; relationshipName: string | null }[];
  childRelationships: { childSObject: string; field: string; relationshipName: string | null }[];
}

interface Relationships {
  /** Child, lookup, name of the parent. */
  up: string[][];
  /** Parent, name of the children. */
  down: string[][];
}

const known = new WeakMap<TestOrg, Map<string, Promise<Relationships>>>();

/** Every relationship of the org that leads to the object: from a child up, or from a parent down. */
export function relationshipsTo(org: TestOrg, object: string): Promise<Relationships> {
  const ofOrg = known.get(org) ?? new Map<string, Promise<Relationships>>();
  known.set(org, ofOrg);
  const relationships = ofOrg.get(object) ?? findRelationships(org, object);
  ofOrg.set(object, relationships);
  return relationships;
}

async function findRelationships(org: TestOrg, object: string): Promise<Relationships> {
  const connection = connectAs(org, USERS.integration);
  const { sobjects } = await connection.describeGlobal();
  const [up, down]: [string[][], string[][]] = [[], []];
  for (const { name } of sobjects) {
    const described = (await connection.describe(name)) as unknown as Described;
    for (const field of described.fields) {
      if (field.referenceTo.includes(object)) up.push([name, field.name, field.relationshipName ?? '']);
    }
    for (const { childSObject, relationshipName } of described.childRelationships) {
      if (childSObject === object && relationshipName !== null) down.push([name, relationshipName]);
    }
  }
  return { up, down };
}

/** All ways to a token field; `id` is a record of the object that the user sees. */
export async function tokenPaths(org: TestOrg, { object, field }: TokenField, id: string): Promise<TokenPath[]> {
  const { up, down } = await relationshipsTo(org, object);
  assert.ok(up.length + down.length > 0, `nothing leads to ${object}`);
  const get = (name: string, kind: TokenPath['kind'], path: string, through = [object]): TokenPath => ({
    name,
    kind,
    through,
    method: 'GET',
    path,
  });
  const query = (name: string, kind: TokenPath['kind'], soql: string, through = [object]) =>
    get(name, kind, queryPath(soql), through);
  const send = (name: string, kind: TokenPath['kind'], method: string, path: string, body: unknown): TokenPath => ({
    name,
    kind,
    through: [object],
    method,
    path,
    body,
  });
  const row = { attributes: { type: object }, [field]: 'x' };
  const inComposite = (url: string) => ({
    compositeRequest: [{ method: 'GET', url: `/services/data/v${VERSION}${url}`, referenceId: 'one' }],
  });
  const plain = `SELECT Id, ${field} FROM ${object}`;
  const hidden = `${field} != null`;
  return [
    query('query', 'read', plain),
    query('query with an alias', 'read', `SELECT t.${field} FROM ${object} t`),
    query('query with the name of the object', 'read', `SELECT ${object}.${field} FROM ${object}`),
    query('query in capitals', 'read', `SELECT ${field.toUpperCase()} FROM ${object}`),
    get('queryAll', 'read', queryPath(plain).replace('/query', '/queryAll')),
    get('columns of a query', 'use', `${queryPath(plain)}&columns=true`),
    ...up.flatMap(([child = '', lookup = '', relationship = '']) => [
      query(`parent of ${child}`, 'read', `SELECT ${relationship}.${field} FROM ${child}`, [object, child]),
      query(`filter on the parent of ${child}`, 'use', `SELECT Id FROM ${child} WHERE ${relationship}.${hidden}`, [
        object,
        child,
      ]),
      query(`order by the parent of ${child}`, 'use', `SELECT Id FROM ${child} ORDER BY ${relationship}.${field}`, [
        object,
        child,
      ]),
      query(
        `semi-join of ${child}`,
        'use',
        `SELECT Id FROM ${child} WHERE ${lookup} IN (SELECT Id FROM ${object} WHERE ${hidden})`,
        [object, child],
      ),
    ]),
    ...down.flatMap(([parent = '', relationship = '']) => [
      query(`children of ${parent}`, 'read', `SELECT Id, (SELECT ${field} FROM ${relationship}) FROM ${parent}`, [
        object,
        parent,
      ]),
      query(
        `filtered children of ${parent}`,
        'use',
        `SELECT Id, (SELECT Id FROM ${relationship} WHERE ${hidden}) FROM ${parent}`,
        [object, parent],
      ),
      query(
        `FIELDS(ALL) of the children of ${parent}`,
        'silent',
        `SELECT Id, (SELECT FIELDS(ALL) FROM ${relationship} LIMIT 200) FROM ${parent}`,
        [object, parent],
      ),
    ]),
    query('WHERE', 'use', `SELECT Id FROM ${object} WHERE ${hidden}`),
    query('WHERE LIKE', 'use', `SELECT Id FROM ${object} WHERE ${field} LIKE 'sealed%'`),
    query('ORDER BY', 'use', `SELECT Id FROM ${object} ORDER BY ${field}`),
    query('GROUP BY', 'use', `SELECT ${field}, COUNT(Id) FROM ${object} GROUP BY ${field}`),
    query('HAVING', 'use', `SELECT Name FROM ${object} GROUP BY Name HAVING MAX(${field}) > 'a'`),
    query('COUNT', 'use', `SELECT COUNT(${field}) FROM ${object}`),
    query('MAX', 'use', `SELECT MAX(${field}) FROM ${object}`),
    query('FIELDS(ALL)', 'silent', `SELECT FIELDS(ALL) FROM ${object} LIMIT 200`),
    query('FIELDS(CUSTOM)', 'silent', `SELECT FIELDS(CUSTOM) FROM ${object} LIMIT 200`),
    query('FIELDS(STANDARD)', 'silent', `SELECT FIELDS(STANDARD) FROM ${object} LIMIT 200`),
    get('queryAll of FIELDS(ALL)', 'silent', `/queryAll?q=SELECT+FIELDS(ALL)+FROM+${object}+LIMIT+200`),
    get('describe', 'silent', `/sobjects/${object}/describe`),
    get('describe global', 'silent', '/sobjects', []),
    get('row', 'silent', `/sobjects/${object}/${id}`),
    get('row with fields', 'read', `/sobjects/${object}/${id}?fields=Id,${field}`),
    get('collection', 'read', `/composite/sobjects/${object}?ids=${id}&fields=${field}`),
    send('collection by POST', 'read', 'POST', `/composite/sobjects/${object}`, { ids: [id], fields: [field] }),
    send('query in a composite', 'read', 'POST', '/composite', inComposite(queryPath(plain))),
    send('row in a composite', 'silent', 'POST', '/composite', inComposite(`/sobjects/${object}/${id}`)),
    send(
      'row with fields in a composite',
      'read',
      'POST',
      '/composite',
      inComposite(`/sobjects/${object}/${id}?fields=${field}`),
    ),
    send('bulk query', 'use', 'POST', '/jobs/query', { operation: 'query', query: plain }),
    send('bulk query of all rows', 'use', 'POST', '/jobs/query', { operation: 'queryAll', query: plain }),
    send('update', 'use', 'PATCH', `/sobjects/${object}/${id}`, { [field]: 'x' }),
    send('create', 'use', 'POST', `/sobjects/${object}`, { [field]: 'x' }),
    send('update of a collection', 'use', 'PATCH', '/composite/sobjects', { records: [{ ...row, id }] }),
    send('tree', 'use', 'POST', `/composite/tree/${object}`, {
      records: [{ ...row, attributes: { type: object, referenceId: 'one' } }],
    }),
    ...(object === 'Trainer_Connection__c'
      ? [
          send('upsert', 'use', 'PATCH', `/sobjects/${object}/Key__c/nobodys`, { [field]: 'x' }),
          send('upsert of a collection', 'use', 'PATCH', `/composite/sobjects/${object}/Key__c`, {
            records: [{ ...row, Key__c: 'nobodys' }],
          }),
        ]
      : []),
  ];
}

const ABSENT = ['INVALID_TYPE', 'NOT_FOUND', 'INVALIDJOB', 'INVALID_FIELD'];

/** What became of one try: refused, absent, told nothing, told of the field, told the value, or in other words. */
export async function tryPath(org: TestOrg, username: string, field: string, one: TokenPath): Promise<string> {
  const answer = await call(org, username, one.method, one.path, one.body);
  const text = JSON.stringify(answer.body ?? null);
  if (text.includes(SEALED)) return 'told the value';
  const error = firstError(answer.body);
  if (error === undefined) {
    if (text.toLowerCase().includes(`"${field.toLowerCase()}"`)) return 'told of the field';
    return one.kind === 'silent' ? 'told nothing' : `answered ${answer.status}`;
  }
  if (
    error.errorCode === 'INVALID_FIELD' &&
    error.message.toLowerCase().startsWith(`no such column '${field}'`.toLowerCase())
  ) {
    return 'refused';
  }
  return ABSENT.includes(error.errorCode) ? 'absent' : `refused with ${error.errorCode}: ${error.message}`;
}

interface ApiError {
  errorCode: string;
  message: string;
}

/** The error of an answer, also where a composite or a tree has it inside. */
function firstError(body: unknown): ApiError | undefined {
  const inner = body as
    | { compositeResponse?: { body: unknown }[]; results?: { errors?: (ApiError & { statusCode: string })[] }[] }
    | undefined;
  if (inner?.compositeResponse) return firstError(inner.compositeResponse[0]?.body);
  const ofRow = inner?.results?.[0]?.errors?.[0];
  if (ofRow) return { errorCode: ofRow.statusCode, message: ofRow.message };
  const [first] = Array.isArray(body) ? (body as Partial<ApiError>[]) : [];
  return first?.errorCode === undefined ? undefined : (first as ApiError);
}
