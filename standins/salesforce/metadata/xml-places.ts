/** One element directly below the root, as it stands in the text. */
export interface TopElement {
  name: string;
  /** From its opening tag to its closing tag. */
  text: string;
  /** What is between them. */
  inner: string;
  line: number;
}

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)[^>]*?(\/?)>/g;

/** The elements below the root, in order; the text must be well-formed. */
export function topElements(xml: string): TopElement[] {
  const found: TopElement[] = [];
  let depth = 0;
  let open: { name: string; start: number; innerStart: number } | undefined;
  for (const match of xml.matchAll(TOKEN)) {
    const [token, closing, name, selfClosing] = match;
    if (name === undefined) continue;
    const end = match.index + token.length;
    if (closing === '/') {
      depth--;
      if (depth === 1 && open) found.push(element(xml, open, match.index, end));
    } else {
      if (depth === 1) open = { name, start: match.index, innerStart: end };
      if (selfClosing !== '/') depth++;
      else if (depth === 1 && open) found.push(element(xml, open, end, end));
    }
  }
  return found;
}

function element(
  xml: string,
  open: { name: string; start: number; innerStart: number },
  innerEnd: number,
  end: number,
): TopElement {
  return {
    name: open.name,
    text: xml.slice(open.start, end),
    inner: xml.slice(open.innerStart, innerEnd),
    line: lineAt(xml, open.start),
  };
}

export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/**
 * The line at which a problem lies: that of the first element whose whole text is a word of the message. Numbers come
 * first, from the end of the sentence (`1 to 255, not 500`), then the longest names.
 * @returns 1 where no word of it stands alone
 */
export function lineOfProblem(xml: string, message: string): number {
  const words = message.split(/[\s,;:()<>"]+/).filter((word) => word.length > 1);
  const numbers = words.filter((word) => /^\d+$/.test(word)).reverse();
  const names = words.filter((word) => !/^\d+$/.test(word)).sort((left, right) => right.length - left.length);
  for (const word of [...numbers, ...names]) {
    for (const candidate of [word, word.replace(/\.$/, ''), word.split('.').at(-1) ?? '']) {
      const index = candidate === '' ? -1 : xml.indexOf(`>${candidate}<`);
      if (index >= 0) return lineAt(xml, index);
    }
  }
  return 1;
}
