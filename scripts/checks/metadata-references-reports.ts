import path from 'node:path';
import { fieldAt, fullNameOf, unknown, unknownNames, unknownValues, type Catalog } from './metadata-catalog.ts';
import { problem, type MetadataFile, type PackageSource, type XmlNode } from './metadata-files.ts';

/** Summary columns that every report has. */
const ALWAYS = /^(RowCount|FORMULA\d+|BucketField_\w+)$/;
/** Where a report or a chart of a dashboard names a column. */
const COLUMN_ELEMENTS = ['field', 'column', 'dateColumn', 'sortColumn', 'groupingColumn', 'sourceColumnName'];

/** Report type → objects, joins, fields; report → columns of its type; dashboard → report and its columns. */
export function checkReportReferences(source: PackageSource, catalog: Catalog): string[] {
  const types = new Map(source.of('reportType').map((type) => [`${type.name}__c`, type]));
  const columnsOf = new Map([...types].map(([name, type]) => [name, columnsOfType(type)]));
  const reports = new Map(source.of('report').map((report) => [fullNameOf(report), report]));
  return [
    ...source.of('reportType').flatMap((type) => typeProblems(type, catalog)),
    ...source
      .of('report')
      .flatMap((report) => [
        ...folderProblems(report, catalog.names('reportFolder')),
        ...reportProblems(report, columnsOf, catalog),
      ]),
    ...source
      .of('dashboard')
      .flatMap((dashboard) => [
        ...folderProblems(dashboard, catalog.names('dashboardFolder')),
        ...dashboardProblems(dashboard, reports, columnsOf),
      ]),
    ...source.of('email').flatMap((email) => folderProblems(email, catalog.names('emailFolder'))),
  ];
}

function folderProblems({ file }: MetadataFile, folders: ReadonlySet<string>): string[] {
  const folder = path.posix.basename(path.posix.dirname(file));
  return folders.has(folder) ? [] : [unknown(file, 1, 'folder', folder)];
}

/** The object at `Training_Booking__c.Timeline_Entries__r`; undefined where a join leads nowhere. */
function objectOfTable(table: string, catalog: Catalog): string | undefined {
  const [base = '', ...joins] = table.split('.');
  return joins.reduce<string | undefined>(
    (object, join) => (object === undefined ? undefined : catalog.objects.get(object)?.children.get(join)?.object),
    catalog.objects.has(base) ? base : undefined,
  );
}

function typeProblems({ file, root }: MetadataFile, catalog: Catalog): string[] {
  const base = root.textOf('baseObject');
  const joins: string[] = [];
  const joinProblems = (join: XmlNode | undefined, table: string): string[] => {
    const relationship = join?.first('relationship');
    if (!relationship) return [];
    const next = `${table}.${relationship.text}`;
    joins.push(next);
    if (objectOfTable(next, catalog) === undefined) return [unknown(file, relationship.line, 'join', next)];
    return joinProblems(join?.first('join'), next);
  };
  return [
    ...unknownNames(file, root.all('baseObject'), new Set(catalog.objects.keys()), 'object'),
    ...joinProblems(root.first('join'), base),
    ...root.below('columns').flatMap((column) => {
      const [table, field] = [column.first('table'), column.first('field')];
      const object = objectOfTable(table?.text ?? '', catalog);
      if (object === undefined || ![base, ...joins].includes(table?.text ?? '')) {
        return [unknown(file, table?.line ?? column.line, 'table', table?.text ?? '')];
      }
      return fieldAt(catalog, object, field?.text ?? '')
        ? []
        : [unknown(file, field?.line ?? column.line, 'field', `${object}.${field?.text ?? ''}`)];
    }),
  ];
}

/** `Table$Field`, as reports write the columns of a custom report type. */
function columnsOfType({ root }: MetadataFile): Set<string> {
  return new Set(root.below('columns').map((column) => `${column.textOf('table')}$${column.textOf('field')}`));
}

function reportProblems(
  { file, root }: MetadataFile,
  columnsOf: ReadonlyMap<string, ReadonlySet<string>>,
  catalog: Catalog,
): string[] {
  const type = root.first('reportType');
  const own = columnsOf.get(type?.text ?? '');
  if (own) {
    const filters = root.below('criteriaItems').map((one) => {
      const [table = '', field = ''] = one.textOf('column').split('$');
      return { object: objectOfTable(table, catalog) ?? '', field, value: one.first('value') };
    });
    return [...columnProblems(file, root.below(...COLUMN_ELEMENTS), own), ...unknownValues(catalog, file, filters)];
  }
  const [, object = ''] = /^CustomEntity\$(\w+)$/.exec(type?.text ?? '') ?? [];
  return catalog.objects.has(object) ? [] : [unknown(file, type?.line ?? root.line, 'report type', type?.text ?? '')];
}

function columnProblems(file: string, nodes: readonly XmlNode[], columns: ReadonlySet<string>): string[] {
  return nodes
    .filter(({ text, children }) => children.length === 0 && text !== '' && !ALWAYS.test(text) && !columns.has(text))
    .map(({ line, text }) => unknown(file, line, 'column of the report type', text));
}

function dashboardProblems(
  { file, root }: MetadataFile,
  reports: ReadonlyMap<string, MetadataFile>,
  columnsOf: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  return root.below('dashboardComponent', 'components').flatMap((component) => {
    const name = component.first('report');
    if (!name) return [];
    const report = reports.get(name.text);
    if (!report) return [unknown(file, name.line, 'report', name.text)];
    const columns = columnsOf.get(report.root.textOf('reportType'));
    return [
      ...(component.first('chartSummary') && report.root.textOf('format') === 'Tabular'
        ? [problem(file, name.line, `${name.text} is a table without groups`, 'group it: format Summary')]
        : []),
      ...(columns ? columnProblems(file, component.below(...COLUMN_ELEMENTS), columns) : []),
    ];
  });
}
