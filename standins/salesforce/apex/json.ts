import { findClass, type ClassDef, type Program, type TypeName } from './class-model.ts';
import { ApexObject, ApexRecord, ApexType, HostObject, thrown, UnsupportedApex, type ApexValue } from './values.ts';

const isObject = (json: unknown): json is Record<string, unknown> =>
  json !== null && typeof json === 'object' && !Array.isArray(json);

/** `JSON.deserializeUntyped`: objects become maps. */
export function valueOfJson(json: unknown): ApexValue {
  if (Array.isArray(json)) return json.map(valueOfJson);
  if (isObject(json)) return new Map(Object.entries(json).map(([name, value]) => [name, valueOfJson(value)]));
  return json as string | number | boolean | null;
}

/** `JSON.deserialize` into a class: members that the class does not have are dropped, wrong types throw. */
export function fromJson(def: ClassDef, json: unknown): ApexValue {
  if (json === null) return null;
  if (!isObject(json)) throw thrown('JSONException', `Malformed JSON: expected an object for ${def.name}`);
  const object = new ApexObject(def);
  for (const field of def.fields.values()) {
    object.fields.set(field.name, typedValue(def, field.type, json[field.name] ?? null, field.name));
  }
  return object;
}

/** A JSON value as a declared type. */
function typedValue(inside: ClassDef, type: TypeName, json: unknown, name: string): ApexValue {
  if (json === null) return null;
  const wrong = () => thrown('JSONException', `Illegal value for ${type.name}: ${JSON.stringify(json)} in ${name}`);
  const [item] = type.of;
  if (type.name === 'List' && item) {
    if (!Array.isArray(json)) throw wrong();
    return json.map((one) => typedValue(inside, item, one, name));
  }
  const inner = findClass(new Map(), inside, type.name);
  if (inner) return fromJson(inner, json);
  const expected = PRIMITIVES[type.name];
  if (expected === undefined)
    throw new UnsupportedApex(`${name} has the type ${type.name}, which is not followed in JSON`);
  if (typeof json !== expected) throw wrong();
  if (type.name === 'Id' && !isId(json)) throw thrown('StringException', `Invalid id: ${JSON.stringify(json)}`);
  return json as string | number | boolean;
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  String: 'string',
  Id: 'string',
  Datetime: 'string',
  Boolean: 'boolean',
  Integer: 'number',
  Decimal: 'number',
};

const isId = (json: unknown): boolean => typeof json === 'string' && /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/.test(json);

/** A parameter of a method as LWC sends it. */
export function argumentValue(
  program: Program,
  inside: ClassDef,
  type: TypeName,
  json: unknown,
  name: string,
): ApexValue {
  const def = findClass(program, inside, type.name);
  if (!def) return typedValue(inside, type, json ?? null, name);
  if (!isObject(json ?? null)) return fromJson(def, json ?? null);
  const given = json as Record<string, unknown>;
  const open = [...def.fields.values()].filter(({ annotations }) => annotations.has('auraenabled'));
  const unknown = Object.keys(given).find((key) => !open.some((field) => field.name === key));
  if (unknown !== undefined) throw thrown('JSONException', `${def.name} has no property ${unknown}`);
  return fromJson(def, given);
}

/** `JSON.serialize` of plain values. */
export function toJson(value: ApexValue): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, toJson(inner)]));
  if (value !== null && typeof value === 'object') {
    throw new UnsupportedApex('only plain values, lists and maps are serialised');
  }
  return value;
}

/** What LWC gets of a return value: of objects the `@AuraEnabled` fields, date-times as `…Z`. */
export function toLightning(value: ApexValue, type?: TypeName): unknown {
  if (Array.isArray(value)) return value.map((item) => toLightning(item, type?.of[0]));
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, toLightning(inner)]));
  if (value instanceof ApexObject) {
    const open = [...value.of.fields.values()].filter(({ annotations }) => annotations.has('auraenabled'));
    return Object.fromEntries(
      open.map((field) => [field.name, toLightning(value.fields.get(field.name) ?? null, field.type)]),
    );
  }
  if (value instanceof ApexRecord || value instanceof ApexType || value instanceof HostObject) {
    throw new UnsupportedApex('methods answer plain values and small classes only');
  }
  return type?.name === 'Datetime' && typeof value === 'string' ? new Date(value).toISOString() : value;
}
