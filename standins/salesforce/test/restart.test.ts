import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call, connectAs, startTestOrg, USERS } from './support.ts';

const FORCE_APP = path.resolve(import.meta.dirname, '../../../force-app');

describe('restart of the local org', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'local-org-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('records, mails, numbering and sessions are still there', async () => {
    const file = path.join(folder, 'restart.sqlite');
    const first = await startTestOrg({ file, sample: 'users' });
    const token = first.sessionFor(USERS.integration);
    const created = await connectAs(first, USERS.integration).sobject('Onboarding_Trainer__c').create({ Name: 'Kept' });
    await call(first, USERS.integration, 'POST', '/actions/standard/emailSimple', {
      inputs: [{ emailAddresses: 'a@b.example', emailSubject: 's', emailBody: 'b' }],
    });
    await first.close();

    const second = await startTestOrg({ file, sample: 'users' });
    try {
      const headers = { authorization: `Bearer ${token}` };
      const url = `${second.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/${created.id}?fields=Name`;
      const kept = (await (await fetch(url, { headers })).json()) as { Name: string };
      assert.equal(kept.Name, 'Kept');
      assert.equal(second.outbox.mails().length, 1);
      const connection = connectAs(second, USERS.integration);
      const next = await connection.sobject('Onboarding_Trainer__c').create({ Name: 'Next' });
      assert.notEqual(next.id, created.id);
      assert.ok((await connection.query("SELECT Id FROM User WHERE Username LIKE 'wei.tan%'")).totalSize === 1);
    } finally {
      await second.close();
    }
  });

  const copyOfMetadata = (name: string) => {
    const copy = path.join(folder, name);
    cpSync(FORCE_APP, copy, { recursive: true });
    return { metadata: [path.join(copy, 'main'), path.join(copy, 'fresh-org')], copy };
  };
  const fields = 'fresh-org/default/objects/Onboarding_Trainer__c/fields';

  it('a field that the metadata gained appears beside the kept records', async () => {
    const file = path.join(folder, 'gained.sqlite');
    const { metadata, copy } = copyOfMetadata('gained');
    const first = await startTestOrg({ file, metadata, sample: 'trainers' });
    await first.close();
    const email = readFileSync(path.join(copy, fields, 'Email__c.field-meta.xml'), 'utf8');
    const second = email.replaceAll('Email__c', 'Second_Email__c').replace('<label>Email', '<label>Second Email');
    writeFileSync(path.join(copy, fields, 'Second_Email__c.field-meta.xml'), second);
    const org = await startTestOrg({ file, metadata });
    try {
      const { body } = await call(org, USERS.integration, 'GET', '/query?q=SELECT+COUNT()+FROM+Onboarding_Trainer__c');
      assert.equal((body as { totalSize: number }).totalSize, 12);
    } finally {
      await org.close();
    }
  });

  it('a field whose type changed stops the start and says to delete the data', async () => {
    const file = path.join(folder, 'changed.sqlite');
    const { metadata, copy } = copyOfMetadata('changed');
    await (await startTestOrg({ file, metadata, sample: 'users' })).close();
    const place = path.join(copy, fields, 'Email__c.field-meta.xml');
    writeFileSync(place, readFileSync(place, 'utf8').replace('<type>Email</type>', '<type>Phone</type>'));
    await assert.rejects(startTestOrg({ file, metadata }), /Email__c.*"email".*"phone".*delete .*changed\.sqlite/s);
  });
});
