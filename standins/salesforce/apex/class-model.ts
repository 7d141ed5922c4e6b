import type { ApexValue } from './values.ts';
import type { World } from './world.ts';

/** A declared type: `Map<String, Object>` has two arguments, `Id` none. */
export interface TypeName {
  name: string;
  of: readonly TypeName[];
}

/** What one running method can reach. */
export interface Frame {
  world: World;
  locals: Map<string, ApexValue>;
  self: ApexValue;
}

export type Evaluate = (frame: Frame) => Promise<ApexValue>;

/** Answers `{ value }` where the method returns, undefined where it goes on. */
export type Execute = (frame: Frame) => Promise<{ value: ApexValue } | undefined>;

export interface Parameter {
  name: string;
  type: TypeName;
}

export interface MethodDef {
  name: string;
  parameters: readonly Parameter[];
  /** Undefined for void. */
  returns: TypeName | undefined;
  isStatic: boolean;
  /** Annotation names in lower case with their values: `auraenabled`, `{ cacheable: 'true' }`. */
  annotations: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Filled when every class is known. */
  body: Execute;
}

export interface FieldDef {
  name: string;
  type: TypeName;
  isStatic: boolean;
  annotations: ReadonlySet<string>;
  initial: Evaluate | undefined;
}

export interface ClassDef {
  /** Inner classes: `Outer.Inner`. */
  name: string;
  isException: boolean;
  fields: Map<string, FieldDef>;
  methods: Map<string, MethodDef>;
  build: Pick<MethodDef, 'parameters' | 'body'> | undefined;
  inner: Map<string, ClassDef>;
  outer: ClassDef | undefined;
}

/** The classes of the package by name. */
export type Program = ReadonlyMap<string, ClassDef>;

/** The class that a name means inside another class: its inner classes come first. */
export function findClass(program: Program, from: ClassDef, name: string): ClassDef | undefined {
  const home = from.outer ?? from;
  const [first = '', second] = name.split('.');
  if (second !== undefined) return program.get(first)?.inner.get(second);
  return home.inner.get(first) ?? program.get(first);
}
