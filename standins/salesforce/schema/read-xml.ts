import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { UnsupportedMetadata } from '../logic/save-context.ts';

/** One element: texts are trimmed strings, repeated children are lists. */
export class XmlElement {
  readonly #children: Record<string, unknown>;
  constructor(children: Record<string, unknown>) {
    this.#children = children;
  }

  names(): string[] {
    return Object.keys(this.#children);
  }

  has(name: string): boolean {
    return name in this.#children;
  }

  /** Text with white space collapsed; undefined where the element is absent. */
  text(name: string): string | undefined {
    const value = this.#children[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw new UnsupportedMetadata(`<${name}> must be one text`);
    return value.replace(/\s+/g, ' ').trim();
  }

  needText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw new UnsupportedMetadata(`<${name}> is missing`);
    return value;
  }

  /** The texts of a repeated element. */
  texts(name: string): string[] {
    const value = this.#children[name] ?? [];
    return (Array.isArray(value) ? value : [value])
      .filter((text) => typeof text === 'string')
      .map((text) => text.trim());
  }

  flag(name: string): boolean {
    const value = this.text(name) ?? 'false';
    if (value !== 'true' && value !== 'false') throw new UnsupportedMetadata(`<${name}> must be true or false`);
    return value === 'true';
  }

  number(name: string): number {
    const value = Number(this.needText(name));
    if (!Number.isInteger(value)) throw new UnsupportedMetadata(`<${name}> must be a whole number`);
    return value;
  }

  list(name: string): XmlElement[] {
    const value = this.#children[name];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((child) => {
      if (child === null || typeof child !== 'object') return new XmlElement({});
      return new XmlElement(child as Record<string, unknown>);
    });
  }

  /** Refuses every child element outside the vocabulary. */
  only(...known: string[]): void {
    for (const name of this.names()) {
      if (!known.includes(name)) throw new UnsupportedMetadata(`<${name}> is not understood here`);
    }
  }
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

/** The root element of a metadata file, which must be called `root`. */
export function readXml(xml: string, root: string): XmlElement {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw new UnsupportedMetadata(`not well-formed: ${valid.err.msg} (line ${valid.err.line})`);
  const document = parser.parse(xml) as Record<string, unknown>;
  const element = document[root];
  if (element === undefined) throw new UnsupportedMetadata(`the root element must be <${root}>`);
  return new XmlElement(typeof element === 'object' ? (element as Record<string, unknown>) : {});
}
