import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMovableClock } from '../../kit/clock.ts';
import { INTEGRATION_USER, startLocalOrg } from '../index.ts';

const TYPE = 'Trainer_Connect_Mirror__mdt';
const query = `SELECT DeveloperName, Object__c, Link_Field__c, Active__c FROM ${TYPE}`;

test('Records of a custom metadata type are entered in Setup and read by who was given the type', async () => {
  const org = await startLocalOrg({ clock: createMovableClock(), sample: 'users' });
  try {
    org.enterCustomMetadata(TYPE, 'Merchant', { Object__c: 'Account', Link_Field__c: 'Website' });
    const ask = (username: string, path: string, init: RequestInit = {}) =>
      fetch(`${org.url}/services/data/v65.0${path}`, {
        ...init,
        headers: { Authorization: `Bearer ${org.sessionFor(username)}`, 'Content-Type': 'application/json' },
      });
    const answer = await ask(INTEGRATION_USER, `/query?q=${encodeURIComponent(query)}`);
    const { records } = (await answer.json()) as { records: Record<string, unknown>[] };
    const [row] = records.map(({ attributes: _type, ...fields }) => fields);
    assert.deepEqual(row, {
      DeveloperName: 'Merchant',
      Object__c: 'Account',
      Link_Field__c: 'Website',
      Active__c: true,
    });
    const refused = await ask('ana.silva@trainer-connect.example', `/query?q=${encodeURIComponent(query)}`);
    assert.equal(refused.status, 400);
    const written = await ask(INTEGRATION_USER, `/sobjects/${TYPE}`, {
      method: 'POST',
      body: JSON.stringify({ Object__c: 'Account' }),
    });
    assert.ok(written.status >= 400, `${written.status}`);
    assert.throws(() => org.enterCustomMetadata(TYPE, 'Other', { Nothing__c: 'x' }), /Nothing__c/);
  } finally {
    await org.close();
  }
});
