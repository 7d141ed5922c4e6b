import {
  ApexParserFactory,
  ClassBodyDeclarationContext,
  ClassDeclarationContext,
  DotExpressionContext,
  type ModifierContext,
} from '@apexdevtools/apex-parser';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { annotationsOf, words } from '../../standins/salesforce/apex/read-parts.ts';
import { filesBelow, problem } from './metadata-files.ts';

interface PublicMethod {
  file: string;
  line: number;
  /** The innermost class. */
  owner: string;
  name: string;
  isStatic: boolean;
}

/** Every public method of a class is called, by its class's name or on an object, in some test class. */
export function checkApexCoverage(root: string): string[] {
  const files = filesBelow(root, '*/default/classes/*.cls').map((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return { file, isTest: /^\s*@IsTest\b/im.test(text), text };
  });
  const called = new Set(files.filter(({ isTest }) => isTest).flatMap(({ text }) => callsOf(text)));
  return files
    .filter(({ isTest }) => !isTest)
    .flatMap(({ file, text }) => publicMethods(file, text))
    .filter(
      ({ owner, name, isStatic }) =>
        !called.has(isStatic ? `${owner}.${name}`.toLowerCase() : `.${name}`.toLowerCase()),
    )
    .map(({ file, line, owner, name }) =>
      problem(file, line, `no test calls ${owner}.${name}`, `call it in ${path.posix.basename(file, '.cls')}Test`),
    );
}

function publicMethods(file: string, text: string): PublicMethod[] {
  const found: PublicMethod[] = [];
  const visit = (node: unknown, owner: string): void => {
    if (node instanceof ClassBodyDeclarationContext) {
      const method = node.memberDeclaration()?.methodDeclaration();
      const modifiers: ModifierContext[] = node.modifier_list();
      if (method) {
        const given = words(modifiers);
        if ((given.includes('public') || given.includes('global')) && !annotationsOf(modifiers).has('testvisible')) {
          const name = method.id().getText();
          found.push({ file, line: method.id().start.line, owner, name, isStatic: given.includes('static') });
        }
        return;
      }
    }
    const inside = node instanceof ClassDeclarationContext ? node.id().getText() : owner;
    for (const child of (node as { children?: unknown[] | null }).children ?? []) visit(child, inside);
  };
  visit(ApexParserFactory.createParser(text).compilationUnit(), '');
  return found;
}

/** `class.method` and `.method` of every call with a dot, in lower case as Apex is. */
function callsOf(text: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (node instanceof DotExpressionContext) {
      const call = node.dotMethodCall();
      const name = call?.children?.find((child) => 'getText' in child)?.getText();
      if (call && name !== undefined) {
        found.push(`.${name}`.toLowerCase());
        const last = node.expression().getText().split('.').at(-1) ?? '';
        found.push(`${last}.${name}`.toLowerCase());
      }
    }
    for (const child of (node as { children?: unknown[] | null }).children ?? []) visit(child);
  };
  visit(ApexParserFactory.createParser(text).compilationUnit());
  return found;
}
