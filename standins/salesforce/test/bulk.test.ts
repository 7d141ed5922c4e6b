import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'jsforce';
import { booking, call, connectAs, queryPath, refusal, startTestOrg, trainerId, USERS, VERSION } from './support.ts';
import type { TestOrg } from './support.ts';

const TRAINER = 'Onboarding_Trainer__c';
const CONNECTION = 'Trainer_Connection__c';
const TIMES = { pollInterval: 5, pollTimeout: 20_000 };

interface Job {
  id: string;
  state: string;
  errorMessage?: string;
  numberRecordsProcessed: number;
  numberRecordsFailed: number;
  contentUrl?: string;
}

describe('the Bulk API 2.0 of the local org', () => {
  let org: TestOrg;
  let connection: Connection;
  before(async () => {
    org = await startTestOrg();
    connection = connectAs(org, USERS.integration);
    connection.bulk2.pollInterval = TIMES.pollInterval;
  });
  after(() => org.close());

  const load = (
    object: string,
    operation: 'insert' | 'update' | 'upsert' | 'delete',
    input: Record<string, unknown>[],
    key?: string,
  ) =>
    connection.bulk2.loadAndWaitForResults({
      object,
      operation,
      input,
      ...(key === undefined ? {} : { externalIdFieldName: key }),
      ...TIMES,
    });
  const count = async (where: string) =>
    (await connection.query(`SELECT COUNT() FROM ${TRAINER} WHERE ${where}`)).totalSize;

  const as = async (username: string, method: string, path: string, body?: unknown) =>
    (await call(org, username, method, path, body)).body as Job;
  const put = async (id: string, csv: string, type = 'text/csv') =>
    fetch(`${org.url}/services/data/v${VERSION}/jobs/ingest/${id}/batches`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${org.sessionFor(USERS.integration)}`, 'content-type': type },
      body: csv,
    });
  const result = async (path: string, username = USERS.integration) => {
    const response = await fetch(`${org.url}/services/data/v${VERSION}/jobs/${path}`, {
      headers: { authorization: `Bearer ${org.sessionFor(username)}` },
    });
    return { text: await response.text(), headers: response.headers, status: response.status };
  };
  const finished = async (kind: 'ingest' | 'query', id: string, username = USERS.integration): Promise<Job> => {
    for (;;) {
      const job = await as(username, 'GET', `/jobs/${kind}/${id}`);
      if (['JobComplete', 'Failed', 'Aborted'].includes(job.state)) return job;
    }
  };
  /** A whole job from a CSV, as any client would do it. */
  const ingest = async (settings: Record<string, string>, csv: string) => {
    const { id } = await as(USERS.integration, 'POST', '/jobs/ingest', { object: TRAINER, ...settings });
    assert.equal((await put(id, csv)).status, 201);
    await as(USERS.integration, 'PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    return finished('ingest', id);
  };

  it('jsforce inserts, with the order of results and the words of errors that its own tests ask for', async () => {
    const rows = [
      ...Array.from({ length: 250 }, (_one, n) => ({ Name: `Bulk ${n}`, Email__c: `bulk${n}@example.com` })),
      { Name: 'Bulk bad', Email__c: 'not an address' },
    ];
    const { successfulResults, failedResults, unprocessedRecords } = await load(TRAINER, 'insert', rows);
    assert.equal(successfulResults.length, 250);
    assert.ok(successfulResults.every((row) => row.sf__Created === 'true' && row.sf__Id.length === 18));
    assert.deepEqual(failedResults, [
      {
        sf__Id: '',
        sf__Error: 'INVALID_EMAIL_ADDRESS:Email: invalid email address: not an address:Email__c --',
        Name: 'Bulk bad',
        Email__c: 'not an address',
      },
    ]);
    assert.deepEqual(unprocessedRecords, []);
    assert.equal(await count("Name LIKE 'Bulk %'"), 250);
  });

  it('jsforce updates, sets to null, and deletes what its own query found', async () => {
    const query = connection.sobject(TRAINER).find({ Name: { $like: 'Bulk %' } });
    const updated = (await query.update({ Name: '${Name}!', Email__c: null }, { bulkApiVersion: 2 })) as {
      success: boolean;
    }[];
    assert.equal(updated.length, 250);
    assert.ok(updated.every(({ success }) => success));
    assert.equal(await count("Name LIKE 'Bulk %!' AND Email__c = null"), 250);
    const destroyed = await connection
      .sobject(TRAINER)
      .find({ Name: { $like: 'Bulk %' } })
      .destroy({ bulkApiVersion: 2 });
    assert.equal((destroyed as { success: boolean }[]).filter(({ success }) => success).length, 250);
    assert.equal(await count("Name LIKE 'Bulk %'"), 0);
  });

  it('upsert creates and updates by an external id, although jsforce writes an empty column Id', async () => {
    const trainer = await trainerId(org, 'li.na@example.com');
    const row = { Key__c: 'bulk-1', Trainer__c: trainer, Provider__c: 'google', Scope__c: 'Trainer' };
    const mark = org.journal.mark();
    const first = await load(CONNECTION, 'upsert', [row], 'Key__c');
    assert.deepEqual([first.successfulResults[0]?.sf__Created, first.failedResults], ['true', []]);
    const second = await load(CONNECTION, 'upsert', [{ ...row, Account_Email__c: 'li@example.com' }], 'Key__c');
    assert.equal(second.successfulResults[0]?.sf__Created, 'false');
    assert.equal(second.successfulResults[0].sf__Id, first.successfulResults[0]?.sf__Id);
    assert.ok(org.journal.entries({ since: mark }).some(({ path }) => path.endsWith('/batches')));
    const missing = await load(CONNECTION, 'upsert', [{ ...row, Key__c: '' }], 'Key__c');
    assert.match(missing.failedResults[0]?.sf__Error ?? '', /^MISSING_ARGUMENT:Key__c not specified:Key__c --$/);
  });

  it('rows go through flows, validation rules and permissions of the user like any other save', async () => {
    const trainer = await trainerId(org, 'wei.tan@example.com');
    const [good, bad] = [booking(trainer, 400), booking(trainer, 410)];
    const results = await load('Training_Booking__c', 'insert', [good, { ...bad, End__c: bad['Start__c'] }]);
    const id = results.successfulResults[0]?.sf__Id;
    const saved = await connection.query<{ Revision__c: number; Sync_Key__c: string }>(
      `SELECT Revision__c, Sync_Key__c FROM Training_Booking__c WHERE Id = '${id}'`,
    );
    assert.deepEqual([saved.records[0]?.Revision__c, saved.records[0]?.Sync_Key__c], [1, 'M']);
    assert.match(results.failedResults[0]?.sf__Error ?? '', /^FIELD_CUSTOM_VALIDATION_EXCEPTION:.*:End__c --$/);

    const { id: jobId } = await as(USERS.staff, 'POST', '/jobs/ingest', {
      object: 'Training_Booking__c',
      operation: 'delete',
    });
    await fetch(`${org.url}/services/data/v${VERSION}/jobs/ingest/${jobId}/batches`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${org.sessionFor(USERS.staff)}`, 'content-type': 'text/csv' },
      body: `Id\n${id}\n`,
    });
    await as(USERS.staff, 'PATCH', `/jobs/ingest/${jobId}`, { state: 'UploadComplete' });
    assert.equal((await finished('ingest', jobId, USERS.staff)).numberRecordsFailed, 1);
    const refused = await result(`ingest/${jobId}/failedResults`, USERS.staff);
    assert.match(refused.text, new RegExp(`^"sf__Id","sf__Error","Id"\n"${id}","INSUFFICIENT_ACCESS_OR_READONLY:`));
  });

  it('a job goes from Open to JobComplete, and says at each step where it is', async () => {
    const settings = { object: TRAINER, operation: 'insert' };
    const job = await as(USERS.integration, 'POST', '/jobs/ingest', settings);
    assert.deepEqual([job.state, job.contentUrl], ['Open', `services/data/v${VERSION}/jobs/ingest/${job.id}/batches`]);
    const patch = (state: string) => refusal(org, USERS.integration, 'PATCH', `/jobs/ingest/${job.id}`, { state });
    assert.equal(await patch('JobComplete'), '400 INVALIDJOBSTATE');
    assert.equal((await put(job.id, 'Name\nStep\n', 'application/json')).status, 400);
    assert.equal((await put(job.id, 'Name\nStep\n')).status, 201);
    assert.equal((await put(job.id, 'Name\nStep\n')).status, 400);
    const path = `/jobs/ingest/${job.id}`;
    assert.equal(await refusal(org, USERS.integration, 'GET', `${path}/successfulResults`), '400 INVALIDJOBSTATE');
    assert.equal(await refusal(org, USERS.integration, 'DELETE', path), '400 INVALIDJOBSTATE');
    const closed = await as(USERS.integration, 'PATCH', path, { state: 'UploadComplete' });
    assert.equal(closed.state, 'UploadComplete');
    assert.equal((await put(job.id, 'Name\nLate\n')).status, 400);
    const done = await finished('ingest', job.id);
    assert.deepEqual([done.state, done.numberRecordsProcessed, done.numberRecordsFailed], ['JobComplete', 1, 0]);
    assert.equal(await patch('Aborted'), '400 INVALIDJOBSTATE');
    const listed = (await call(org, USERS.integration, 'GET', '/jobs/ingest')).body as { records: Job[] };
    assert.equal(listed.records[0]?.id, job.id);
    assert.equal((await call(org, USERS.integration, 'DELETE', path)).status, 204);
    assert.equal(await refusal(org, USERS.integration, 'GET', path), '404 NOT_FOUND');
    assert.equal(await count("Name = 'Late'"), 0);
  });

  it('an abort keeps what is saved, and the rest is unprocessed', async () => {
    const { id } = await as(USERS.integration, 'POST', '/jobs/ingest', { object: TRAINER, operation: 'insert' });
    const names = Array.from({ length: 4_000 }, (_one, n) => `Aborted ${n}\n`);
    await put(id, `Name\n${names.join('')}`);
    await as(USERS.integration, 'PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
    assert.equal((await as(USERS.integration, 'PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' })).state, 'Aborted');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const saved = await count("Name LIKE 'Aborted %'");
    const lines = async (name: string) => (await result(`ingest/${id}/${name}`)).text.trim().split('\n').length - 1;
    const unprocessed = await lines('unprocessedrecords');
    assert.ok(unprocessed > 0);
    assert.deepEqual([await lines('successfulResults'), saved + unprocessed], [saved, 4_000]);
  });

  for (const [situation, settings, csv, expected] of [
    ['an unknown column', {}, 'Name,Nothing__c\na,b\n', 'InvalidBatch : Field name not found : Nothing__c'],
    ['update without ids', { operation: 'update' }, 'Name\na\n', 'InvalidBatch : Field name not found : Id'],
    [
      'more than ids to delete',
      { operation: 'delete' },
      'Id,Name\na,b\n',
      'InvalidBatch : delete batch must contain only ids',
    ],
    ['a column twice', {}, 'Name,name\na,b\n', 'InvalidBatch : Duplicate column in CSV : name'],
    [
      'the wrong line endings',
      {},
      'Name\r\na\r\n',
      'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF',
    ],
    [
      'line feeds where CRLF was said',
      { lineEnding: 'CRLF' },
      'Name\na\n',
      'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF',
    ],
    [
      'a row that is too long',
      {},
      'Name\na,b\n',
      'ClientInputError : Failed to parse CSV: row 1 has 2 fields, the header has 1',
    ],
    ['quotes without an end', {}, 'Name\n"a\n', 'ClientInputError : Failed to parse CSV: a quoted value has no end'],
  ] as const) {
    it(`a job with ${situation} fails as a whole`, async () => {
      const job = await ingest({ operation: 'insert', ...settings }, csv);
      assert.deepEqual([job.state, job.errorMessage, job.numberRecordsProcessed], ['Failed', expected, 0]);
    });
  }

  it('delimiters, quotes and line endings are those of the job, in data and results', async () => {
    const job = await ingest(
      { operation: 'insert', columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' },
      'Name;Email__c;Active__c;User__r.Username\r\n"Semi; ""colon"", x";;false;\r\nPlain;p@example.com;1;#N/A\r\n',
    );
    assert.equal(job.errorMessage, 'InvalidBatch : Field name not found : User__r.Username');
    const again = await ingest(
      { operation: 'insert', columnDelimiter: 'PIPE', lineEnding: 'CRLF' },
      'Name|Email__c|Active__c\r\n"Pipe| ""mark"", x"||false\r\nPiped|p@example.com|1\r\n',
    );
    assert.deepEqual([again.state, again.numberRecordsFailed], ['JobComplete', 0]);
    const { text, headers } = await result(`ingest/${again.id}/successfulResults`);
    assert.match(headers.get('content-type') ?? '', /^text\/csv/);
    assert.match(text, /^"sf__Id"\|"sf__Created"\|"Name"\|"Email__c"\|"Active__c"\r\n/);
    assert.match(text, /\|"Pipe\| ""mark"", x"\|""\|"false"\r\n/);
    assert.equal(await count('Name = \'Pipe| "mark", x\' AND Active__c = false'), 1);
    assert.equal(await count("Name = 'Piped' AND Active__c = true"), 1);
  });

  it('values of the wrong type, ids in an insert, and parents that are not there fail their row alone', async () => {
    const job = await ingest(
      { operation: 'insert' },
      'Id,Name,Reminder_Count__c,Lark_Connected_At__c\n,Good,5,2026-11-20T10:00:00Z\n,Bad number,five,\n,Bad day,,2026-02-30T10:00:00Z\na06TC0000000001,With an id,,\n',
    );
    assert.deepEqual([job.state, job.numberRecordsProcessed, job.numberRecordsFailed], ['JobComplete', 4, 3]);
    const { text } = await result(`ingest/${job.id}/failedResults`);
    assert.match(
      text,
      /INVALID_TYPE_ON_FIELD_IN_RECORD:Reminders Sent: value not of required type: five:Reminder_Count__c --/,
    );
    assert.match(text, /INVALID_TYPE_ON_FIELD_IN_RECORD:Lark Connected: value not of required type: 2026-02-30/);
    assert.match(text, /INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --/);

    const children = await load(
      'Booking_Timeline__c',
      'insert',
      ['none-1'].map((key) => ({ 'Booking__r.Idempotency_Key__c': key, Key__c: key, Step__c: 'Booked' })),
    );
    assert.match(
      children.failedResults[0]?.sf__Error ?? '',
      /^INVALID_FIELD:Foreign key external ID: none-1 not found/,
    );
  });

  for (const [situation, body, expected] of [
    ['an unknown object', { object: 'Nothing__c', operation: 'insert' }, '400 INVALIDJOB'],
    ['an unknown operation', { object: TRAINER, operation: 'merge' }, '400 INVALIDJOB'],
    ['hardDelete', { object: TRAINER, operation: 'hardDelete' }, '400 FEATURENOTENABLED'],
    ['upsert without a field', { object: CONNECTION, operation: 'upsert' }, '400 INVALIDJOB'],
    [
      'upsert by a field that is no external id',
      { object: CONNECTION, operation: 'upsert', externalIdFieldName: 'Provider__c' },
      '400 INVALIDJOB',
    ],
    ['JSON as content', { object: TRAINER, operation: 'insert', contentType: 'JSON' }, '400 INVALIDJOB'],
    ['an unknown delimiter', { object: TRAINER, operation: 'insert', columnDelimiter: ';' }, '400 JSON_PARSER_ERROR'],
    ['an unknown member', { object: TRAINER, operation: 'insert', state: 'Open' }, '400 JSON_PARSER_ERROR'],
  ] as const) {
    it(`a job with ${situation} is refused`, async () => {
      assert.equal(await refusal(org, USERS.integration, 'POST', '/jobs/ingest', body), expected);
    });
  }

  it('an upload beyond what the org takes is refused with 413', async () => {
    const { id } = await as(USERS.integration, 'POST', '/jobs/ingest', { object: TRAINER, operation: 'insert' });
    assert.equal((await put(id, `Name\n${'x'.repeat(12 * 1024 * 1024)}\n`)).status, 413);
  });

  it('a bulk query answers pages of CSV, deleted rows only when all are asked for', async () => {
    const [first] = (await connection.query<{ Id: string }>(`SELECT Id FROM ${TRAINER} WHERE Name = 'Piped'`)).records;
    await connection.sobject(TRAINER).delete(first?.Id ?? '');
    const query = `SELECT Id, Name, Active__c, CreatedDate, Owner.Name FROM ${TRAINER} WHERE Name LIKE 'Pipe%' ORDER BY Name`;
    const ask = async (operation: string) => {
      const { id } = await as(USERS.integration, 'POST', '/jobs/query', { operation, query });
      assert.equal((await finished('query', id)).state, 'JobComplete');
      return id;
    };
    const id = await ask('queryAll');
    const page = await result(`query/${id}/results?maxRecords=1`);
    assert.equal(page.headers.get('sforce-numberofrecords'), '1');
    assert.match(
      page.text,
      /^"Id","Name","Active__c","CreatedDate","Owner.Name"\n"a\w{17}","Piped","true","2026-11-26T10:00:\d\d.000Z","Trainer Connect Integration"\n$/,
    );
    const locator = page.headers.get('sforce-locator');
    const last = await result(`query/${id}/results?maxRecords=1&locator=${locator}`);
    assert.equal(last.headers.get('sforce-locator'), 'null');
    assert.match(last.text, /\n"a\w{17}","Pipe\| ""mark"", x","false",/);
    assert.equal((await result(`query/${id}/results?locator=zzz`)).status, 400);
    assert.equal((await result(`query/${id}/results?maxRecords=0`)).status, 400);
    assert.equal((await result(`query/${await ask('query')}/results`)).headers.get('sforce-numberofrecords'), '1');
  });

  it('jsforce reads a bulk query', async () => {
    const stream = await connection.bulk2.query(`SELECT Id, Name FROM ${TRAINER}`, TIMES);
    const records = (await stream.toArray()) as { Name: string }[];
    assert.equal(records.length, (await connection.query(`SELECT COUNT() FROM ${TRAINER}`)).totalSize);
    await assert.rejects(connection.bulk2.query('SELECT Nothing__c FROM User', TIMES), { errorCode: 'INVALID_FIELD' });
  });

  for (const [situation, query] of [
    ['aggregates', `SELECT COUNT(Id) FROM ${TRAINER}`],
    ['children', `SELECT Id, (SELECT Id FROM Training_Bookings__r) FROM ${TRAINER}`],
    ['OFFSET', `SELECT Id FROM ${TRAINER} OFFSET 1`],
  ] as const) {
    it(`a bulk query with ${situation} is refused`, async () => {
      assert.equal(
        await refusal(org, USERS.integration, 'POST', '/jobs/query', { operation: 'query', query }),
        '400 API_ERROR',
      );
      assert.equal((await call(org, USERS.integration, 'GET', queryPath(query))).status, 200);
    });
  }

  it('a job and its data are its own user’s', async () => {
    const query = `SELECT Id, Lark_Access_Token__c FROM ${TRAINER}`;
    const { id } = await as(USERS.integration, 'POST', '/jobs/query', { operation: 'query', query });
    await finished('query', id);
    for (const path of [`/jobs/query/${id}`, `/jobs/query/${id}/results`, `/jobs/ingest/${id}`]) {
      assert.equal(await refusal(org, USERS.admin, 'GET', path), '404 NOT_FOUND');
    }
  });
});
