import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, refusal, startTestOrg, type TestOrg, USERS } from '../support.ts';
import { SETUP } from './support.ts';

describe('the Metadata API over SOAP', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
  });
  after(() => org.close());

  const soap = async (operation: string, inner = '', session = org.sessionFor(SETUP)) => {
    const response = await fetch(`${org.url}/services/Soap/m/65.0`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', soapaction: '""' },
      body: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata"><e:Header><SessionHeader><sessionId>${session}</sessionId></SessionHeader></e:Header><e:Body><${operation}>${inner}</${operation}></e:Body></e:Envelope>`,
    });
    return { status: response.status, text: await response.text() };
  };

  it('describes its types', async () => {
    const { text } = await soap('describeMetadata');
    assert.match(text, /<directoryName>flows<\/directoryName>.*<suffix>flow<\/suffix><xmlName>Flow<\/xmlName>/);
    assert.match(text, /<xmlName>CustomObject<\/xmlName><childXmlNames>CustomField<\/childXmlNames>/);
  });

  it('lists what is there', async () => {
    const { text } = await soap('listMetadata', '<queries><type>PermissionSet</type></queries>');
    assert.match(text, /<fullName>Trainer_Connect_Admin<\/fullName>/);
    const unknown = await soap('listMetadata', '<queries><type>Nothing</type></queries>');
    assert.equal(unknown.status, 500);
    assert.match(unknown.text, /<faultcode>sf:INVALID_TYPE<\/faultcode>/);
  });

  for (const [situation, operation, inner, code] of [
    [
      'an unknown deployment',
      'checkDeployStatus',
      '<asyncProcessId>0Af</asyncProcessId>',
      'INVALID_CROSS_REFERENCE_KEY',
    ],
    ['an unknown retrieval', 'checkRetrieveStatus', '<id>09S</id>', 'INVALID_CROSS_REFERENCE_KEY'],
    ['what is no zip', 'deploy', '<ZipFile>bm90aGluZw==</ZipFile>', 'INVALID_ZIP_FILE'],
    ['an operation that it does not have', 'renameMetadata', '', 'INVALID_OPERATION'],
  ] as const) {
    it(`${situation} is a fault`, async () => {
      const { status, text } = await soap(operation, inner);
      assert.equal(status, 500);
      assert.ok(text.includes(`<faultcode>sf:${code}</faultcode>`), text);
    });
  }

  it('two retrievals at the same time are both fetched', async () => {
    const asked =
      '<retrieveRequest><unpackaged><types><members>Trainer_Connect_Staff</members><name>Group</name></types></unpackaged></retrieveRequest>';
    const begun = await Promise.all([soap('retrieve', asked), soap('retrieve', asked)]);
    for (const { text } of begun) {
      const id = /<id>(09S\w+)<\/id>/.exec(text)?.[1] ?? assert.fail(text);
      const fetched = await soap('checkRetrieveStatus', `<asyncProcessId>${id}</asyncProcessId>`);
      assert.match(fetched.text, /<status>Succeeded<\/status>/);
    }
  });

  it('a wrong session and a user without the right are faults', async () => {
    assert.match((await soap('describeMetadata', '', '00D!wrong')).text, /sf:INVALID_SESSION_ID/);
    const staff = await soap('describeMetadata', '', org.sessionFor(USERS.staff));
    assert.match(staff.text, /sf:INSUFFICIENT_ACCESS.*Modify Metadata/);
  });
});

describe('the secret of an External Credential', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
  });
  after(() => org.close());

  const PLACE = '/named-credentials/credential';
  const body = (given: object = {}) => ({
    externalCredential: 'Trainer_Connect',
    principalName: 'Service',
    principalType: 'NamedPrincipal',
    authenticationProtocol: 'Custom',
    credentials: { ApiKey: { value: 'first key', encrypted: true } },
    ...given,
  });

  it('is refused where something is wrong', async () => {
    assert.equal(await refusal(org, USERS.staff, 'POST', PLACE, body()), '403 INSUFFICIENT_ACCESS');
    assert.equal(await refusal(org, SETUP, 'POST', PLACE, body({ principalName: 'Other' })), '404 NOT_FOUND');
    assert.equal(await refusal(org, SETUP, 'POST', PLACE, body({ principalType: 'PerUser' })), '400 INVALID_INPUT');
    assert.equal(await refusal(org, SETUP, 'POST', PLACE, body({ credentials: {} })), '400 JSON_PARSER_ERROR');
    assert.equal(await refusal(org, SETUP, 'PUT', PLACE, body()), '400 INVALID_INPUT');
  });

  it('is created once, then replaced, and never answered nor journalled', async () => {
    const created = await call(org, SETUP, 'POST', PLACE, body());
    assert.equal(created.status, 201);
    assert.equal(await refusal(org, SETUP, 'POST', PLACE, body()), '400 INVALID_INPUT');
    const second = body({ credentials: { ApiKey: { value: 'second key', encrypted: true } } });
    assert.equal((await call(org, SETUP, 'PUT', PLACE, second)).status, 200);
    assert.equal(org.namedCredential('Trainer_Connect')?.apiKey, 'second key');
    const seen = JSON.stringify([created.body, org.journal.entries({ since: 0 })]);
    assert.doesNotMatch(seen, /first key|second key/);
  });
});
