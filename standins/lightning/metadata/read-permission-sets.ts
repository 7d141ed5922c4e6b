import path from 'node:path';
import { filesIn } from './files.ts';
import { readXmlFile, type Element } from './xml.ts';

/** What a permission set opens of the pages. */
export interface PageRights {
  label: string;
  apps: string[];
  tabs: string[];
  customPermissions: string[];
}

export function readPageRights(root: string): Map<string, PageRights> {
  return new Map(
    filesIn(path.join(root, 'permissionsets'), '.permissionset-meta.xml').map(({ name, file }) => {
      const xml = readXmlFile(file, 'PermissionSet');
      return [
        name,
        {
          label: xml.needText('label'),
          apps: named(xml.list('applicationVisibilities'), 'application', ['visible', 'true']),
          tabs: named(xml.list('tabSettings'), 'tab', ['visibility', 'Visible']),
          customPermissions: named(xml.list('customPermissions'), 'name', ['enabled', 'true']),
        },
      ];
    }),
  );
}

function named(entries: readonly Element[], name: string, [switchName, on]: readonly [string, string]): string[] {
  return entries.filter((entry) => entry.text(switchName) === on).map((entry) => entry.needText(name));
}
