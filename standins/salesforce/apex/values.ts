import type { ClassDef } from './class-model.ts';

/** A value while Apex is followed. Ids, dates and JSON texts are strings, as the REST API gives them. */
export type ApexValue =
  | null
  | string
  | number
  | boolean
  | ApexValue[]
  | Map<string, ApexValue>
  | ApexRecord
  | ApexObject
  | ApexType
  | HostObject;

/** A row of a query: only what was selected can be read. */
export class ApexRecord {
  readonly #values: ReadonlyMap<string, ApexValue>;
  constructor(values: ReadonlyMap<string, ApexValue>) {
    this.#values = values;
  }

  /** @throws ApexThrown as the platform does for fields that were not selected. */
  read(name: string): ApexValue {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw thrown(
      'SObjectException',
      `SObject row was retrieved via SOQL without querying the requested field: ${name}`,
    );
  }
}

/** An instance of a class of the package. */
export class ApexObject {
  readonly of: ClassDef;
  readonly fields = new Map<string, ApexValue>();
  /** Of exceptions. */
  message: string | null = null;
  constructor(of: ClassDef) {
    this.of = of;
  }
}

/** `X.class`. */
export class ApexType {
  readonly def: ClassDef;
  constructor(def: ClassDef) {
    this.def = def;
  }
}

/** An instance of one of the few platform classes: `HttpRequest`, `HttpResponse`, `Http`, exceptions. */
export class HostObject {
  readonly type: string;
  readonly state: Record<string, ApexValue>;
  constructor(type: string, state: Record<string, ApexValue> = {}) {
    this.type = type;
    this.state = state;
  }
}

/** Something that Apex code threw and Apex code can catch. */
export class ApexThrown extends Error {
  override name = 'ApexThrown';
  readonly value: ApexObject | HostObject;
  constructor(value: ApexObject | HostObject) {
    super(messageOf(value) ?? '');
    this.value = value;
  }
}

/** Source that goes beyond the small vocabulary that is followed here. */
export class UnsupportedApex extends Error {
  override name = 'UnsupportedApex';
}

/** A platform exception. */
export function thrown(type: string, message: string): ApexThrown {
  return new ApexThrown(new HostObject(type, { message }));
}

export function messageOf(value: ApexObject | HostObject): string | null {
  if (value instanceof ApexObject) return value.message;
  const { message } = value.state;
  return typeof message === 'string' ? message : null;
}

export function typeNameOf(value: ApexObject | HostObject): string {
  return value instanceof ApexObject ? value.of.name : value.type;
}

/** What is read from a null on the platform. */
export function notNull(value: ApexValue): Exclude<ApexValue, null> {
  if (value === null) throw thrown('NullPointerException', 'Attempt to de-reference a null object');
  return value;
}

/** `==` of Apex: texts are compared without regard to case, everything else by value or identity. */
export function areEqual(left: ApexValue, right: ApexValue): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left.toLowerCase() === right.toLowerCase();
  return left === right;
}

export function asText(value: ApexValue): string {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw new UnsupportedApex('only texts, numbers and booleans can be written as text here');
}
