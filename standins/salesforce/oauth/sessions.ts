import { createHash, randomBytes } from 'node:crypto';
import type { Store } from '../store/open-store.ts';

/** Access tokens; only their hashes are kept, in the org's file, so they outlive a restart. */
export interface Sessions {
  start(userId: string, clientId: string | null): { token: string; issuedAt: number };
  userOf(token: string): string | undefined;
  /** Whether there was such a session. */
  end(token: string): boolean;
}

export const SESSION_MS = 2 * 60 * 60 * 1000;

export function createSessions(deps: { store: Store; now: () => Date; orgId: string }): Sessions {
  const hash = (token: string) => createHash('sha256').update(token).digest('hex');
  return {
    start: (userId, clientId) => {
      const token = `${deps.orgId.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
      const issuedAt = deps.now().getTime();
      deps.store.run('DELETE FROM _session WHERE issued_at <= ?', issuedAt - SESSION_MS);
      deps.store.run(
        'INSERT INTO _session (token_hash, user_id, client_id, issued_at) VALUES (?, ?, ?, ?)',
        hash(token),
        userId,
        clientId,
        issuedAt,
      );
      return { token, issuedAt };
    },
    userOf: (token) => {
      const row = deps.store.get(
        `SELECT s.user_id AS id FROM _session s JOIN "User" u ON u."Id" = s.user_id
          WHERE s.token_hash = ? AND s.issued_at > ? AND u."IsActive" = 1`,
        hash(token),
        deps.now().getTime() - SESSION_MS,
      );
      return row ? String(row['id']) : undefined;
    },
    end: (token) => {
      const tokenHash = hash(token);
      const known = deps.store.get('SELECT 1 FROM _session WHERE token_hash = ?', tokenHash) !== undefined;
      deps.store.run('DELETE FROM _session WHERE token_hash = ?', tokenHash);
      return known;
    },
  };
}
