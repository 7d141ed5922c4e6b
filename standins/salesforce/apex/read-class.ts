import {
  ApexParserFactory,
  ApexSyntaxError,
  ClassDeclarationContext,
  ConstructorDeclarationContext,
  FieldDeclarationContext,
  MethodDeclarationContext,
  PropertyDeclarationContext,
  type ClassBodyDeclarationContext,
  type FormalParametersContext,
  type MemberDeclarationContext,
  type TypeRefContext,
} from '@apexdevtools/apex-parser';
import type { ClassDef, FieldDef, MethodDef, Parameter } from './class-model.ts';
import { compileBlock } from './compile-statement.ts';
import { compileExpression } from './compile-expression.ts';
import { annotationsOf, typeOf, words } from './read-parts.ts';
import type { Scope } from './scope.ts';
import { UnsupportedApex } from './values.ts';

/** A class whose bodies are compiled as soon as all classes are known. */
export interface ReadClass {
  def: ClassDef;
  compile(base: Pick<Scope, 'program'>): void;
}

type Later = (base: Pick<Scope, 'program'>) => void;

const EMPTY: MethodDef['body'] = () => Promise.resolve(undefined);

/**
 * Reads one source file. Undefined for test classes, which are not followed.
 * @throws UnsupportedApex for syntax errors and whatever is outside the vocabulary
 */
export function readClass(source: string, file: string): ReadClass | undefined {
  try {
    const unit = ApexParserFactory.createParser(source, true).compilationUnit();
    const declaration = unit.typeDeclaration();
    const modifiers = words(declaration.modifier_list());
    if (annotationsOf(declaration.modifier_list()).has('istest')) return undefined;
    const later: Later[] = [];
    const def = readDeclaration(declaration.classDeclaration(), undefined, later);
    // User mode enforces sharing in queries; the keyword is the promise of the class for everything else it may do.
    if (!modifiers.includes('with sharing'))
      throw new UnsupportedApex('a class without "with sharing" is not followed');
    return { def, compile: (base) => later.forEach((step) => namingFile(file, () => step(base))) };
  } catch (error) {
    if (error instanceof ApexSyntaxError) {
      throw new UnsupportedApex(`${file}:${error.line}: ${error.message}`, { cause: error });
    }
    throw inFile(file, error);
  }
}

function readDeclaration(
  context: ClassDeclarationContext | null,
  outer: ClassDef | undefined,
  later: Later[],
): ClassDef {
  if (!context) throw new UnsupportedApex('only classes are followed');
  const own = context.id().getText();
  const base = (context.typeRef() as TypeRefContext | null)?.getText();
  if ((base !== undefined && base !== 'Exception') || (context.typeList() as unknown)) {
    throw new UnsupportedApex(`${own} inherits from something else than Exception`);
  }
  const def: ClassDef = {
    name: outer ? `${outer.name}.${own}` : own,
    isException: base === 'Exception',
    fields: new Map(),
    methods: new Map(),
    build: undefined,
    inner: new Map(),
    outer,
  };
  for (const member of context.classBody().classBodyDeclaration_list()) readMember(def, member, later);
  return def;
}

function readMember(def: ClassDef, context: ClassBodyDeclarationContext, later: Later[]): void {
  const member = context.memberDeclaration() as MemberDeclarationContext | null;
  if (!member) throw new UnsupportedApex(`${def.name}: initialiser blocks are not followed`);
  const annotations = annotationsOf(context.modifier_list());
  const isStatic = words(context.modifier_list()).includes('static');
  const [child] = member.children as unknown[];
  const addField = (name: string, type: TypeRefContext): FieldDef => {
    const made = { name, type: typeOf(type), isStatic, annotations: new Set(annotations.keys()), initial: undefined };
    add<FieldDef>(def.fields, name, made);
    return made;
  };
  if (child instanceof ClassDeclarationContext) {
    const inner = readDeclaration(child, def, later);
    add(def.inner, inner.name.split('.')[1] ?? '', inner);
  } else if (child instanceof FieldDeclarationContext) {
    for (const one of child.variableDeclarators().variableDeclarator_list()) {
      const made = addField(one.id().getText(), child.typeRef());
      const initial = one.expression() as ReturnType<typeof one.expression> | null;
      if (initial) later.push((base) => (made.initial = compileExpression(scopeOf(base, def, made.isStatic), initial)));
    }
  } else if (child instanceof PropertyDeclarationContext) {
    if (/\{.*\{/s.test(child.getText())) throw new UnsupportedApex(`${def.name}: accessors with code`);
    addField(child.id().getText(), child.typeRef());
  } else if (child instanceof MethodDeclarationContext) {
    addMethod(def, child, { isStatic, annotations }, later);
  } else if (child instanceof ConstructorDeclarationContext) {
    addConstructor(def, child, later);
  } else {
    throw new UnsupportedApex(`${def.name}: ${member.getText().slice(0, 40)} is not followed`);
  }
}

function addMethod(
  def: ClassDef,
  source: MethodDeclarationContext,
  about: Pick<MethodDef, 'isStatic' | 'annotations'>,
  later: Later[],
): void {
  const returns = source.typeRef() as TypeRefContext | null;
  const method: MethodDef = {
    ...about,
    name: source.id().getText(),
    parameters: parametersOf(source.formalParameters()),
    returns: returns ? typeOf(returns) : undefined,
    body: EMPTY,
  };
  // Overloads would be chosen by types, which are not known here.
  add(def.methods, method.name, method);
  later.push((base) => {
    method.body = compileBlock(scopeOf(base, def, about.isStatic, method.parameters), source.block());
  });
}

function addConstructor(def: ClassDef, source: ConstructorDeclarationContext, later: Later[]): void {
  if (def.build || def.isException) throw new UnsupportedApex(`${def.name}: one constructor, and none in exceptions`);
  const build = { parameters: parametersOf(source.formalParameters()), body: EMPTY };
  def.build = build;
  later.push((base) => {
    build.body = compileBlock(scopeOf(base, def, false, build.parameters), source.block());
  });
}

function scopeOf(
  base: Pick<Scope, 'program'>,
  inside: ClassDef,
  isStatic: boolean,
  parameters: readonly Parameter[] = [],
): Scope {
  return { ...base, inside, isStatic, locals: new Map(parameters.map(({ name, type }) => [name, type])) };
}

function parametersOf(context: FormalParametersContext): Parameter[] {
  const list = context.formalParameterList() as ReturnType<typeof context.formalParameterList> | null;
  return (list?.formalParameter_list() ?? []).map((one) => ({
    name: one.id().getText(),
    type: typeOf(one.typeRef()),
  }));
}

function add<T>(map: Map<string, T>, name: string, value: T): void {
  if (map.has(name)) throw new UnsupportedApex(`${name} is declared twice`);
  map.set(name, value);
}

function namingFile(file: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw inFile(file, error);
  }
}

function inFile(file: string, error: unknown): unknown {
  return error instanceof UnsupportedApex ? new UnsupportedApex(`${file}: ${error.message}`, { cause: error }) : error;
}
