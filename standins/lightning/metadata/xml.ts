import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A metadata file that says something this Lightning cannot show; the message names the file. */
export class UnreadablePage extends Error {
  override name = 'UnreadablePage';
}

/** One element of a metadata file. */
export interface Element {
  /** Text of the first child of this name; undefined where there is none. */
  text(name: string): string | undefined;
  /** @throws {UnreadablePage} where it is missing or empty. */
  needText(name: string): string;
  /** Texts of all children of this name. */
  texts(name: string): string[];
  /** Children of this name that have children themselves. */
  list(name: string): Element[];
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

/** Reads a metadata file, whose root element must be `root`. */
export function readXmlFile(file: string, root: string): Element {
  const xml = readFileSync(file, 'utf8');
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw new UnreadablePage(`${file}: not well-formed: ${valid.err.msg} (line ${valid.err.line})`);
  const document = parser.parse(xml) as Record<string, unknown>;
  if (!(root in document)) throw new UnreadablePage(`${file}: the root element must be <${root}>`);
  return element(document[root], file);
}

function element(value: unknown, file: string): Element {
  const children = (value !== null && typeof value === 'object' ? value : {}) as Record<string, unknown>;
  const all = (name: string): unknown[] => {
    const found = children[name];
    if (found === undefined) return [];
    return Array.isArray(found) ? (found as unknown[]) : [found];
  };
  const texts = (name: string) =>
    all(name)
      .filter((child): child is string => typeof child === 'string')
      .map((text) => text.replace(/\s+/g, ' ').trim());
  return {
    text: (name) => texts(name)[0],
    needText: (name) => {
      const [text] = texts(name);
      if (text === undefined || text === '') throw new UnreadablePage(`${file}: <${name}> is missing`);
      return text;
    },
    texts,
    list: (name) => all(name).map((child) => element(child, file)),
  };
}
