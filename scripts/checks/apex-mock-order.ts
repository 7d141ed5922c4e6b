import {
  ApexParserFactory,
  ClassBodyDeclarationContext,
  ClassDeclarationContext,
  DeleteStatementContext,
  DotExpressionContext,
  InsertStatementContext,
  MergeStatementContext,
  MethodCallContext,
  UndeleteStatementContext,
  UpdateStatementContext,
  UpsertStatementContext,
} from '@apexdevtools/apex-parser';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { annotationsOf } from '../../standins/salesforce/apex/read-parts.ts';
import { filesBelow, problem } from './metadata-files.ts';

const SAVES = [
  InsertStatementContext,
  UpdateStatementContext,
  UpsertStatementContext,
  DeleteStatementContext,
  UndeleteStatementContext,
  MergeStatementContext,
];
const DATABASE_SAVES = /^database\.(insert|update|upsert|delete|undelete|merge)/;

/** What a method does that matters here, in order: it saves, it starts the test, it sets a mock, or it calls a method. */
type Step = 'save' | 'start' | 'mock' | { calls: string };

interface Method {
  file: string;
  line: number;
  title: string;
  /** With its class, in lower case, as Apex is. */
  name: string;
  isTest: boolean;
  steps: Step[];
}

/**
 * A callout after records were saved is refused, in tests too: "You have uncommitted work pending". Only
 * Test.startTest() between the last of them and Test.setMock() lets a mock answer.
 */
export function checkMockOrder(root: string): string[] {
  const methods = filesBelow(root, '*/default/classes/*.cls').flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return /^\s*@IsTest\b/im.test(text) ? methodsOf(file, text) : [];
  });
  const byName = Map.groupBy(methods, ({ name }) => name);
  return methods
    .filter(({ isTest, steps }) => isTest && isOutOfOrder(followed(steps, byName)))
    .map(({ file, line, title }) =>
      problem(
        file,
        line,
        `${title} saves records and sets a mock, without Test.startTest() between the two`,
        'create users and records first, then Test.startTest(), then Test.setMock()',
      ),
    );
}

function isOutOfOrder(steps: readonly Step[]): boolean {
  if (!steps.includes('save') || !steps.includes('mock')) return false;
  const start = steps.indexOf('start');
  return start === -1 || start < steps.lastIndexOf('save') || start > steps.indexOf('mock');
}

/** The steps with those of the methods of test classes that are called. */
function followed(
  steps: readonly Step[],
  byName: ReadonlyMap<string, readonly Method[]>,
  above: readonly string[] = [],
): Step[] {
  return steps.flatMap((step) => {
    if (typeof step === 'string') return [step];
    if (above.includes(step.calls)) return [];
    const called = byName.get(step.calls) ?? [];
    return called.flatMap((method) => followed(method.steps, byName, [...above, step.calls]));
  });
}

function methodsOf(file: string, text: string): Method[] {
  const found: Method[] = [];
  const visit = (node: unknown, owner: string): void => {
    if (node instanceof ClassBodyDeclarationContext) {
      const method = node.memberDeclaration()?.methodDeclaration();
      if (method) {
        const isTest = annotationsOf(node.modifier_list()).has('istest');
        const [title, line] = [method.id().getText(), method.id().start.line];
        const name = `${owner}.${title}`.toLowerCase();
        found.push({ file, line, title, name, isTest, steps: stepsOf(method, owner) });
        return;
      }
    }
    const inside = node instanceof ClassDeclarationContext ? node.id().getText() : owner;
    for (const child of childrenOf(node)) visit(child, inside);
  };
  visit(ApexParserFactory.createParser(text).compilationUnit(), '');
  return found;
}

/** Arguments come before the call that they are for. */
function stepsOf(node: unknown, owner: string): Step[] {
  const steps = childrenOf(node).flatMap((child) => stepsOf(child, owner));
  if (SAVES.some((kind) => node instanceof kind)) return [...steps, 'save'];
  if (node instanceof MethodCallContext) {
    const id = node.id() as ReturnType<typeof node.id> | null;
    return id ? [...steps, { calls: `${owner}.${id.getText()}`.toLowerCase() }] : steps;
  }
  if (!(node instanceof DotExpressionContext)) return steps;
  const call = node.dotMethodCall() as ReturnType<typeof node.dotMethodCall> | null;
  return call ? [...steps, stepOf(`${node.expression().getText()}.${call.anyId().getText()}`.toLowerCase())] : steps;
}

function stepOf(call: string): Step {
  if (call === 'test.starttest') return 'start';
  if (call === 'test.setmock') return 'mock';
  return DATABASE_SAVES.test(call) ? 'save' : { calls: call };
}

const childrenOf = (node: unknown): unknown[] => (node as { children?: unknown[] | null }).children ?? [];
