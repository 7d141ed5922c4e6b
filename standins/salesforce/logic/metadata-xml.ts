import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { UnsupportedMetadata } from './save-context.ts';

/** One element of a metadata file; text is trimmed. */
export interface XmlElement {
  name: string;
  text: string;
  children: readonly XmlElement[];
}

type OrderedNode = Record<string, OrderedNode[] | string>;

/** Reads a metadata file and returns its root. Throws UnsupportedMetadata if it is ill-formed or of another type. */
export function readMetadata(xml: string, root: string): XmlElement {
  const validity = XMLValidator.validate(xml);
  if (validity !== true) throw new UnsupportedMetadata(`${root}: ill-formed XML: ${validity.err.msg}`);
  const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, trimValues: true });
  const nodes = (parser.parse(xml) as OrderedNode[]).filter((node) => !Object.keys(node)[0]?.startsWith('?'));
  const element = nodes[0] && nodes.length === 1 ? toElement(nodes[0]) : undefined;
  if (element?.name !== root) throw new UnsupportedMetadata(`expected a ${root}, got ${element?.name ?? 'nothing'}`);
  return element;
}

/** Throws if the element has a child outside the list. */
export function refuseUnknownChildren(element: XmlElement, known: readonly string[]): void {
  const unknown = element.children.find((child) => !known.includes(child.name));
  if (unknown) throw new UnsupportedMetadata(`<${unknown.name}> in <${element.name}> is not supported`);
}

export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The only child of that name, if there is one; two are refused. */
export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  const found = childrenNamed(element, name);
  if (found.length > 1) throw new UnsupportedMetadata(`<${name}> appears more than once in <${element.name}>`);
  return found[0];
}

export function requireChild(element: XmlElement, name: string): XmlElement {
  const child = childNamed(element, name);
  if (!child) throw new UnsupportedMetadata(`<${name}> is missing in <${element.name}>`);
  return child;
}

export function requireText(element: XmlElement, name: string): string {
  const { text } = requireChild(element, name);
  if (text === '') throw new UnsupportedMetadata(`<${name}> is empty in <${element.name}>`);
  return text;
}

/** `true` or `false`, as the metadata types write them. */
export function readBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new UnsupportedMetadata(`${text} is neither true nor false`);
  return text === 'true';
}

/** Runs a reading step and puts the place in front of what it finds unsupported. */
export function namingPlace<Result>(where: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnsupportedMetadata) throw new UnsupportedMetadata(`${where}: ${error.message}`);
    throw error;
  }
}

function toElement(node: OrderedNode): XmlElement {
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const content = node[name];
  const inner = Array.isArray(content) ? content : [];
  const text = inner.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join('');
  return { name, text, children: inner.filter((child) => !('#text' in child)).map(toElement) };
}
