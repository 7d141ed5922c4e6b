import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call, connectAs, queryPath, refusal, USERS, VERSION, type TestOrg } from './support.ts';
import { relationshipsTo, tokenPaths, tryPath, type TokenPath } from './token-paths.ts';
import {
  FORCE_APP,
  packageWithLeak,
  SAMPLE_USERS,
  SEALED,
  startTokenOrg,
  TOKEN_FIELDS,
  type TokenField,
} from './token-world.ts';

const OTHERS = SAMPLE_USERS.filter(({ username }) => username !== USERS.integration);
const TRAINERS = SAMPLE_USERS.filter(({ trainer }) => trainer !== undefined);

/** What each path answered a user; the record is one that they see, where they see any. */
async function outcomes(
  org: TestOrg,
  username: string,
  token: TokenField,
): Promise<{ one: TokenPath; outcome: string; isOpen: boolean }[]> {
  const { sobjects } = await connectAs(org, username).describeGlobal();
  const readable = new Set(sobjects.map(({ name }) => name));
  const first = async (as: string) =>
    (await connectAs(org, as).query<{ Id: string }>(`SELECT Id FROM ${token.object} ORDER BY Id LIMIT 1`)).records[0];
  const record = readable.has(token.object) ? await first(username) : await first(USERS.integration);
  const paths = await tokenPaths(org, token, record?.Id ?? '');
  const results: { one: TokenPath; outcome: string; isOpen: boolean }[] = [];
  for (const one of paths) {
    const isOpen = one.through.every((object) => readable.has(object));
    results.push({ one, outcome: await tryPath(org, username, token.field, one), isOpen });
  }
  return results;
}

/** The paths that did not do what the platform does for somebody without the field. */
async function leaks(org: TestOrg, username: string, token: TokenField): Promise<string[]> {
  return (await outcomes(org, username, token))
    .filter(({ one, outcome, isOpen }) => {
      if (isOpen) return outcome !== (one.kind === 'silent' ? 'told nothing' : 'refused');
      return outcome !== 'absent' && outcome !== 'refused' && outcome !== 'told nothing';
    })
    .map(({ one, outcome }) => `${one.name}: ${outcome}`);
}

