import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { filesIn } from './files.ts';
import { readXmlFile, UnreadablePage } from './xml.ts';

export interface ListView {
  name: string;
  label: string;
  /** Field API names. */
  columns: string[];
  filters: { field: string; operation: string; value: string }[];
}

/** What list view metadata calls the standard columns. */
const STANDARD: Record<string, string> = {
  NAME: 'Name',
  CREATED_DATE: 'CreatedDate',
  LAST_UPDATE: 'LastModifiedDate',
};

/** The list views of every object, `All` first, the others as their files are named. */
export function readListViews(root: string): Map<string, ListView[]> {
  const objects = path.join(root, 'objects');
  if (!existsSync(objects)) return new Map();
  return new Map(
    readdirSync(objects).map((object) => {
      const views = filesIn(path.join(objects, object, 'listViews'), '.listView-meta.xml').map(readListView);
      return [object, views.sort((a, b) => Number(b.name === 'All') - Number(a.name === 'All'))];
    }),
  );
}

function readListView({ name, file }: { name: string; file: string }): ListView {
  const xml = readXmlFile(file, 'ListView');
  if (xml.needText('fullName') !== name) throw new UnreadablePage(`${file}: <fullName> must be ${name}`);
  if (xml.needText('filterScope') !== 'Everything') {
    throw new UnreadablePage(`${file}: only the scope Everything is understood`);
  }
  if (xml.text('booleanFilter') !== undefined) throw new UnreadablePage(`${file}: <booleanFilter> is not understood`);
  return {
    name,
    label: xml.needText('label'),
    columns: xml.texts('columns').map((column) => STANDARD[column] ?? column),
    filters: xml.list('filters').map((filter) => ({
      field: filter.needText('field'),
      operation: filter.needText('operation'),
      value: filter.text('value') ?? '',
    })),
  };
}
