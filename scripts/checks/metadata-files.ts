import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One element with its line, so that a finding can say where. */
export class XmlNode {
  readonly name: string;
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** As written, with line breaks. */
  readonly rawText: string;

  constructor(given: Pick<XmlNode, 'name' | 'line' | 'attributes' | 'children' | 'rawText'>) {
    this.name = given.name;
    this.line = given.line;
    this.attributes = given.attributes;
    this.children = given.children;
    this.rawText = given.rawText;
  }

  get text(): string {
    return this.rawText.replace(/\s+/g, ' ').trim();
  }

  all(name: string): XmlNode[] {
    return this.children.filter((child) => child.name === name);
  }

  first(name: string): XmlNode | undefined {
    return this.children.find((child) => child.name === name);
  }

  /** Empty where the element is absent. */
  textOf(name: string): string {
    return this.first(name)?.text ?? '';
  }

  is(name: string): boolean {
    return this.textOf(name) === 'true';
  }

  /** Every element of these names below this one, at any depth. */
  below(...names: string[]): XmlNode[] {
    return this.children.flatMap((child) => [...(names.includes(child.name) ? [child] : []), ...child.below(...names)]);
  }
}

export interface MetadataFile {
  /** From the root, with forward slashes. */
  file: string;
  /** `field` of `Start__c.field-meta.xml`. */
  suffix: string;
  name: string;
  /** The object whose folder it lies in. */
  object?: string;
  root: XmlNode;
}

export interface PackageSource {
  root: string;
  metadata: MetadataFile[];
  /** Files that are no XML, as problems. */
  illFormed: string[];
  of(suffix: string): MetadataFile[];
}

const ATTRIBUTE = '@';
// Declared as `Symbol`, which cannot be an index.
const META = XMLParser.getMetaDataSymbol() as unknown as symbol;
const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  parseTagValue: false,
  trimValues: false,
});

/** All `*-meta.xml` files below `root/force-app`, in a stable order. */
export function readPackage(root: string): PackageSource {
  const illFormed: string[] = [];
  const metadata = filesBelow(root, '**/*-meta.xml').flatMap((file) => {
    const xml = readFileSync(path.join(root, file), 'utf8');
    const valid = XMLValidator.validate(xml);
    if (valid !== true) {
      illFormed.push(problem(file, valid.err.line, `the XML is ill-formed (${valid.err.msg})`, 'repair the element'));
      return [];
    }
    const [, name = '', suffix = ''] = /^(.*)\.(\w+)-meta\.xml$/.exec(path.posix.basename(file)) ?? [];
    const object = /\/objects\/([^/]+)\//.exec(file)?.[1];
    return [{ file, suffix, name: decodeURIComponent(name), object, root: parse(xml) }];
  });
  return { ...sourceOf(root, metadata), illFormed };
}

/** What every org of a customer who has trainers already holds of `fresh-org`. */
const AT_THE_CUSTOMER = /\/(Onboarding_Trainer__c\.object|Onboarding_Trainer__c\/fields\/Email__c\.field)-meta\.xml$/;

/** The package as it is deployed to an org that has trainers already: without the one for empty orgs. */
export function withoutFreshOrg({ root, metadata }: PackageSource): PackageSource {
  const there = ({ file }: MetadataFile) => !file.startsWith('force-app/fresh-org/') || AT_THE_CUSTOMER.test(file);
  return { ...sourceOf(root, metadata.filter(there)), illFormed: [] };
}

function sourceOf(root: string, metadata: MetadataFile[]): Omit<PackageSource, 'illFormed'> {
  return { root, metadata, of: (suffix) => metadata.filter((one) => one.suffix === suffix) };
}

/** Files below `force-app` that match, relative to the root. */
export function filesBelow(root: string, pattern: string): string[] {
  return globSync(`force-app/${pattern}`, { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** The one form of a finding. */
export function problem(file: string, line: number, what: string, remedy: string): string {
  return `${file}:${line}: ${what}: ${remedy}`;
}

type Parsed = Record<string | symbol, unknown>;

function parse(xml: string): XmlNode {
  const breaks = [...xml.matchAll(/\n/g)].map(({ index }) => index);
  const lineAt = (index: number) => {
    let [low, high] = [0, breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  const nodes = (parsed: readonly Parsed[]): XmlNode[] =>
    parsed.flatMap((one) => {
      const name = Object.keys(one).find((key) => key !== ':@');
      if (name === undefined || name.startsWith('#') || name.startsWith('?')) return [];
      const inner = one[name] as Parsed[];
      const attributes = Object.entries((one[':@'] as Record<string, string> | undefined) ?? {});
      return [
        new XmlNode({
          name,
          line: lineAt((one[META] as { startIndex?: number } | undefined)?.startIndex ?? 0),
          attributes: Object.fromEntries(attributes.map(([key, value]) => [key.slice(ATTRIBUTE.length), value])),
          children: nodes(inner),
          rawText: inner.map((part) => (typeof part['#text'] === 'string' ? part['#text'] : '')).join(''),
        }),
      ];
    });
  const [root] = nodes(parser.parse(xml) as Parsed[]);
  return root ?? new XmlNode({ name: '', line: 1, attributes: {}, children: [], rawText: '' });
}
