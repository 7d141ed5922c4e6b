import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import type { ConnectionId } from '../../src/core/connection.ts';
import { createSealer, type SealedField } from '../../src/tokens/seal.ts';
import { ORG, SECRET } from './kit.ts';

const sealer = createSealer({ orgId: ORG, secret: SECRET, previousSecrets: [] });
const owner = { connectionId: 'lark:a00000000000001AAA' as ConnectionId, field: 'refresh' as SealedField };

function code(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

test('a sealed value opens where it belongs, and two seals of one value differ', () => {
  const token = 'eyJ'.padEnd(2048, 'x');
  const [one, two] = [sealer.seal(owner, token), sealer.seal(owner, token)];
  assert.equal(sealer.open(owner, one), token);
  assert.notEqual(one, two);
  assert.match(one, /^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
});

test('a sealed value that was moved to another trainer, field, provider or org does not open', () => {
  const sealed = sealer.seal(owner, 'secret');
  const other = createSealer({ orgId: '00D000000000002AAA', secret: SECRET, previousSecrets: [] });
  assert.equal(
    code(() => sealer.open({ ...owner, field: 'access' }, sealed)),
    'sealed_value_unreadable',
  );
  assert.equal(
    code(() => sealer.open({ ...owner, connectionId: 'lark:a00000000000002AAA' }, sealed)),
    'sealed_value_unreadable',
  );
  assert.equal(
    code(() => sealer.open({ ...owner, connectionId: 'google:a00000000000001AAA' }, sealed)),
    'sealed_value_unreadable',
  );
  assert.equal(
    code(() => other.open(owner, sealed)),
    'sealed_value_unreadable',
  );
});

test('a sealed value with one altered character never opens', () => {
  const sealed = sealer.seal(owner, 'a token of some length');
  fc.assert(
    fc.property(
      fc.nat({ max: sealed.length - 1 }),
      fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'),
      (position, character) => {
        if (sealed[position] === character) return;
        const altered = sealed.slice(0, position) + character + sealed.slice(position + 1);
        assert.ok(code(() => sealer.open(owner, altered)) !== undefined);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a value of an earlier key opens while that key is in the ring; otherwise it is a 503 that names the setting', () => {
  const sealed = sealer.seal(owner, 'secret');
  const next = 'b2'.repeat(32);
  const ring = createSealer({ orgId: ORG, secret: next, previousSecrets: [SECRET] });
  assert.equal(ring.open(owner, sealed), 'secret');
  const without = createSealer({ orgId: ORG, secret: next, previousSecrets: [] });
  assert.throws(
    () => without.open(owner, sealed),
    (error) => error instanceof AppError && error.status === 503 && /ENCRYPTION_PREVIOUS_SECRETS/.test(error.message),
  );
});

test('a key that is not 256 bits is refused', () => {
  assert.throws(() => createSealer({ orgId: ORG, secret: 'abcd', previousSecrets: [] }), /64 hexadecimal/);
});
