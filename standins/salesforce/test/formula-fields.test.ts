import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadSchema } from '../schema/load-schema.ts';
import { call, connectAs, queryPath, refusal, startTestOrg, USERS, type TestOrg } from './support.ts';

const METRIC = 'Trainer_Connect_Metric__c';

describe('formula fields', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg();
    const rows = [
      { Key__c: 'full', Day__c: '2026-11-20', Provider__c: 'lark', Trainers__c: 3, Connected__c: 2, Errors__c: 1 },
      { Key__c: 'none', Day__c: '2026-11-21', Provider__c: 'lark', Trainers__c: 0, Connected__c: 0, Errors__c: 0 },
      { Key__c: 'blank', Day__c: '2026-11-22', Provider__c: 'google' },
      { Key__c: 'best', Day__c: '2026-11-23', Provider__c: 'google', Trainers__c: 4, Connected__c: 4 },
    ].map((row) => ({ Exchanges_OK__c: 7, Exchanges_Failed__c: 1, Bookings__c: 2, ...row }));
    const saved = await connectAs(org, USERS.integration).sobject(METRIC).create(rows);
    assert.ok(saved.every(({ success }) => success));
  });
  after(() => org.close());

  const query = async (soql: string, username = USERS.integration) =>
    (await connectAs(org, username).query<Record<string, unknown>>(soql)).records;

  it('are calculated in results, as people read percentages, and blank where nothing can be divided', async () => {
    const rows = await query(`SELECT Key__c, Connection_Rate__c, Error_Rate__c FROM ${METRIC} ORDER BY Day__c`);
    assert.deepEqual(
      rows.map((row) => [row['Key__c'], row['Connection_Rate__c'], row['Error_Rate__c']]),
      [
        ['full', 66.67, 10],
        ['none', null, 0],
        ['blank', null, null],
        ['best', 100, null],
      ],
    );
  });

  it('filter, sort and are averaged like stored fields', async () => {
    const found = await query(
      `SELECT Key__c FROM ${METRIC} WHERE Connection_Rate__c >= 66.67 ORDER BY Connection_Rate__c DESC`,
    );
    assert.deepEqual(
      found.map((row) => row['Key__c']),
      ['best', 'full'],
    );
    const [average] = await query(`SELECT AVG(Connection_Rate__c) rate FROM ${METRIC}`);
    assert.equal(Math.round(Number(average?.['rate']) * 100), 8334);
    const group = queryPath(`SELECT COUNT(Id) FROM ${METRIC} GROUP BY Connection_Rate__c`);
    assert.match(await refusal(org, USERS.integration, 'GET', group), /^400 INVALID_FIELD$/);
  });

  it('are in a row that is read alone, follow its changes and are described as calculated', async () => {
    const [row] = await query(`SELECT Id FROM ${METRIC} WHERE Key__c = 'full'`);
    const place = `/sobjects/${METRIC}/${String(row?.['Id'])}`;
    assert.equal((await call(org, USERS.integration, 'PATCH', place, { Connected__c: 3 })).status, 204);
    const { body } = await call(org, USERS.integration, 'GET', place);
    assert.equal((body as Record<string, unknown>)['Connection_Rate__c'], 100);
    assert.equal((await call(org, USERS.integration, 'PATCH', place, { Connected__c: 2 })).status, 204);
    const described = await connectAs(org, USERS.integration).sobject(METRIC).describe();
    const field = described.fields.find(({ name }) => name === 'Connection_Rate__c');
    assert.deepEqual(
      [field?.type, field?.calculated, field?.createable, field?.updateable, field?.precision, field?.scale],
      ['percent', true, false, false, 18, 2],
    );
  });

  it('are written by nobody, and read by those who were given them', async () => {
    const body = { Key__c: 'forged', Connection_Rate__c: 100 };
    assert.equal(
      await refusal(org, USERS.integration, 'POST', `/sobjects/${METRIC}`, body),
      '400 INVALID_FIELD_FOR_INSERT_UPDATE',
    );
    assert.equal((await query(`SELECT Connection_Rate__c FROM ${METRIC}`, USERS.admin)).length, 4);
    for (const username of [USERS.staff, USERS.wei]) {
      const path = queryPath(`SELECT Connection_Rate__c FROM ${METRIC}`);
      assert.equal(await refusal(org, username, 'GET', path), '400 INVALID_TYPE', username);
    }
  });
});

describe('formula fields that the local org refuses to load', () => {
  const FORCE_APP = path.resolve(import.meta.dirname, '../../../force-app');
  const FIELD = `objects/${METRIC}/fields/Connection_Rate__c.field-meta.xml`;
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'local-org-formula-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const refused: [string, (xml: string) => string, RegExp][] = [
    ['a field that does not exist', (xml) => xml.replaceAll('Trainers__c', 'Coaches__c'), /has no Coaches__c/],
    ['a field of a parent', (xml) => xml.replace('Connected__c /', 'Owner.Name /'), /Owner\.Name/],
    ['another formula', (xml) => xml.replace('Connected__c /', 'Error_Rate__c /'), /Error_Rate__c is a formula field/],
    ['the present instant', (xml) => xml.replace('Connected__c /', 'NOW() /'), /unknown function NOW/],
    ['the user', (xml) => xml.replace('Connected__c /', '$User.Id /'), /\$User\.Id/],
    ['blanks as zeros', (xml) => xml.replace('>BlankAsBlank<', '>BlankAsZero<'), /BlankAsBlank/],
    ['a result of another type', (xml) => xml.replace('>Percent<', '>DateTime<'), /formula fields of type DateTime/],
    ['a required formula', (xml) => xml.replace('<required>false', '<required>true'), /neither required nor unique/],
  ];
  for (const [index, [what, change, reason]] of refused.entries()) {
    it(what, () => {
      const place = path.join(folder, String(index));
      cpSync(FORCE_APP, place, { recursive: true });
      const file = path.join(place, 'main/default', FIELD);
      const xml = readFileSync(file, 'utf8');
      const changed = change(xml);
      assert.notEqual(changed, xml, 'the edit must change the file');
      writeFileSync(file, changed);
      assert.throws(() => loadSchema([path.join(place, 'main'), path.join(place, 'fresh-org')]), reason);
    });
  }

  it('a rule that looks at a formula field', () => {
    const place = path.join(folder, 'rule');
    cpSync(FORCE_APP, place, { recursive: true });
    const rule = path.join(place, 'main/default/objects', METRIC, 'validationRules');
    cpSync(path.join(place, 'main/default/objects/Training_Booking__c/validationRules'), rule, { recursive: true });
    const file = path.join(rule, 'End_After_Start.validationRule-meta.xml');
    const xml = readFileSync(file, 'utf8').replace(
      /<errorConditionFormula>[\s\S]*<\/errorConditionFormula>/,
      '<errorConditionFormula>Error_Rate__c = 1</errorConditionFormula>',
    );
    writeFileSync(file, xml.replace(/<errorDisplayField>.*<\/errorDisplayField>/, ''));
    for (const other of ['Synced_Revision_Never_Falls', 'Revision_Never_Falls']) {
      rmSync(path.join(rule, `${other}.validationRule-meta.xml`));
    }
    assert.throws(
      () => loadSchema([path.join(place, 'main'), path.join(place, 'fresh-org')]),
      /Error_Rate__c is a formula field/,
    );
  });
});
