import {
  BlockContext,
  ExpressionStatementContext,
  ForStatementContext,
  IfStatementContext,
  LocalVariableDeclarationStatementContext,
  ReturnStatementContext,
  ThrowStatementContext,
  TryStatementContext,
  type EnhancedForControlContext,
  type ExpressionContext,
  type StatementContext,
} from '@apexdevtools/apex-parser';
import type { Execute } from './class-model.ts';
import { compileExpression } from './compile-expression.ts';
import { matchesType } from './construct.ts';
import { typeOf } from './read-parts.ts';
import type { Scope } from './scope.ts';
import { ApexObject, ApexThrown, HostObject, UnsupportedApex } from './values.ts';

/** Statements in order; what is declared inside is not seen outside. */
export function compileBlock(outer: Scope, context: BlockContext): Execute {
  const scope = { ...outer, locals: new Map(outer.locals) };
  const steps = context.statement_list().map((one) => compileStatement(scope, one));
  return async (frame) => {
    for (const step of steps) {
      const done = await step(frame);
      if (done) return done;
    }
    return undefined;
  };
}

function compileStatement(scope: Scope, context: StatementContext): Execute {
  const [statement] = context.children as unknown[];
  if (statement instanceof BlockContext) return compileBlock(scope, statement);
  if (statement instanceof LocalVariableDeclarationStatementContext) return compileDeclaration(scope, statement);
  if (statement instanceof ExpressionStatementContext) {
    const run = compileExpression(scope, statement.expression());
    return async (frame) => void (await run(frame));
  }
  if (statement instanceof ReturnStatementContext) {
    const expression = statement.expression() as ExpressionContext | null;
    const run = expression ? compileExpression(scope, expression) : () => Promise.resolve(null);
    return async (frame) => ({ value: await run(frame) });
  }
  if (statement instanceof ThrowStatementContext) {
    const run = compileExpression(scope, statement.expression());
    return async (frame) => {
      const value = await run(frame);
      if (value instanceof ApexObject || value instanceof HostObject) throw new ApexThrown(value);
      throw new UnsupportedApex('only exceptions are thrown');
    };
  }
  if (statement instanceof IfStatementContext) return compileIf(scope, statement);
  if (statement instanceof ForStatementContext) return compileFor(scope, statement);
  if (statement instanceof TryStatementContext) return compileTry(scope, statement);
  throw new UnsupportedApex(`this statement is not followed: ${context.getText().slice(0, 60)}`);
}

function compileDeclaration(scope: Scope, context: LocalVariableDeclarationStatementContext): Execute {
  const declaration = context.localVariableDeclaration();
  const type = typeOf(declaration.typeRef());
  const steps = declaration.variableDeclarators().variableDeclarator_list();
  const [only, second] = steps;
  if (!only || second) throw new UnsupportedApex('one variable a statement');
  const name = only.id().getText();
  const expression = only.expression() as ExpressionContext | null;
  const run = expression ? compileExpression(scope, expression, type) : () => Promise.resolve(null);
  declare(scope, name, type);
  return async (frame) => void frame.locals.set(name, await run(frame));
}

function compileIf(scope: Scope, context: IfStatementContext): Execute {
  const condition = compileExpression(scope, context.parExpression().expression());
  const [then, otherwise] = context.statement_list().map((one) => compileStatement(scope, one));
  return async (frame) => ((await condition(frame)) === true ? then?.(frame) : otherwise?.(frame));
}

function compileFor(outer: Scope, context: ForStatementContext): Execute {
  const control = context.forControl().enhancedForControl() as EnhancedForControlContext | null;
  if (!control) throw new UnsupportedApex('only "for (Type name : list)" is followed');
  const scope = { ...outer, locals: new Map(outer.locals) };
  const type = typeOf(control.typeRef());
  const list = compileExpression(scope, control.expression(), { name: 'List', of: [type] });
  const name = control.id().getText();
  declare(scope, name, type);
  const body = compileStatement(scope, context.statement());
  return async (frame) => {
    const items = await list(frame);
    if (!Array.isArray(items)) throw new UnsupportedApex(`${name} does not come from a list`);
    for (const item of items) {
      frame.locals.set(name, item);
      const done = await body(frame);
      if (done) return done;
    }
    return undefined;
  };
}

function compileTry(scope: Scope, context: TryStatementContext): Execute {
  if (context.finallyBlock() as unknown) throw new UnsupportedApex('finally is not followed');
  const block = compileBlock(scope, context.block());
  const clauses = context.catchClause_list().map((clause) => {
    const name = clause.id().getText();
    const type = { name: clause.qualifiedName().getText(), of: [] };
    const inner = { ...scope, locals: new Map(scope.locals) };
    declare(inner, name, type);
    return { name, matches: matchesType(scope, type), body: compileBlock(inner, clause.block()) };
  });
  return async (frame) => {
    try {
      return await block(frame);
    } catch (error) {
      if (!(error instanceof ApexThrown)) throw error;
      const clause = clauses.find(({ matches }) => matches(error.value));
      if (!clause) throw error;
      frame.locals.set(clause.name, error.value);
      return clause.body(frame);
    }
  };
}

function declare(scope: Scope, name: string, type: Scope['locals'] extends Map<string, infer T> ? T : never): void {
  if (scope.locals.has(name)) throw new UnsupportedApex(`the variable ${name} is declared twice`);
  scope.locals.set(name, type);
}
