import path from 'node:path';
import { filesIn } from './files.ts';
import { readXmlFile, UnreadablePage, type Element } from './xml.ts';

export interface PlacedField {
  field: string;
  readOnly: boolean;
}

export interface Section {
  label: string;
  /** One list of fields a column. */
  columns: PlacedField[][];
}

export type Block =
  | { type: 'highlights' }
  /** Without sections: those of the object's layout. */
  | { type: 'details'; sections?: Section[] }
  | { type: 'component'; name: string; properties: Record<string, string> };

export interface Page {
  name: string;
  label: string;
  type: 'AppPage' | 'RecordPage';
  object?: string;
  regions: { name: string; blocks: Block[] }[];
}

/** The regions of the page templates in use; App Builder refuses others. */
const TEMPLATES: Record<string, readonly string[]> = {
  'flexipage:defaultAppHomeTemplate': ['main'],
  'flexipage:recordHomeTemplateDesktop': ['header', 'main', 'sidebar'],
};

/** Every FlexiPage of the package by name. */
export function readPages(root: string): Map<string, Page> {
  return new Map(
    filesIn(path.join(root, 'flexipages'), '.flexipage-meta.xml').map(({ name, file }) => [name, readPage(name, file)]),
  );
}

function readPage(name: string, file: string): Page {
  const xml = readXmlFile(file, 'FlexiPage');
  const type = xml.needText('type');
  if (type !== 'AppPage' && type !== 'RecordPage')
    throw new UnreadablePage(`${file}: pages of type ${type} are not shown`);
  const template = xml.list('template')[0]?.text('name') ?? '';
  const allowed = TEMPLATES[template];
  if (!allowed) throw new UnreadablePage(`${file}: the template ${template} is not known`);
  const parts = xml.list('flexiPageRegions');
  const facets = new Map(
    parts.filter((part) => part.text('type') === 'Facet').map((part) => [part.needText('name'), part]),
  );
  const regions = parts
    .filter((part) => part.text('type') === 'Region')
    .map((part) => {
      const region = part.needText('name');
      if (!allowed.includes(region)) throw new UnreadablePage(`${file}: ${template} has no region ${region}`);
      return { name: region, blocks: joinSections(components(part).map((one) => readBlock(one, facets, file))) };
    });
  return { name, label: xml.needText('masterLabel'), type, object: xml.text('sobjectType'), regions };
}

function components(region: Element): Element[] {
  return region.list('itemInstances').flatMap((item) => item.list('componentInstance'));
}

function propertiesOf(component: Element): Record<string, string> {
  return Object.fromEntries(
    component
      .list('componentInstanceProperties')
      .map((property) => [property.needText('name'), property.text('value') ?? '']),
  );
}

function readBlock(component: Element, facets: ReadonlyMap<string, Element>, file: string): Block {
  const name = component.needText('componentName');
  const properties = propertiesOf(component);
  if (name === 'force:highlightsPanel') return { type: 'highlights' };
  if (name === 'force:detailPanel') return { type: 'details' };
  if (name === 'flexipage:fieldSection') {
    const columns = components(facetNamed(properties['columns'], facets, file)).map((column) => {
      const body = facetNamed(propertiesOf(column)['body'], facets, file);
      return body
        .list('itemInstances')
        .flatMap((item) => item.list('fieldInstance'))
        .map((field) => ({
          field: field.needText('fieldItem').replace(/^Record\./, ''),
          readOnly: field.list('fieldInstanceProperties').some((property) => property.text('value') === 'readonly'),
        }));
    });
    return { type: 'details', sections: [{ label: properties['label'] ?? '', columns }] };
  }
  if (name.includes(':')) throw new UnreadablePage(`${file}: the standard component ${name} is not shown here`);
  return { type: 'component', name, properties };
}

function facetNamed(name: string | undefined, facets: ReadonlyMap<string, Element>, file: string): Element {
  const facet = name === undefined ? undefined : facets.get(name);
  if (!facet) throw new UnreadablePage(`${file}: there is no facet ${name}`);
  return facet;
}

/** Field sections that follow each other are edited and saved as one form. */
function joinSections(blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (block.type === 'details' && block.sections && last?.type === 'details' && last.sections) {
      last.sections.push(...block.sections);
    } else joined.push(block);
  }
  return joined;
}
