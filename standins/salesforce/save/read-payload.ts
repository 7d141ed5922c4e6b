import type { Actor } from '../access/actor.ts';
import { canReadField } from '../access/field-access.ts';
import { invalidField, jsonParserError, noSuchColumn } from '../errors.ts';
import type { FieldValue } from '../logic/save-context.ts';
import { findField, objectOf, type FieldDef, type ObjectDef, type Schema } from '../schema/types.ts';
import { readJsonValue } from './check-value.ts';

/** What a caller wants to set, with JSON types already checked. */
export interface Payload {
  values: Map<FieldDef, FieldValue>;
  /** Parents named by an external id: `"Trainer__r": {"Key__c": "x"}`. */
  parents: { field: FieldDef; target: ObjectDef; key: FieldDef; value: FieldValue }[];
}

/**
 * Reads the fields of one record from JSON. Fields that do not exist, or not for this user, fail the whole request.
 * @param ignored lower-case names that the route itself reads (`id`).
 */
export function readPayload(
  schema: Schema,
  actor: Actor,
  object: ObjectDef,
  json: unknown,
  ignored: readonly string[] = [],
): Payload {
  if (!isJsonObject(json)) throw jsonParserError('The HTTP entity body must be a JSON object');
  const payload: Payload = { values: new Map(), parents: [] };
  for (const [name, value] of Object.entries(json)) {
    if (name === 'attributes') {
      checkAttributes(object, value);
      continue;
    }
    if (ignored.includes(name.toLowerCase())) continue;
    const field = findField(object, name);
    if (field && canReadField(actor, object, field)) {
      if (payload.values.has(field)) throw jsonParserError(`Duplicate field ${field.name} in the HTTP entity body`);
      payload.values.set(field, readJsonValue(field, value));
      continue;
    }
    const lookup = object.byRelationship.get(name.toLowerCase());
    if (!lookup?.reference || !canReadField(actor, object, lookup)) throw noSuchColumn(name, object.name);
    payload.parents.push(readParent(schema, actor, lookup, value));
  }
  return payload;
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function readParent(schema: Schema, actor: Actor, field: FieldDef, json: unknown): Payload['parents'][number] {
  const target = objectOf(schema, field.reference?.to ?? '');
  const keys = isJsonObject(json) ? Object.entries(json).filter(([name]) => name !== 'attributes') : [];
  const [name, value] = keys[0] ?? [];
  const key = name === undefined ? undefined : findField(target, name);
  if (keys.length !== 1 || !key?.externalId || !canReadField(actor, target, key)) {
    throw invalidField(`${field.reference?.relationshipName} must name one external id field of ${target.name}`);
  }
  return { field, target, key, value: readJsonValue(key, value) };
}

function checkAttributes(object: ObjectDef, attributes: unknown): void {
  if (!isJsonObject(attributes)) throw jsonParserError('attributes must be an object');
  const { type } = attributes;
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== object.name.toLowerCase())) {
    throw jsonParserError(`attributes.type must be ${object.name}`);
  }
}
