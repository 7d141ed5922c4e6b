import type { KeyObject } from 'node:crypto';

export interface OAuthClient {
  id: string;
  /** Absent: no client credentials flow. */
  secret?: string;
  /** Username as which client credentials run. */
  runAs?: string;
  /** Absent: no JWT bearer flow. */
  publicKey?: KeyObject;
}
