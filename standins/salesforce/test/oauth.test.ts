import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import jsforce from 'jsforce';
import { startTestOrg, USERS, VERSION, type TestOrg } from './support.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

describe('OAuth of the local org', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({
      sample: 'users',
      clients: [
        { id: 'secret-client', secret: 'test-secret', runAs: USERS.integration },
        { id: 'key-client', publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string },
      ],
    });
  });
  after(() => org.close());

  const assertion = (claims: Record<string, unknown> = {}, key = privateKey, alg = 'RS256') => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const exp = Math.floor(org.clock.now().getTime() / 1000) + 180;
    const body = { iss: 'key-client', sub: USERS.integration, aud: org.url, exp, ...claims };
    const signed = `${encode({ alg })}.${encode(body)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
  };

  const token = async (form: Record<string, string>) => {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };

  it('client credentials: jsforce authorizes and acts as the integration user', async () => {
    const connection = new jsforce.Connection({
      version: VERSION,
      instanceUrl: org.url,
      oauth2: { loginUrl: org.url, clientId: 'secret-client', clientSecret: 'test-secret' },
    });
    await connection.authorize({ grant_type: 'client_credentials' });
    const identity = await connection.identity();
    assert.equal(identity.username, USERS.integration);
    assert.equal(identity.organization_id, org.orgId);
  });

  it('client credentials: the answer carries id and instance_url and no expires_in', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'secret-client', client_secret: 'test-secret' };
    const { status, body } = await token(form);
    assert.equal(status, 200);
    assert.match(body['id'] ?? '', new RegExp(`^${org.url}/id/${org.orgId}/005`));
    assert.equal(body['instance_url'], org.url);
    assert.equal(body['token_type'], 'Bearer');
    assert.equal(body['expires_in'], undefined);
  });

  it('JWT bearer: jsforce authorizes with a signed assertion', async () => {
    const connection = new jsforce.Connection({
      version: VERSION,
      instanceUrl: org.url,
      oauth2: { loginUrl: org.url, clientId: 'key-client' },
    });
    await connection.authorize({ grant_type: JWT_GRANT, assertion: assertion() });
    const users = await connection.query(`SELECT Id FROM User WHERE Username = '${USERS.integration}'`);
    assert.equal(users.totalSize, 1);
  });

  it('JWT bearer: exp in milliseconds, as the sf CLI writes it, is held to the same five minutes', async () => {
    const inMs = (ahead: number) => org.clock.now().getTime() + ahead;
    assert.equal((await token({ grant_type: JWT_GRANT, assertion: assertion({ exp: inMs(60_000) }) })).status, 200);
    assert.equal((await token({ grant_type: JWT_GRANT, assertion: assertion({ exp: inMs(600_000) }) })).status, 400);
  });

  const refused: [string, () => Record<string, string>, string][] = [
    ['unknown client', () => grant({ client_id: 'nobody' }), 'invalid_client_id'],
    ['wrong secret', () => grant({ client_secret: 'wrong' }), 'invalid_client'],
    ['password grant', () => ({ grant_type: 'password', username: 'a', password: 'b' }), 'unsupported_grant_type'],
    ['undocumented parameter', () => grant({ audience: 'x' }), 'invalid_request'],
    ['foreign key', () => jwt(assertion({}, stranger)), 'invalid_grant'],
    ['unsigned assertion', () => jwt(assertion({}, privateKey, 'none')), 'invalid_grant'],
    ['foreign audience', () => jwt(assertion({ aud: 'https://login.salesforce.com' })), 'invalid_grant'],
    ['expired assertion', () => jwt(assertion({ exp: seconds(-1) })), 'invalid_grant'],
    ['assertion valid for too long', () => jwt(assertion({ exp: seconds(301) })), 'invalid_grant'],
    ['unknown user', () => jwt(assertion({ sub: 'nobody@trainer-connect.example' })), 'invalid_grant'],
    ['user without API access', () => jwt(assertion({ sub: USERS.wei })), 'invalid_grant'],
    ['client without key', () => jwt(assertion({ iss: 'secret-client' })), 'invalid_client_id'],
    ['no assertion', () => jwt('a.b'), 'invalid_grant'],
  ];
  const grant = (given: Record<string, string>) => ({
    grant_type: 'client_credentials',
    client_id: 'secret-client',
    client_secret: 'test-secret',
    ...given,
  });
  const jwt = (text: string) => ({ grant_type: JWT_GRANT, assertion: text });
  const seconds = (ahead: number) => Math.floor(org.clock.now().getTime() / 1000) + ahead;

  for (const [situation, form, error] of refused) {
    it(`${situation} is refused with ${error}`, async () => {
      const { status, body } = await token(form());
      assert.equal(status, 400);
      assert.equal(body['error'], error);
      assert.ok(body['error_description']);
    });
  }

  it('a JSON body is refused, because the endpoint takes forms only', async () => {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(grant({})),
    });
    assert.equal(response.status, 400);
  });

  it('a session ends after two hours: refreshFn runs once for five parallel calls, which all succeed', async () => {
    let refreshes = 0;
    const connection = new jsforce.Connection({
      version: VERSION,
      instanceUrl: org.url,
      accessToken: org.sessionFor(USERS.integration),
      refreshFn: (_connection, done) => {
        refreshes++;
        token(grant({})).then(
          ({ body }) => void done(null, body['access_token']),
          (error: unknown) => void done(error as Error),
        );
      },
    });
    await connection.query('SELECT Id FROM User');
    assert.equal(refreshes, 0);
    org.clock.advance(2 * 60 * 60 * 1000);
    const answers = await Promise.all(Array.from({ length: 5 }, () => connection.query('SELECT Id FROM User')));
    assert.equal(refreshes, 1);
    assert.ok(answers.every((answer) => answer.totalSize > 0));
  });

  it('an unknown token is answered 401 INVALID_SESSION_ID, and 403 at the identity', async () => {
    const headers = { authorization: 'Bearer 00D!nothing' };
    const response = await fetch(`${org.url}/services/data/v65.0/limits`, { headers });
    assert.equal(response.status, 401);
    assert.deepEqual(await response.json(), [
      { message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' },
    ]);
    const identity = await fetch(`${org.url}/services/oauth2/userinfo`, { headers });
    assert.equal(identity.status, 403);
    assert.equal(await identity.text(), 'Bad_OAuth_Token');
  });

  it('a revoked token no longer works', async () => {
    const revoked = org.sessionFor(USERS.integration);
    const revoke = () =>
      fetch(`${org.url}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: revoked }) });
    assert.equal((await revoke()).status, 200);
    const headers = { authorization: `Bearer ${revoked}` };
    assert.equal((await fetch(`${org.url}/services/data/v65.0/limits`, { headers })).status, 401);
    assert.equal((await revoke()).status, 400);
  });

  it('versions 31.0 to 68.0 are served, others are not found', async () => {
    const list = (await (await fetch(`${org.url}/services/data`)).json()) as { version: string }[];
    assert.equal(list.length, 38);
    assert.deepEqual([list[0]?.version, list.at(-1)?.version], ['31.0', '68.0']);
    const headers = { authorization: `Bearer ${org.sessionFor(USERS.integration)}` };
    const status = async (version: string) =>
      (await fetch(`${org.url}/services/data/v${version}/limits`, { headers })).status;
    assert.equal(await status('68.0'), 200);
    assert.equal(await status('30.0'), 404);
    assert.equal(await status('69.0'), 404);
  });
});
