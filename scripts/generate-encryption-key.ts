import { randomBytes } from 'node:crypto';
import { createSealer } from '../middleware/src/tokens/seal.ts';

/** Prints a new value for ENCRYPTION_SECRET, and beside it (on stderr) the id by which the key is named everywhere. */
const secret = randomBytes(32).toString('hex');
console.log(secret);
console.error(`Its id is ${createSealer({ orgId: '', secret, previousSecrets: [] }).sealingKeyId}.`);
