import { fieldAt, unknown, unknownNames, type Catalog } from './metadata-catalog.ts';
import { problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';
import { STANDARD_RELATED_LISTS } from './metadata-standard.ts';

/** Where a component may be placed, by the kind of page. */
const TARGET_OF_PAGE: Readonly<Record<string, string>> = {
  AppPage: 'lightning__AppPage',
  HomePage: 'lightning__HomePage',
  RecordPage: 'lightning__RecordPage',
};

/** Tab → page, app → tab and page, page → component, object and field. */
export function checkPageReferences(source: PackageSource, catalog: Catalog): string[] {
  const pages = catalog.names('flexipage');
  return [
    ...source.of('tab').flatMap((tab) => tabProblems(tab, catalog)),
    ...source.of('app').flatMap(({ file, root }) => [
      ...unknownNames(
        file,
        root.all('tabs').filter(({ text }) => !text.startsWith('standard-')),
        catalog.names('tab'),
        'tab',
      ),
      ...unknownNames(file, root.all('utilityBar'), pages, 'page'),
      ...overrideProblems(file, root, catalog),
    ]),
    ...source.of('object').flatMap(({ file, root }) => overrideProblems(file, root, catalog)),
    ...source.of('flexipage').flatMap((page) => pageProblems(page, catalog)),
    ...source.of('js').flatMap(({ file, root }) =>
      unknownNames(
        file,
        root.below('object').filter(({ children }) => children.length === 0),
        new Set(catalog.objects.keys()),
        'object',
      ),
    ),
  ];
}

function tabProblems({ file, name, root }: MetadataFile, catalog: Catalog): string[] {
  const shows = ['customObject', 'flexiPage', 'lwcComponent', 'url'].filter((element) => root.first(element));
  const motif = root.first('motif');
  return [
    ...(shows.length === 1
      ? []
      : [problem(file, root.line, 'a tab shows one thing', 'write one of customObject, flexiPage, lwcComponent')]),
    ...unknownNames(file, root.all('flexiPage'), catalog.names('flexipage'), 'page'),
    ...unknownNames(file, root.all('lwcComponent'), new Set(catalog.components.keys()), 'component'),
    ...(root.is('customObject') && !catalog.objects.has(name) ? [unknown(file, root.line, 'object', name)] : []),
    ...(motif && !/^Custom\d{1,3}: \S/.test(motif.text)
      ? [problem(file, motif.line, `the motif ${motif.text}`, 'write one like Custom63: Chip')]
      : []),
  ];
}

function overrideProblems(file: string, root: XmlNode, catalog: Catalog): string[] {
  return [...root.all('actionOverrides'), ...root.all('profileActionOverrides')].flatMap((one) => [
    ...(one.textOf('type').toLowerCase() === 'flexipage'
      ? unknownNames(file, one.all('content'), catalog.names('flexipage'), 'page')
      : []),
    ...unknownNames(
      file,
      one.all('pageOrSobjectType'),
      new Set([...catalog.objects.keys(), 'standard-home']),
      'object',
    ),
  ]);
}

function pageProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  const type = root.first('sobjectType');
  const object = type?.text ?? '';
  const regions = root.all('flexiPageRegions');
  const facets = new Set(regions.map((region) => region.textOf('name')));
  const target = TARGET_OF_PAGE[root.textOf('type')] ?? '';
  const instances = root.below('componentInstance');
  const properties = instances.flatMap((one) => one.all('componentInstanceProperties'));
  return [
    ...(type ? unknownNames(file, [type], new Set(catalog.objects.keys()), 'object') : []),
    ...root.below('fieldItem').flatMap((item) => {
      const field = item.text.replace(/^Record\./, '');
      return fieldAt(catalog, object, field) ? [] : [unknown(file, item.line, 'field', `${object}.${field}`)];
    }),
    ...root.below('leftValue').flatMap((value) => {
      const field = /^\{!Record\.([\w.]+)\}$/.exec(value.text)?.[1];
      if (field === undefined || fieldAt(catalog, object, field)) return [];
      return [unknown(file, value.line, 'field', `${object}.${field}`)];
    }),
    ...instances.flatMap((one) => componentProblems(file, one, target, catalog)),
    ...properties
      .map((one) => one.first('value'))
      .filter((value) => value !== undefined)
      .filter(({ text }) => /^Facet-/.test(text) && !facets.has(text))
      .map(({ line, text }) => unknown(file, line, 'region', text)),
    ...relatedListProblems(file, object, properties, catalog),
    ...repeatedIdentifiers(file, root),
  ];
}

function componentProblems(file: string, instance: XmlNode, target: string, catalog: Catalog): string[] {
  const node = instance.first('componentName');
  const name = node?.text.replace(/^c:/, '') ?? '';
  // flexipage:, force:, … are the platform's.
  if (!node || name.includes(':')) return [];
  const component = catalog.components.get(name);
  if (!component) return [unknown(file, node.line, 'component', name)];
  if (!component.root.is('isExposed')) {
    return [problem(file, node.line, `the component ${name} is not exposed`, `set isExposed in ${name}.js-meta.xml`)];
  }
  const targets = component.root.below('target').map(({ text }) => text);
  if (target === '' || targets.includes(target)) return [];
  return [
    problem(file, node.line, `the component ${name} is not for this kind of page`, `add ${target} to its targets`),
  ];
}

function relatedListProblems(file: string, object: string, properties: readonly XmlNode[], catalog: Catalog): string[] {
  return properties
    .filter((one) => one.textOf('name') === 'relatedListApiName')
    .map((one) => one.first('value'))
    .filter((value) => value !== undefined)
    .filter(({ text }) => !catalog.objects.get(object)?.children.has(text) && !STANDARD_RELATED_LISTS.includes(text))
    .map(({ line, text }) => unknown(file, line, `related list of ${object}`, text));
}

function repeatedIdentifiers(file: string, root: XmlNode): string[] {
  const seen = new Set<string>();
  return root.below('identifier').flatMap(({ line, text }) => {
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    return [problem(file, line, `the identifier ${text} stands twice`, 'give each instance its own')];
  });
}
