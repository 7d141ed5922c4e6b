/** A fenced block of shell commands in a page of the documentation. */
export interface ShellBlock {
  file: string;
  /** Of its first line. */
  line: number;
  /** What stands behind `sh` in the fence. */
  marks: string[];
  script: string;
}

/** It needs an org of the vendor, or a browser: it is looked at, not run. */
export const REAL_ORG = 'real-org';

const EXIT = /^exit-(\d)$/;

export function shellBlocks(file: string, markdown: string): ShellBlock[] {
  const blocks: ShellBlock[] = [];
  let open: { indent: number; block: ShellBlock } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, indent = '', info] = /^( *)```(.*)$/.exec(text) ?? [];
    if (info === undefined) {
      if (open) open.block.script += `${text.slice(open.indent)}\n`;
    } else if (open) {
      if (open.block.marks[0] === 'sh') blocks.push({ ...open.block, marks: open.block.marks.slice(1) });
      open = undefined;
    } else {
      const block = { file, line: index + 2, marks: info.split(/\s+/).filter(Boolean), script: '' };
      open = { indent: indent.length, block };
    }
  }
  return blocks;
}

export const isForRealOrg = ({ marks }: ShellBlock): boolean => marks.includes(REAL_ORG);

/** With which status the block ends in the local org: 0 unless its mark `exit-3` says another one. */
export function expectedExit({ marks }: ShellBlock): number {
  const [status] = marks.flatMap((mark) => EXIT.exec(mark)?.[1] ?? []);
  return Number(status ?? 0);
}

export const unknownMarks = ({ marks }: ShellBlock): string[] =>
  marks.filter((mark) => mark !== REAL_ORG && !EXIT.test(mark));

/**
 * The words of each command of a script, without assignments before it. It knows lines, `\`, `&&`, `|`, `;` and quotes.
 * @throws Error for what it does not know
 */
export function commandsIn(script: string): string[][] {
  if (/\$\(|`|<</.test(script)) throw new Error('a command within a command cannot be looked at');
  const text = script.replaceAll('\\\n', ' ').replaceAll(/^\s*#.*$/gm, '');
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(/\n|&&|[|;]|(?:'[^']*'|"[^"]*"|[^\s'"|;&])+/g)) {
    if (/^(?:\n|&&|[|;])$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(token.replaceAll(/['"]/g, ''));
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))))
    .filter(({ length }) => length > 0);
}
