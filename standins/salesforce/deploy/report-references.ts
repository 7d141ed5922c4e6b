import type { Component } from '../metadata/component.ts';
import { findObject } from '../schema/types.ts';
import { isFolder } from './needed-elements.ts';
import type { KnownNames } from './known-names.ts';
import type { ReferenceCheck } from './page-references.ts';

/** `Trainer__c.Bookings__r$Status__c` in custom report types and `Trainer__c.Status__c` in the platform's own. */
const COLUMN = />\s*(\w+?__c(?:\.\w+__r)*)[$.](\w+(?:[.$]\w+)*)\s*</g;

const reportType: ReferenceCheck = (_component, xml, known) => {
  const base = xml.needText('baseObject');
  const columns = xml.list('sections').flatMap((section) => section.list('columns'));
  return [
    ...known.object(base),
    ...columns.flatMap((column) => {
      const table = objectOfTable(known, column.needText('table'));
      return table === undefined
        ? [`no table ${column.needText('table')} found`]
        : known.field(table, column.needText('field'));
    }),
    ...xml.list('join').flatMap((join) => {
      const relationship = join.needText('relationship');
      return childOf(known, base, relationship) === undefined
        ? [`no relationship ${relationship} of ${base} found`]
        : [];
    }),
  ];
};

/** `Onboarding_Trainer__c.Connections__r`: the base object and the relationships that lead to the table. */
function objectOfTable(known: KnownNames, table: string): string | undefined {
  const [base = '', ...steps] = table.split('.');
  return steps.reduce<string | undefined>(
    (object, step) => (object === undefined ? undefined : childOf(known, object, step)),
    base,
  );
}

function childOf({ schema }: KnownNames, parent: string, relationship: string): string | undefined {
  const name = findObject(schema, parent)?.name;
  for (const object of schema.objects.values()) {
    for (const { reference } of object.fields) {
      if (reference && reference.to === name && reference.childRelationshipName === relationship) return object.name;
    }
  }
  return undefined;
}

const report: ReferenceCheck = (component, xml, known) => {
  if (isFolder(component)) return [];
  const type = xml.needText('reportType');
  const custom = type.startsWith('CustomEntity$')
    ? known.object(type.slice('CustomEntity$'.length))
    : type.endsWith('__c')
      ? known.component('ReportType', type.replace(/__c$/, ''), 'reportType')
      : [];
  const columns = [...component.xml.matchAll(COLUMN)].flatMap(([, table = '', field = '']) => {
    const object = objectOfTable(known, table);
    return object === undefined ? [`no table ${table} found`] : known.field(object, field.replaceAll('$', '.'));
  });
  return [...folderOf(component, known), ...custom, ...new Set(columns)];
};

const dashboard: ReferenceCheck = (component, _xml, known) => {
  if (isFolder(component)) return [];
  const reports = [...component.xml.matchAll(/<report>\s*([^<]+?)\s*<\/report>/g)].map(([, name]) => name ?? '');
  return [...folderOf(component, known), ...reports.flatMap((name) => known.component('Report', name, 'report'))];
};

const emailTemplate: ReferenceCheck = (component, _xml, known) =>
  isFolder(component) ? [] : folderOf(component, known);

function folderOf({ type, name }: Component, known: KnownNames): string[] {
  const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
  return folder === '' || folder.includes('$') ? [] : known.component(type, folder, 'folder');
}

export const REPORT_REFERENCES: Readonly<Record<string, ReferenceCheck>> = {
  ReportType: reportType,
  Report: report,
  Dashboard: dashboard,
  EmailTemplate: emailTemplate,
};
