import type { XmlElement } from '../../logic/metadata-xml.ts';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { childNamed, childrenNamed, requireText } from '../../logic/metadata-xml.ts';
import { test } from 'node:test';
import { findPackageFiles, readPackageFile } from './package-schema.ts';

/** Tokens, what was granted with them, and the hash of an account: nobody needs them in a list or a report. */
const SECRET = /(Access|Refresh)_Token__c|Identity_Hash__c|Granted_Scopes__c|Tenant_/;

function below(element: XmlElement, name: string): XmlElement[] {
  return [...childrenNamed(element, name), ...element.children.flatMap((child) => below(child, name))];
}

const reports = findPackageFiles('.report-meta.xml').map((file) => ({ file, root: readPackageFile(file, 'Report') }));
const [dashboard] = findPackageFiles('.dashboard-meta.xml').map((file) => readPackageFile(file, 'Dashboard'));
const components = dashboard ? below(dashboard, 'dashboardComponent') : [];

test('no report type, report, list view, layout or page shows a token or what belongs to it', () => {
  const shown = ['reportType', 'report', 'listView', 'layout', 'compactLayout', 'flexipage'].flatMap((kind) =>
    findPackageFiles(`.${kind}-meta.xml`),
  );
  assert.ok(shown.length > 40);
  for (const file of shown) assert.doesNotMatch(fs.readFileSync(file, 'utf8'), SECRET, file);
});

test('a report keeps the limits of the platform: short names and descriptions, no column that it groups by', () => {
  assert.ok(reports.length >= 10);
  for (const { file, root } of reports) {
    assert.ok(requireText(root, 'name').length <= 40, file);
    assert.ok(requireText(root, 'description').length <= 255, file);
    const grouped = below(root, 'groupingsDown').map((grouping) => requireText(grouping, 'field'));
    const columns = childrenNamed(root, 'columns').map((column) => requireText(column, 'field'));
    assert.deepEqual(
      columns.filter((column) => grouped.includes(column)),
      [],
      file,
    );
    assert.equal(new Set(columns).size, columns.length, file);
    const logic = below(root, 'booleanFilter')[0]?.text;
    const criteria = below(root, 'criteriaItems').length;
    const numbers = (logic?.match(/\d+/g) ?? []).map(Number);
    if (logic !== undefined)
      assert.deepEqual(
        numbers.toSorted(),
        Array.from({ length: criteria }, (_, at) => at + 1),
        file,
      );
  }
});

test('the dashboard runs as whoever looks at it, and its gauges turn at the targets', () => {
  assert.ok(dashboard);
  assert.equal(requireText(dashboard, 'dashboardType'), 'LoggedInUser');
  assert.equal(childNamed(dashboard, 'runningUser'), undefined);
  const gauges = components.filter((component) => requireText(component, 'componentType') === 'Gauge');
  const green = '#04844B';
  const targets = gauges.map((gauge) => {
    const isHighGood = requireText(gauge, 'indicatorHighColor') === green;
    return [
      below(gauge, 'column')[0]?.text.split('$')[1],
      isHighGood ? 'at least' : 'below',
      Number(requireText(gauge, isHighGood ? 'indicatorBreakpoint2' : 'indicatorBreakpoint1')),
    ];
  });
  assert.deepEqual(targets, [
    ['Connection_Rate__c', 'at least', 90],
    ['Meeting_Success_Rate__c', 'at least', 95],
    ['Refresh_Success_Rate__c', 'at least', 99],
    ['Error_Rate__c', 'below', 5],
  ]);
  for (const gauge of gauges) assert.match(requireText(gauge, 'footer'), /Target: (90 %|95 %|100 %|below 5 %)\./);
});

test('what the dashboard draws, its reports have; its tiles fill the grid without covering each other', () => {
  const byName = new Map(reports.map(({ file, root }) => [path.basename(file, '.report-meta.xml'), root]));
  for (const component of components) {
    const name = requireText(component, 'report').replace('Trainer_Connect/', '');
    const report = byName.get(name) ?? assert.fail(`no report ${name}`);
    const groupings = below(report, 'groupingsDown').map((grouping) => requireText(grouping, 'field'));
    const wanted = childrenNamed(component, 'groupingColumn').map(({ text }) => text);
    assert.deepEqual(groupings.slice(0, wanted.length), wanted, name);
    const averaged = childrenNamed(report, 'columns')
      .filter((column) => childNamed(column, 'aggregateTypes')?.text === 'Average')
      .map((column) => requireText(column, 'field'));
    for (const summary of childrenNamed(component, 'chartSummary')) {
      const column = requireText(summary, 'column');
      if (column !== 'RowCount') assert.ok(averaged.includes(column), `${name} does not average ${column}`);
    }
  }
  const cells = new Set<string>();
  for (const tile of dashboard ? below(dashboard, 'dashboardGridComponents') : []) {
    const [column, row, width, height] = ['columnIndex', 'rowIndex', 'colSpan', 'rowSpan'].map((name) =>
      Number(requireText(tile, name)),
    ) as [number, number, number, number];
    assert.ok(column + width <= 12);
    for (let x = column; x < column + width; x++) {
      for (let y = row; y < row + height; y++) {
        assert.ok(!cells.has(`${x}:${y}`), `two tiles are at ${x}:${y}`);
        cells.add(`${x}:${y}`);
      }
    }
  }
});

test('reports and dashboards are shared with the admins’ group only', () => {
  const folders = [
    ...findPackageFiles('.reportFolder-meta.xml').map((file) => readPackageFile(file, 'ReportFolder')),
    ...findPackageFiles('.dashboardFolder-meta.xml').map((file) => readPackageFile(file, 'DashboardFolder')),
  ];
  assert.equal(folders.length, 2);
  for (const folder of folders) {
    assert.equal(requireText(folder, 'accessType'), 'Shared');
    const shares = childrenNamed(folder, 'folderShares').map((share) => [
      requireText(share, 'sharedTo'),
      requireText(share, 'accessLevel'),
    ]);
    assert.deepEqual(shares, [['Trainer_Connect_Admins', 'View']]);
  }
});

test('every e-mail template has the link and only placeholders that the middleware fills', () => {
  const templates = findPackageFiles('.email-meta.xml');
  assert.deepEqual(templates.map((file) => path.basename(file, '.email-meta.xml')).toSorted(), [
    'Trainer_Connect_Disconnected',
    'Trainer_Connect_Forecast',
    'Trainer_Connect_Reminder',
  ]);
  const known = ['trainerName', 'provider', 'link', 'endsOn', 'reason'];
  for (const file of templates) {
    const subject = requireText(readPackageFile(file, 'EmailTemplate'), 'subject');
    const body = fs.readFileSync(file.replace(/-meta\.xml$/, ''), 'utf8');
    const used = [...`${subject}\n${body}`.matchAll(/\{\{(.*?)\}\}/g)].map(([, name = '']) => name);
    assert.ok(used.includes('link') && body.includes('{{trainerName}}'), file);
    assert.deepEqual(
      used.filter((name) => !known.includes(name)),
      [],
      file,
    );
    assert.doesNotMatch(subject, /\n| {2}/, 'the formatter has not broken the subject');
    assert.doesNotMatch(body, /\{!|\{\{\{/, 'no merge fields of Salesforce');
  }
});
