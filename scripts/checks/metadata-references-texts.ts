import { fieldAt, unknown, unknownNames, type Catalog, type SourceText } from './metadata-catalog.ts';
import { problem, type PackageSource } from './metadata-files.ts';

/** What scripts, templates and classes name: labels, schema, custom permissions, components; and credentials. */
export function checkTextReferences(source: PackageSource, catalog: Catalog): string[] {
  const classes = [...catalog.classes.values()];
  const credentials = catalog.names('namedCredential');
  const externals = catalog.names('externalCredential');
  return [
    ...catalog.componentTexts.flatMap((text) => componentProblems(text, catalog)),
    ...classes.flatMap((text) => [
      ...namesIn(text, /\bLabel\.(\w+)\b(?!\s*\()/g, (name) => catalog.labels.has(name), 'label'),
      ...namesIn(text, /callout:(\w+)/g, (name) => credentials.has(name), 'named credential'),
    ]),
    ...translationProblems(source, catalog),
    ...leftOverLabels(source, catalog),
    ...source
      .of('namedCredential')
      .flatMap(({ file, root }) => [
        ...unknownNames(file, root.below('externalCredential'), externals, 'external credential'),
      ]),
    ...source
      .of('externalCredential')
      .flatMap(({ file, root }) =>
        root
          .below('parameterValue')
          .flatMap(({ line, text }) =>
            [...text.matchAll(/\$Credential\.(\w+)\./g)]
              .filter(([, name = '']) => !externals.has(name))
              .map(([, name = '']) => unknown(file, line, 'external credential', name)),
          ),
      ),
  ];
}

function componentProblems(text: SourceText, catalog: Catalog): string[] {
  const permissions = catalog.names('customPermission');
  const components = new Set([...catalog.components.keys()].map((name) => name.toLowerCase()));
  return [
    ...namesIn(text, /@salesforce\/label\/c\.(\w+)/g, (name) => catalog.labels.has(name), 'label'),
    ...namesIn(text, /@salesforce\/apex\/([\w.]+)/g, (name) => isCallable(name, catalog), 'Apex method'),
    ...namesIn(text, /@salesforce\/customPermission\/(\w+)/g, (name) => permissions.has(name), 'custom permission'),
    ...namesIn(
      text,
      /@salesforce\/schema\/([\w.]+)/g,
      (name) => {
        const [object = '', ...field] = name.split('.');
        return field.length === 0
          ? catalog.objects.has(object)
          : fieldAt(catalog, object, field.join('.')) !== undefined;
      },
      'schema import',
    ),
    ...namesIn(text, /from 'c\/(\w+)'/g, (name) => catalog.components.has(name), 'component'),
    ...namesIn(text, /<c-([a-z0-9-]+)/g, (name) => components.has(name.replaceAll('-', '')), 'component'),
  ];
}

function isCallable(name: string, catalog: Catalog): boolean {
  const [apexClass = '', method = ''] = name.split('.');
  const text = catalog.classes.get(apexClass)?.text ?? '';
  return new RegExp(
    `@AuraEnabled\\b(?:\\([^)]*\\))?\\s+(?:public|global)\\s+static\\s+[^;{(]*\\b${method}\\s*\\(`,
  ).test(text);
}

function namesIn(
  { file, text }: SourceText,
  pattern: RegExp,
  isKnown: (name: string) => boolean,
  kind: string,
): string[] {
  return [...text.matchAll(pattern)]
    .filter(([, name = '']) => !isKnown(name))
    .map((match) => unknown(file, text.slice(0, match.index).split('\n').length, kind, match[1] ?? ''));
}

function translationProblems(source: PackageSource, catalog: Catalog): string[] {
  return source.of('translation').flatMap(({ file, root }) => {
    const names = root.all('customLabels').flatMap((one) => one.all('name'));
    const translated = new Set(names.map(({ text }) => text));
    return [
      ...unknownNames(file, names, catalog.labels, 'label'),
      ...[...catalog.labels]
        .filter((name) => !translated.has(name))
        .map((name) => problem(file, root.line, `the label ${name} has no translation`, 'add one')),
    ];
  });
}

function leftOverLabels(source: PackageSource, catalog: Catalog): string[] {
  const texts = [...catalog.componentTexts, ...catalog.classes.values()].map(({ text }) => text);
  const used = new Set(
    texts.flatMap((text) => [...text.matchAll(/(?:label\/c|\bLabel)\.(\w+)/g)].map(([, name = '']) => name)),
  );
  return source.of('labels').flatMap(({ file, root }) =>
    root
      .all('labels')
      .flatMap((label) => label.all('fullName'))
      .filter(({ text }) => !used.has(text))
      .map(({ line, text }) => problem(file, line, `nothing uses the label ${text}`, 'remove it and its translations')),
  );
}
