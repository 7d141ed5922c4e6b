import { UnsupportedMetadata } from './save-context.ts';

/** `merge` is the inside of `{!…}`; `name` may hold a path with dots. */
export type FormulaToken =
  | { kind: 'number'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'name' | 'merge' | 'operator'; value: string };

const SKIPPED = /\s+|\/\*[\s\S]*?\*\//y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?![\w.])/y;
const TEXT = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy;
const PATH = String.raw`\$?[A-Za-z]\w*(?:\.[A-Za-z]\w*)*`;
const NAME = new RegExp(PATH, 'y');
const MERGE = new RegExp(String.raw`\{!\s*(${PATH})\s*\}`, 'y');
const OPERATOR = /&&|\|\||<>|!=|<=|>=|==|[-+*/&=<>!(),]/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', "'": "'", n: '\n', r: '\r', t: '\t' };

/** Cuts a formula into tokens. Throws UnsupportedMetadata at the first character that starts none. */
export function tokenizeFormula(text: string): FormulaToken[] {
  const tokens: FormulaToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match;
  };
  while (at < text.length) {
    if (take(SKIPPED)) continue;
    const start = at;
    const token = readToken(take);
    if (!token) throw new UnsupportedMetadata(`formula: cannot read "${text.slice(start, start + 20)}"`);
    tokens.push(token);
  }
  return tokens;
}

function readToken(take: (pattern: RegExp) => RegExpExecArray | null): FormulaToken | undefined {
  let match = take(NUMBER);
  if (match) return { kind: 'number', value: Number(match[0]) };
  match = take(TEXT);
  if (match) return { kind: 'text', value: unescapeText(match[1] ?? match[2] ?? '') };
  match = take(MERGE);
  if (match) return { kind: 'merge', value: match[1] ?? '' };
  match = take(NAME);
  if (match) return { kind: 'name', value: match[0] };
  match = take(OPERATOR);
  return match ? { kind: 'operator', value: match[0] } : undefined;
}

function unescapeText(raw: string): string {
  return raw.replace(/\\(.)/gs, (sequence, character: string) => {
    const plain = ESCAPES[character];
    if (plain === undefined) throw new UnsupportedMetadata(`formula: unknown escape ${sequence} in a text`);
    return plain;
  });
}
