import type { ClassDef, Program, TypeName } from './class-model.ts';

/** What names mean at one place of the source. */
export interface Scope {
  program: Program;
  inside: ClassDef;
  isStatic: boolean;
  /** Declared so far, with their types. */
  locals: Map<string, TypeName>;
}
