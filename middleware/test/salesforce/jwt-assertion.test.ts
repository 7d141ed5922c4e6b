import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { test } from 'node:test';
import { createJwtAssertion } from '../../src/salesforce/jwt-assertion.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;

test('An assertion names app, user and audience, lives three minutes by the given clock and is signed RS256', () => {
  const identity = { clientId: 'app', username: 'bot@x.test', audience: 'https://login.example.test', privateKey };
  const assertion = createJwtAssertion(identity, new Date('2026-03-02T08:00:00.900Z'));
  const [header, claims, signature] = assertion.split('.');
  assert.deepEqual(read(header), { alg: 'RS256', typ: 'JWT' });
  assert.deepEqual(read(claims), {
    iss: 'app',
    sub: 'bot@x.test',
    aud: 'https://login.example.test',
    exp: Date.parse('2026-03-02T08:03:00Z') / 1000,
  });
  const signed = Buffer.from(`${header}.${claims}`);
  assert.ok(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature ?? '', 'base64url')));
});
