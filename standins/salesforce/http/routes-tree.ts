import { SalesforceError, jsonParserError } from '../errors.ts';
import { isJsonObject, readPayload } from '../save/read-payload.ts';
import { createRecord } from '../save/save-record.ts';
import { childRelationships, type FieldDef, type ObjectDef } from '../schema/types.ts';
import { bodyObject, onlyParameters, rowError, type ApiAnswer, type ApiRequest } from './api.ts';
import { accessibleObject } from './routes-rows.ts';

const MOST_RECORDS = 200;
const DEEPEST = 5;

interface TreeNode {
  object: ObjectDef;
  referenceId: string;
  fields: Record<string, unknown>;
  children: { field: FieldDef; nodes: TreeNode[] }[];
}

interface Failure {
  referenceId: string;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

/** `/composite/tree/X`: records with nested children, all created or none. */
export function treeRoute(request: ApiRequest): ApiAnswer | undefined {
  const [composite, tree, type, ...more] = request.path;
  if (composite !== 'composite' || tree !== 'tree' || type === undefined || more.length > 0) return undefined;
  if (request.method !== 'POST') return undefined;
  onlyParameters(request);
  const { records } = bodyObject(request, 'records');
  const seen = new Set<string>();
  const nodes = readNodes(request, accessibleObject(request, type), records, seen, 1);
  if (seen.size > MOST_RECORDS) {
    throw new SalesforceError('LIMIT_EXCEEDED', `a tree cannot have more than ${MOST_RECORDS} records`);
  }
  const results: { referenceId: string; id: string }[] = [];
  const failures: Failure[] = [];
  request.org.store.attempt(
    () => createNodes(request, nodes, undefined, results, failures),
    () => failures.length === 0,
  );
  if (failures.length > 0) return { status: 400, body: { hasErrors: true, results: failures } };
  return { status: 201, body: { hasErrors: false, results } };
}

function createNodes(
  request: ApiRequest,
  nodes: readonly TreeNode[],
  parent: { field: FieldDef; id: string } | undefined,
  results: { referenceId: string; id: string }[],
  failures: Failure[],
): void {
  const { org, actor } = request;
  for (const { object, referenceId, fields, children } of nodes) {
    const payload = readPayload(org.schema, actor, object, fields);
    if (parent) payload.values.set(parent.field, parent.id);
    let id: string;
    try {
      id = createRecord(org, actor, object, payload);
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      failures.push({ referenceId, errors: [rowError(error)] });
      continue;
    }
    results.push({ referenceId, id });
    for (const { field, nodes: inner } of children) createNodes(request, inner, { field, id }, results, failures);
  }
}

function readNodes(
  request: ApiRequest,
  object: ObjectDef,
  records: unknown,
  seen: Set<string>,
  depth: number,
): TreeNode[] {
  if (!Array.isArray(records) || records.length === 0) throw jsonParserError('records must be a list');
  if (depth > DEEPEST) throw new SalesforceError('LIMIT_EXCEEDED', `a tree cannot be deeper than ${DEEPEST} levels`);
  return records.map((json: unknown) => {
    if (!isJsonObject(json)) throw jsonParserError('a record must be an object');
    const attributes = json['attributes'];
    const referenceId = isJsonObject(attributes) ? attributes['referenceId'] : undefined;
    if (typeof referenceId !== 'string' || referenceId === '' || seen.has(referenceId)) {
      throw new SalesforceError('INVALID_INPUT', `Missing or duplicate referenceId: ${String(referenceId)}`);
    }
    seen.add(referenceId);
    const node: TreeNode = { object, referenceId, fields: {}, children: [] };
    for (const [name, value] of Object.entries(json)) {
      const found = childRelationships(request.org.schema, object).find(
        ({ field }) => field.reference?.childRelationshipName?.toLowerCase() === name.toLowerCase(),
      );
      if (!found) {
        node.fields[name] = value;
        continue;
      }
      const inner = isJsonObject(value) ? value['records'] : undefined;
      node.children.push({ field: found.field, nodes: readNodes(request, found.child, inner, seen, depth + 1) });
    }
    return node;
  });
}
