import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import jsforce, { type Connection } from 'jsforce';
import { connectAs, startTestOrg, trainerId, USERS, VERSION, type TestOrg } from './support.ts';

const TRAINER = 'Onboarding_Trainer__c';
/** An id of a trainer that was never given. */
const ABSENT = 'a06TC0000zzzzzz';
const CONNECTION = 'Trainer_Connection__c';

interface Saved {
  id: string;
  success: boolean;
  created?: boolean;
  errors: { statusCode?: string; errorCode?: string }[];
}

/** Every call that jsforce documents and the middleware or its tests make, as jsforce itself makes it. */
describe('jsforce against the local org', () => {
  let org: TestOrg;
  let connection: Connection;
  let li: string;
  before(async () => {
    org = await startTestOrg();
    connection = connectAs(org, USERS.integration);
    li = await trainerId(org, 'li.na@example.com');
  });
  after(() => org.close());

  const trainers = () => connection.sobject(TRAINER);
  const names = async (where: string) =>
    (await connection.query<{ Name: string }>(`SELECT Name FROM ${TRAINER} WHERE ${where} ORDER BY Name`)).records.map(
      ({ Name }) => Name,
    );
  /** Methods and paths of what was sent since. */
  const sent = (mark: number) =>
    org.journal.entries({ since: mark }).map(({ method, path }) => `${method} ${path.replace(/^.*\/v\d+\.0/, '')}`);

  it('create, retrieve, update and delete one', async () => {
    const created = (await trainers().create({ Name: 'One', Email__c: 'one@example.com' })) as Saved;
    assert.deepEqual([created.success, created.errors], [true, []]);
    assert.equal((await trainers().retrieve(created.id))['Email__c'], 'one@example.com');
    const some = await connection.retrieve(TRAINER, created.id, { fields: ['Name'] });
    assert.deepEqual(Object.keys(some).toSorted(), ['Id', 'Name', 'attributes']);
    assert.deepEqual(await trainers().update({ Id: created.id, Name: 'Changed' }), {
      id: created.id,
      success: true,
      errors: [],
    });
    assert.equal((await trainers().record(created.id).retrieve())['Name'], 'Changed');
    assert.equal(((await trainers().destroy(created.id)) as Saved).success, true);
    await assert.rejects(trainers().retrieve(created.id), { errorCode: 'ENTITY_IS_DELETED' });
    await assert.rejects(trainers().update({ Id: created.id, Name: 'Again' }), { errorCode: 'ENTITY_IS_DELETED' });
    await assert.rejects(trainers().retrieve(ABSENT), { errorCode: 'NOT_FOUND' });
  });

  it('upsert one, by PATCH without the external id in the body', async () => {
    const row = { Key__c: 'js-1', Trainer__c: li, Provider__c: 'google', Scope__c: 'Trainer' };
    const first = (await connection.sobject(CONNECTION).upsert(row, 'Key__c')) as Saved;
    assert.deepEqual([first.success, first.created], [true, true]);
    const second = (await connection.sobject(CONNECTION).upsert({ ...row, Scope__c: 'Trainer' }, 'Key__c')) as Saved;
    assert.deepEqual([second.id, second.created], [first.id, false]);
  });

  it('create, retrieve, update and delete arrays in the order given, one failure beside the others', async () => {
    const created = (await trainers().create([
      { Name: 'A1' },
      { Name: 'A2', Email__c: 'x' },
      { Name: 'A3' },
    ])) as Saved[];
    assert.deepEqual(
      created.map(({ success }) => success),
      [true, false, true],
    );
    assert.equal(created[1]?.errors[0]?.statusCode, 'INVALID_EMAIL_ADDRESS');
    const ids = [created[0]?.id ?? '', created[2]?.id ?? ''];
    const mark = org.journal.mark();
    const read = await trainers().retrieve([...ids, ABSENT]);
    assert.deepEqual(sent(mark), [`GET /sobjects/${TRAINER}/describe`, `POST /composite/sobjects/${TRAINER}`]);
    assert.deepEqual(
      read.map((row) => (row as { Name?: string } | null)?.Name),
      ['A1', 'A3', undefined],
    );
    const updated = (await trainers().update(ids.map((Id) => ({ Id, Name: 'B' })))) as Saved[];
    assert.ok(updated.every(({ success }) => success));
    assert.deepEqual(await names("Name = 'B'"), ['B', 'B']);
    const destroyed = (await trainers().destroy(ids)) as Saved[];
    assert.deepEqual(
      destroyed.map(({ id, success }) => [id, success]),
      ids.map((id) => [id, true]),
    );
    assert.deepEqual(await names("Name = 'B'"), []);
  });

  it('allOrNone keeps nothing of an array with one failure', async () => {
    const rows = [{ Name: 'None 1' }, { Name: 'None 2', Email__c: 'x' }];
    const created = (await trainers().create(rows, { allOrNone: true })) as Saved[];
    assert.deepEqual(
      created.map(({ errors }) => errors[0]?.statusCode),
      ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'INVALID_EMAIL_ADDRESS'],
    );
    assert.deepEqual(await names("Name LIKE 'None %'"), []);
  });

  it('upsert of an array keeps created on rows that were rolled back', async () => {
    const row = (key: string, provider = 'google') => ({
      Key__c: key,
      Trainer__c: li,
      Provider__c: provider,
      Scope__c: 'Trainer',
    });
    const upsert = (rows: Record<string, string>[], allOrNone: boolean) =>
      connection.sobject(CONNECTION).upsert(rows, 'Key__c', { allOrNone }) as Promise<Saved[]>;
    const first = await upsert([row('up-1'), row('up-2')], false);
    assert.deepEqual(
      first.map(({ created }) => created),
      [true, true],
    );
    const mixed = await upsert([row('up-1'), row('up-3'), row('up-4', 'nobody')], true);
    assert.deepEqual(
      mixed.map(({ success, created }) => [success, created]),
      [
        [false, false],
        [false, true],
        [false, true],
      ],
    );
    assert.equal((await connection.query(`SELECT Id FROM ${CONNECTION} WHERE Key__c LIKE 'up-%'`)).totalSize, 2);
  });

  it('more than 200 rows are refused, or go in series with allowRecursive, all or none per 200', async () => {
    const rows = Array.from({ length: 450 }, (_one, n) => ({ Name: `Many ${n}`, Email__c: n === 250 ? 'x' : null }));
    await assert.rejects(trainers().create(rows), { errorCode: 'EXCEEDED_MAX_SIZE_REQUEST' });
    assert.deepEqual(await names("Name LIKE 'Many %'"), []);
    const mark = org.journal.mark();
    const created = (await trainers().create(rows, { allowRecursive: true, allOrNone: true })) as Saved[];
    assert.deepEqual(
      sent(mark),
      Array.from({ length: 3 }, () => 'POST /composite/sobjects'),
    );
    assert.equal(created.length, 450);
    assert.equal((await names("Name LIKE 'Many %'")).length, 250);
    const ids = created.filter(({ success }) => success).map(({ id }) => id);
    const destroyed = (await trainers().destroy(ids, { allowRecursive: true })) as Saved[];
    assert.ok(destroyed.every(({ success }) => success));
  });

  it('query, find, count, select, children, and the pages behind them', async () => {
    const rows = Array.from({ length: 450 }, (_one, n) => ({ Name: `Page ${String(n).padStart(3, '0')}` }));
    await trainers().create(rows, { allowRecursive: true });
    const where = { Name: { $like: 'Page %' } };
    assert.equal(await trainers().count(where), 450);
    const found = await trainers().find(where, ['Id', 'Name']).sort({ Name: -1 }).limit(2);
    assert.deepEqual(
      found.map(({ Name }) => Name as string),
      ['Page 449', 'Page 448'],
    );
    const one = await trainers().findOne({ Name: 'Page 007' });
    assert.equal(one?.['Name'], 'Page 007');

    const options = { headers: { 'Sforce-Query-Options': 'batchSize=200' } };
    const soql = `SELECT Name FROM ${TRAINER} WHERE Name LIKE 'Page %' ORDER BY Name`;
    const first = await connection.query<{ Name: string }>(soql, options);
    assert.deepEqual([first.records.length, first.done, first.totalSize], [200, false, 450]);
    const second = await connection.queryMore<{ Name: string }>(first.nextRecordsUrl ?? '');
    assert.equal(second.records[0]?.Name, 'Page 200');
    const all = await connection.query(soql, { ...options, autoFetch: true, maxFetch: 1_000 });
    assert.equal(all.records.length, 450);

    const withChildren = await connection
      .sobject(TRAINER)
      .select('Id, Name')
      .include('Training_Bookings__r')
      .select('Id')
      .end()
      .where({ Name: 'Wei Tan' })
      .execute();
    const [wei] = withChildren as unknown as { Training_Bookings__r: { totalSize: number } }[];
    assert.ok((wei?.Training_Bookings__r.totalSize ?? 0) > 0);
  });

  it('queryAll finds what is in the recycle bin, with IsDeleted, on every page', async () => {
    const rows = Array.from({ length: 250 }, (_one, n) => ({ Name: `Bin ${n}` }));
    const created = (await trainers().create(rows, { allowRecursive: true })) as Saved[];
    await trainers().destroy(
      created.slice(0, 249).map(({ id }) => id),
      { allowRecursive: true },
    );
    const soql = `SELECT Id, IsDeleted FROM ${TRAINER} WHERE Name LIKE 'Bin %' ORDER BY Id`;
    assert.equal((await connection.query(soql)).totalSize, 1);
    const options = { scanAll: true, headers: { 'Sforce-Query-Options': 'batchSize=200' } };
    const page = await connection.query<{ IsDeleted: boolean }>(soql, options);
    assert.deepEqual([page.totalSize, page.records.length, page.records[0]?.IsDeleted], [250, 200, true]);
    const rest = await connection.queryMore<{ IsDeleted: boolean }>(page.nextRecordsUrl ?? '');
    assert.deepEqual([rest.records.length, rest.records.at(-1)?.IsDeleted], [50, false]);
    const count = await connection.query(
      `SELECT COUNT() FROM ${TRAINER} WHERE Name LIKE 'Bin %' AND IsDeleted = true`,
      {
        scanAll: true,
      },
    );
    assert.equal(count.totalSize, 249);
  });

  it('updated and deleted tell what changed', async () => {
    const { id } = (await trainers().create({ Name: 'Changes' })) as Saved;
    const now = org.clock.now().getTime();
    const span = [new Date(now - 3_600_000).toISOString(), new Date(now + 3_600_000).toISOString()] as const;
    assert.ok((await trainers().updated(...span)).ids.includes(id));
    await trainers().destroy(id);
    assert.ok(!(await trainers().updated(...span)).ids.includes(id));
    const { deletedRecords } = await trainers().deleted(...span);
    assert.match(deletedRecords.find((row) => row.id === id)?.deletedDate ?? '', /^2026-11-26T10:.*\+0000$/);
    await assert.rejects(trainers().updated(span[1], span[0]), { errorCode: 'INVALID_REPLICATION_DATE' });
    await assert.rejects(trainers().deleted('2026-01-01T00:00:00Z', span[1]), {
      errorCode: 'INVALID_REPLICATION_DATE',
    });
  });

  it('describe and describe global, cached where it is asked for', async () => {
    const described = await trainers().describe();
    assert.equal(described.name, TRAINER);
    const mark = org.journal.mark();
    assert.equal(await trainers().describe$(), described);
    assert.equal(trainers().describe$$(), described);
    assert.deepEqual(sent(mark), []);
    assert.notEqual(await trainers().describe(), described);
    const global = await connection.describeGlobal();
    assert.equal(await connection.describeGlobal$(), global);
    assert.ok(global.sobjects.some(({ name, queryable }) => name === TRAINER && queryable));
    await assert.rejects(connection.describe('Nothing__c'), { errorCode: 'NOT_FOUND' });
  });

  it('identity, for a connection that knows its token alone', async () => {
    const identity = await connectAs(org, USERS.integration).identity();
    assert.deepEqual([identity.username, identity.organization_id], [USERS.integration, org.orgId]);
    assert.match(identity.user_id, /^005/);
    assert.equal(typeof identity.photos, 'object');
    assert.match(identity.urls['rest'] ?? '', /\/services\/data\/v\{version\}\/$/);
  });

  it('composite with references; batch and graph, which nobody uses, are not there', async () => {
    const answer = await connection.requestPost<{ compositeResponse: { httpStatusCode: number; body: unknown }[] }>(
      '/composite',
      {
        allOrNone: true,
        compositeRequest: [
          {
            method: 'POST',
            url: `/services/data/v${VERSION}/sobjects/${TRAINER}`,
            referenceId: 'made',
            body: { Name: 'Ref' },
          },
          {
            method: 'GET',
            url: `/services/data/v${VERSION}/sobjects/${TRAINER}/@{made.id}?fields=Name`,
            referenceId: 'read',
          },
        ],
      },
    );
    assert.deepEqual(
      answer.compositeResponse.map(({ httpStatusCode }) => httpStatusCode),
      [201, 200],
    );
    assert.equal((answer.compositeResponse[1]?.body as { Name: string }).Name, 'Ref');
    for (const resource of ['batch', 'graph']) {
      await assert.rejects(connection.requestPost(`/composite/${resource}`, {}), { errorCode: 'NOT_FOUND' });
    }
    await assert.rejects(connection.search('FIND {Wei} IN ALL FIELDS'), { errorCode: 'NOT_FOUND' });
  });

  it('client credentials, renewed once for five calls at a time when the session is gone', async () => {
    let renewals = 0;
    const authorize = (of: Connection) => of.authorize({ grant_type: 'client_credentials' });
    const own: Connection = new jsforce.Connection({
      version: VERSION,
      instanceUrl: org.url,
      oauth2: { loginUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret },
      refreshFn: (conn, callback) => {
        renewals++;
        authorize(conn).then(
          () => {
            callback(null, conn.accessToken ?? undefined);
          },
          (error: unknown) => {
            callback(error as Error);
          },
        );
      },
    });
    await authorize(own);
    org.clock.advance(3 * 3_600_000);
    const answers = await Promise.all(Array.from({ length: 5 }, () => own.query('SELECT Id FROM User LIMIT 1')));
    assert.deepEqual([answers.length, renewals], [5, 1]);
    await own.logout();
    connection = connectAs(org, USERS.integration);
  });

  it('a password is no way in: SOAP login has gone, and the grant is not supported', async () => {
    const bare = new jsforce.Connection({ version: VERSION, loginUrl: org.url });
    await assert.rejects(bare.login(USERS.admin, 'password'));
    const withClient = new jsforce.Connection({
      version: VERSION,
      oauth2: { loginUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret },
    });
    await assert.rejects(withClient.login(USERS.admin, 'password'), { name: 'unsupported_grant_type' });
  });
});
