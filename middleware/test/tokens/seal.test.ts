import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import type { ConnectionId } from '../../src/core/connection.ts';
import {
  createSealer,
  keyIdOf,
  sealedWith,
  type SealedField,
  type SealedFor,
  type Sealer,
} from '../../src/tokens/seal.ts';
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

const orgs = ['00D000000000001AAA', '00D000000000002AAA'] as const;
const secrets = [SECRET, 'b2'.repeat(32)] as const;
const providers = ['lark', 'google', 'outlook', 'calendly'] as const;

/** Where a value belongs: every part of it can be somewhere else. */
const place = fc.record({
  org: fc.constantFrom(...orgs),
  provider: fc.constantFrom(...providers),
  trainer: fc.stringMatching(/^a00[0-9A-Za-z]{12}AA[A-Z]$/),
  field: fc.constantFrom<SealedField>('access', 'refresh'),
});
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;
const part = fc.constantFrom<keyof Place>('org', 'provider', 'trainer', 'field');
const token = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ minLength: 500, maxLength: 2_048, unit: 'grapheme-ascii' }),
);

const rings = new Map(
  orgs.flatMap((orgId) =>
    secrets.map(
      (secret) => [`${orgId} ${secret}`, createSealer({ orgId, secret, previousSecrets: [...secrets] })] as const,
    ),
  ),
);
const sealerAt = ({ org }: Place, secret: string = SECRET) => rings.get(`${org} ${secret}`) ?? assert.fail('no ring');
const ownerAt = ({ provider, trainer, field }: Place): SealedFor => ({
  connectionId: `${provider}:${trainer}`,
  field,
});

/** Opens nothing and says so in the two ways that there are. */
function assertClosed(sealedValue: string, at: Place, ring: Sealer): void {
  const refusal = code(() => ring.open(ownerAt(at), sealedValue));
  assert.ok(refusal === 'sealed_value_unreadable' || refusal === 'encryption_key_unknown', `opened: ${refusal}`);
}

function flipBit(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'latin1');
  const index = (bit >> 3) % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << (bit & 7)), index);
  return bytes.toString('latin1');
}

/** Prints the seed; `SEED=<it>` runs the same cases again. */
function holdsFor<Case>(context: TestContext, property: fc.IProperty<Case>): void {
  const seed = Number(process.env['SEED'] || randomInt(1, 2 ** 31));
  context.diagnostic(`10,000 cases, SEED=${seed}`);
  fc.assert(property, { numRuns: 10_000, seed });
}

test('10,000 sealed values open where they belong and nowhere else: no other trainer, field, org or provider', (context) => {
  holdsFor(
    context,
    fc.property(place, place, part, token, (home, elsewhere, moved, plaintext) => {
      const sealed = sealerAt(home).seal(ownerAt(home), plaintext);
      assert.equal(sealerAt(home).open(ownerAt(home), sealed), plaintext);
      fc.pre(home[moved] !== elsewhere[moved]);
      const away = { ...home, [moved]: elsewhere[moved] };
      assertClosed(sealed, away, sealerAt(away));
    }),
  );
});

test('10,000 sealed values with one bit changed, anywhere in the envelope, do not open', (context) => {
  holdsFor(
    context,
    fc.property(place, token, fc.nat(), (home, plaintext, bit) => {
      const sealed = sealerAt(home).seal(ownerAt(home), plaintext);
      assertClosed(flipBit(sealed, bit), home, sealerAt(home));
    }),
  );
});

test('10,000 sealed values with one character changed, removed or added do not open', (context) => {
  const change = fc.constantFrom('replace', 'remove', 'add');
  const character = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ');
  holdsFor(
    context,
    fc.property(place, token, fc.nat(), change, character, (home, plaintext, at, how, other) => {
      const sealed = sealerAt(home).seal(ownerAt(home), plaintext);
      const index = at % sealed.length;
      const altered =
        sealed.slice(0, index) + (how === 'remove' ? '' : other) + sealed.slice(how === 'add' ? index : index + 1);
      fc.pre(altered !== sealed);
      assertClosed(altered, home, sealerAt(home));
    }),
  );
});

test('every single bit of one envelope matters', () => {
  const sealed = sealer.seal(owner, 'a token of some length');
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    assert.ok(code(() => sealer.open(owner, flipBit(sealed, bit))) !== undefined, `bit ${bit}`);
  }
});

test('10,000 values that claim to be sealed with another key of the ring do not open', (context) => {
  holdsFor(
    context,
    fc.property(place, token, fc.constantFrom(...secrets), (home, plaintext, secret) => {
      const other = secrets.find((candidate) => candidate !== secret) ?? assert.fail('no other key');
      const sealed = sealerAt(home, secret).seal(ownerAt(home), plaintext);
      const claim = sealerAt(home, other).sealingKeyId;
      assert.equal(
        sealerAt(home, other).open(ownerAt(home), sealed),
        plaintext,
        'the ring opens it under its true name',
      );
      const renamed = sealed.replace(sealerAt(home, secret).sealingKeyId, claim);
      assert.notEqual(renamed, sealed);
      assertClosed(renamed, home, sealerAt(home, other));
      assertClosed(renamed, home, createSealer({ orgId: home.org, secret: other, previousSecrets: [] }));
    }),
  );
});

test('the ring is named by key ids, the sealing one first, and an envelope by the key that it claims', () => {
  const ring = createSealer({ orgId: ORG, secret: secrets[1], previousSecrets: [...secrets] });
  assert.deepEqual(ring.keyIds, [ring.sealingKeyId, sealer.sealingKeyId]);
  assert.equal(keyIdOf(ring.seal(owner, 'secret')), ring.sealingKeyId);
  assert.ok(ring.seal(owner, 'secret').startsWith(sealedWith(ring.sealingKeyId)));
  assert.equal(keyIdOf('u-an-open-token'), undefined);
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
