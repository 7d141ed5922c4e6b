import path from 'node:path';
import { filesIn } from './files.ts';
import type { Section } from './read-pages.ts';
import { readXmlFile } from './xml.ts';

/** Field sections of the page layouts, by object (the part of the file's name before the first hyphen). */
export function readLayouts(root: string): Map<string, Section[]> {
  return new Map(
    filesIn(path.join(root, 'layouts'), '.layout-meta.xml').map(({ name, file }) => [
      name.slice(0, name.indexOf('-')),
      readXmlFile(file, 'Layout')
        .list('layoutSections')
        .map((section) => ({
          label: section.text('label') ?? '',
          columns: section.list('layoutColumns').map((column) =>
            column.list('layoutItems').flatMap((item) => {
              const field = item.text('field');
              return field === undefined ? [] : [{ field, readOnly: item.text('behavior') === 'Readonly' }];
            }),
          ),
        }))
        .filter((section) => section.columns.some((column) => column.length > 0)),
    ]),
  );
}

/** Fields of the highlights panel, by object: those of its assigned compact layout without the name. */
export function readHighlights(root: string, objects: readonly string[]): Map<string, string[]> {
  return new Map(
    objects.map((object) => {
      const folder = path.join(root, 'objects', object);
      const [definition] = filesIn(folder, '.object-meta.xml');
      const assigned = definition && readXmlFile(definition.file, 'CustomObject').text('compactLayoutAssignment');
      const layout = filesIn(path.join(folder, 'compactLayouts'), '.compactLayout-meta.xml').find(
        ({ name }) => name === assigned,
      );
      const fields = layout ? readXmlFile(layout.file, 'CompactLayout').texts('fields') : [];
      return [object, fields.filter((field) => field !== 'Name')];
    }),
  );
}
