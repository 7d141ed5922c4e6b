import { randomBytes } from 'node:crypto';

/** Prints a new value for ENCRYPTION_SECRET. */
console.log(randomBytes(32).toString('hex'));
