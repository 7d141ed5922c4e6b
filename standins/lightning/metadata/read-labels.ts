import path from 'node:path';
import { filesIn } from './files.ts';
import { readXmlFile } from './xml.ts';

/** Custom labels by name: the language they were written in, and translations by language key (`fr`, `zh_CN`). */
export interface Labels {
  source: ReadonlyMap<string, string>;
  translations: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export function readLabels(root: string): Labels {
  const source = new Map(
    filesIn(path.join(root, 'labels'), '.labels-meta.xml').flatMap(({ file }) =>
      readXmlFile(file, 'CustomLabels')
        .list('labels')
        .map((label) => [label.needText('fullName'), label.needText('value')] as const),
    ),
  );
  const translations = new Map(
    filesIn(path.join(root, 'translations'), '.translation-meta.xml').map(({ name, file }) => [
      name,
      new Map(
        readXmlFile(file, 'Translations')
          .list('customLabels')
          .map((label) => [label.needText('name'), label.text('label') ?? ''] as const)
          .filter(([, text]) => text !== ''),
      ),
    ]),
  );
  return { source, translations };
}

/** Every label in a language; what is not translated shows as it was written, as on the platform. */
export function labelsIn(labels: Labels, language: string): Record<string, string> {
  return { ...Object.fromEntries(labels.source), ...Object.fromEntries(labels.translations.get(language) ?? []) };
}
