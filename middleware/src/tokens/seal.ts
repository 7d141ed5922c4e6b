import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';

export type SealedField = 'access' | 'refresh';

/** What a sealed value belongs to: moved anywhere else it does not open. */
export interface SealedFor {
  connectionId: ConnectionId;
  field: SealedField;
}

export interface Sealer {
  /** `v1.<key id>.<nonce>.<tag>.<data>`, AES-256-GCM with a random 12-byte nonce, binary parts in base64url. */
  seal(owner: SealedFor, plaintext: string): string;
  /** Throws `encryption_key_unknown` (503) for a key that is not in the ring, `sealed_value_unreadable` for the rest. */
  open(owner: SealedFor, envelope: string): string;
  /** Names of the keys, 8 characters each, which say nothing about the keys themselves. */
  readonly sealingKeyId: string;
  /** All that open, the sealing one first. */
  readonly keyIds: readonly string[];
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * @param secrets 64 hex characters each; `secret` seals and opens, the previous ones only open
 */
export function createSealer(ring: { orgId: string; secret: string; previousSecrets: readonly string[] }): Sealer {
  const current = toKey(ring.secret);
  const keys = new Map([current, ...ring.previousSecrets.map(toKey)].map((key) => [key.id, key]));

  return {
    sealingKeyId: current.id,
    keyIds: [...keys.keys()],
    seal: (owner, plaintext) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.bytes, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(ring.orgId, current.id, owner));
      const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return [
        VERSION,
        current.id,
        ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString('base64url')),
      ].join('.');
    },
    open: (owner, envelope) => {
      const [version, keyId = '', ...encoded] = envelope.split('.');
      const [nonce, tag, data] = encoded.map((part) => Buffer.from(part, 'base64url'));
      if (
        version !== VERSION ||
        encoded.length !== 3 ||
        nonce?.length !== NONCE_BYTES ||
        tag?.length !== TAG_BYTES ||
        !data
      ) {
        throw unreadable(owner);
      }
      // Decoding forgives what encoding never produces; an altered character must not pass.
      if ([nonce, tag, data].some((part, index) => part.toString('base64url') !== encoded[index]))
        throw unreadable(owner);
      const key = keys.get(keyId);
      if (!key) {
        throw new AppError(
          'encryption_key_unknown',
          `A stored token was sealed with the key ${keyId}, which this server does not have. Add it to ENCRYPTION_PREVIOUS_SECRETS.`,
          { retryable: true },
        );
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(boundTo(ring.orgId, key.id, owner));
        decipher.setAuthTag(tag);
        return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw unreadable(owner, cause);
      }
    },
  };
}

/** The key that a value claims to be sealed with; undefined for what is no envelope (and may be anything, even a token). */
export function keyIdOf(envelope: string): string | undefined {
  return /^v1\.([0-9a-f]{8})\./.exec(envelope)?.[1];
}

/** What every envelope of a key begins with. */
export function sealedWith(keyId: string): string {
  return `${VERSION}.${keyId}.`;
}

/** Names a token without keeping it: tokens have far more entropy than could be guessed. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function toKey(secret: string): { id: string; bytes: Buffer } {
  const bytes = Buffer.from(secret, 'hex');
  if (bytes.length !== 32) throw new Error('An encryption key must have 64 hexadecimal characters.');
  return { id: createHash('sha256').update('key id').update(bytes).digest('hex').slice(0, 8), bytes };
}

function boundTo(orgId: string, keyId: string, { connectionId, field }: SealedFor): Buffer {
  return Buffer.from([VERSION, keyId, orgId, connectionId, field].join('\n'));
}

function unreadable({ connectionId, field }: SealedFor, cause?: unknown): AppError {
  return new AppError(
    'sealed_value_unreadable',
    `The stored ${field} token of ${connectionId} does not belong there or was altered.`,
    { cause },
  );
}