/** An upload with the field as a column: the job fails and saves nothing. */
async function uploadOutcome(org: TestOrg, username: string, { object, field }: TokenField): Promise<string> {
  const created = await call(org, username, 'POST', '/jobs/ingest', { object, operation: 'update' });
  if (created.status !== 200) return (created.body as { errorCode: string }[])[0]?.errorCode ?? '';
  const { id } = created.body as { id: string };
  const record = await connectAs(org, USERS.integration).query<{ Id: string }>(`SELECT Id FROM ${object} LIMIT 1`);
  await fetch(`${org.url}/services/data/v${VERSION}/jobs/ingest/${id}/batches`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${org.sessionFor(username)}`, 'content-type': 'text/csv' },
    body: `Id,${field}\n${record.records[0]?.Id},${SEALED}\n`,
  });
  await call(org, username, 'PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
  for (;;) {
    const job = (await call(org, username, 'GET', `/jobs/ingest/${id}`)).body as {
      state: string;
      errorMessage?: string;
    };
    if (job.state === 'JobComplete' || job.state === 'Failed') return job.errorMessage ?? job.state;
  }
}

describe('token fields with the shipped permissions', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTokenOrg();
  });
  after(() => org.close());

  for (const { username } of OTHERS) {
    for (const token of TOKEN_FIELDS) {
      it(`${username} finds no ${token.object}.${token.field}, by any path`, async () => {
        assert.deepEqual(await leaks(org, username, token), []);
        const uploaded = await uploadOutcome(org, username, token);
        assert.ok([`InvalidBatch : Field name not found : ${token.field}`, 'INVALIDJOB'].includes(uploaded), uploaded);
      });
    }
  }

  for (const token of TOKEN_FIELDS) {
    it(`the same paths give ${token.object}.${token.field} to the integration user`, async () => {
      for (const { one, outcome } of await outcomes(org, USERS.integration, token)) {
        if (one.kind === 'read') assert.equal(outcome, 'told the value', one.name);
        if (one.name.startsWith('FIELDS(ALL)') || one.name === 'FIELDS(CUSTOM)' || one.name === 'row') {
          assert.equal(outcome, 'told the value', one.name);
        }
        if (one.name === 'describe') assert.equal(outcome, 'told of the field');
      }
      assert.equal(await uploadOutcome(org, USERS.integration, token), 'JobComplete');
    });
  }

  it('an upsert that is allowed tells nothing of what it left alone', async () => {
    const trainer = (
      await connectAs(org, USERS.admin).query<{ Id: string }>('SELECT Id FROM Onboarding_Trainer__c LIMIT 1')
    ).records[0];
    const saved = await call(org, USERS.admin, 'PATCH', '/composite/sobjects', {
      records: [{ attributes: { type: 'Onboarding_Trainer__c' }, id: trainer?.Id, Time_Zone__c: 'Europe/London' }],
    });
    assert.deepEqual(saved.body, [{ id: trainer?.Id, success: true, errors: [] }]);
  });

  it('no metadata beside the fields themselves and the integration set name a token field', () => {
    const naming = readdirSync(FORCE_APP, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => /\b(?:Lark_)?(?:Access|Refresh)_Token__c\b/.test(readFileSync(file, 'utf8')))
      .map((file) => path.basename(file));
    assert.deepEqual(naming.toSorted(), [
      'Access_Token__c.field-meta.xml',
      'Lark_Access_Token__c.field-meta.xml',
      'Lark_Refresh_Token__c.field-meta.xml',
      'Refresh_Token__c.field-meta.xml',
      'Trainer_Connect_Integration.permissionset-meta.xml',
    ]);
  });

  for (const { username } of TRAINERS) {
    it(`${username} sees the own record alone, by any path`, async () => {
      const all = await connectAs(org, USERS.integration).query<{ Id: string; User__r: { Username: string } | null }>(
        'SELECT Id, User__r.Username FROM Onboarding_Trainer__c',
      );
      const own = all.records.find(({ User__r }) => User__r?.Username === username)?.Id ?? '';
      const foreign = all.records.filter(({ Id }) => Id !== own).map(({ Id }) => Id);
      const connection = connectAs(org, username);
      const ids = async (soql: string) => (await connection.query<{ Id: string }>(soql)).records.map(({ Id }) => Id);
      assert.deepEqual(await ids('SELECT Id FROM Onboarding_Trainer__c'), [own]);
      assert.deepEqual(await ids(`SELECT Id FROM Onboarding_Trainer__c WHERE Id != '${own}'`), []);
      assert.equal((await connection.query('SELECT COUNT() FROM Onboarding_Trainer__c')).totalSize, 1);
      const queryAll = queryPath('SELECT Id FROM Onboarding_Trainer__c').replace('/query', '/queryAll');
      const deleted = (await call(org, username, 'GET', queryAll)).body as { records: { Id: string }[] };
      assert.deepEqual(
        deleted.records.map(({ Id }) => Id),
        [own],
      );
      const grouped = await connection.query<{ n: number }>('SELECT COUNT(Id) n FROM Trainer_Connection__c');
      assert.equal(grouped.records[0]?.n, 1);
      const parents = await connection.query<{ Trainer__r: { attributes: { url: string } } | null }>(
        'SELECT Trainer__r.Name FROM Training_Booking__c',
      );
      assert.ok(parents.records.every(({ Trainer__r }) => Trainer__r?.attributes.url.endsWith(own)));
      for (const [parent, relationship] of (await relationshipsTo(org, 'Onboarding_Trainer__c')).down) {
        const soql = `SELECT Id, (SELECT Id FROM ${relationship}) FROM ${parent}`;
        const told = JSON.stringify((await call(org, username, 'GET', queryPath(soql))).body);
        assert.ok(told.includes(own) && !foreign.some((id) => told.includes(id)), `children of ${parent}`);
      }
      for (const id of foreign) {
        assert.equal(await refusal(org, username, 'GET', `/sobjects/Onboarding_Trainer__c/${id}`), '404 NOT_FOUND');
      }
      const read = await call(org, username, 'POST', '/composite/sobjects/Onboarding_Trainer__c', {
        ids: foreign,
        fields: ['Name'],
      });
      assert.deepEqual(
        read.body,
        foreign.map(() => null),
      );
      const day = 24 * 3_600_000;
      const now = org.clock.now().getTime();
      const changed = await connection.updated('Onboarding_Trainer__c', new Date(now - day), new Date(now + day));
      assert.deepEqual(changed.ids, [own]);
      const job = { operation: 'query', query: 'SELECT Id FROM Onboarding_Trainer__c' };
      const { id } = (await call(org, username, 'POST', '/jobs/query', job)).body as { id: string };
      const finished = async () =>
        ((await call(org, username, 'GET', `/jobs/query/${id}`)).body as { state: string }).state === 'JobComplete';
      while (!(await finished()));
      const csv = await fetch(`${org.url}/services/data/v${VERSION}/jobs/query/${id}/results`, {
        headers: { authorization: `Bearer ${org.sessionFor(username)}` },
      });
      assert.equal(await csv.text(), `"Id"\n"${own}"\n`);
    });
  }
});

describe('the same check with a permission too many', () => {
  const leaking = packageWithLeak();
  let org: TestOrg;
  before(async () => {
    org = await startTokenOrg({ metadata: leaking.metadata });
  });
  after(async () => {
    await org.close();
    leaking.remove();
  });

  for (const token of TOKEN_FIELDS) {
    it(`finds ${token.object}.${token.field} with the administrator on every path that reads, and with nobody else`, async () => {
      const found = await leaks(org, USERS.admin, token);
      const read = (await tokenPaths(org, token, 'none')).filter(({ kind }) => kind === 'read');
      assert.ok(read.length >= 8);
      for (const { name, through } of read) {
        const { sobjects } = await connectAs(org, USERS.admin).describeGlobal();
        if (!through.every((object) => sobjects.some((one) => one.name === object))) continue;
        assert.ok(found.includes(`${name}: told the value`), `${name} is not found`);
      }
      assert.ok(found.includes('describe: told of the field'));
      assert.ok(found.includes('FIELDS(ALL): told the value'));
      assert.ok(found.includes('bulk query: answered 200'));
      assert.deepEqual(await leaks(org, USERS.staff, token), []);
      assert.deepEqual(await leaks(org, USERS.wei, token), []);
    });
  }
});
