import { sql, type Updateable } from 'kysely';
import type { ConnectionId } from '../core/connection.ts';
import type { Step } from '../core/runtime.ts';
import type { TokenSet } from '../providers/ports/oauth.ts';
import type { TokenHeadTable } from '../storage/database.ts';
import { succeeded } from './attempts.ts';
import { readHead, type Head } from './head.ts';
import { loadHead, type LoadHeadDeps } from './load-head.ts';
import { noticeRecovery, type OutageDeps } from './outage.ts';
import { tokenHash } from './seal.ts';

export interface AcceptDeps extends LoadHeadDeps, OutageDeps {
  step: Step;
  sleep: (milliseconds: number) => Promise<void>;
  /** Told when a connection that needed reconnecting has come alive again. */
  connected: (connectionId: ConnectionId) => Promise<void>;
}

/**
 * Takes the answer of an exchange. The new pair becomes the head if and only if its parent still is, whatever happened
 * to the lease: it is the only live pair. One statement, because until it is committed a crash loses the pair.
 */
export async function accept(deps: AcceptDeps, parent: Head, exchangeId: string, pair: TokenSet): Promise<Head> {
  const connectionId = parent.connection_id as ConnectionId;
  const { accepted, healed } = await commitForSure(deps, parent, exchangeId, columnsOf(deps, parent, pair));
  await deps.step('refresh.received');
  if (!accepted) {
    deps.log.warn({ connectionId }, 'a token pair arrived for a connection that has moved on; it was dropped');
    return loadHead(deps, connectionId);
  }
  deps.changed();
  if (healed) await deps.connected(connectionId);
  await noticeRecovery(deps, connectionId);
  return accepted;
}

function columnsOf({ sealer, now }: AcceptDeps, parent: Head, pair: TokenSet) {
  const connectionId = parent.connection_id as ConnectionId;
  // A provider that does not rotate answers without a refresh token: the old one stays.
  const refreshed =
    pair.refreshToken === undefined
      ? { refresh_sealed: parent.refresh_sealed, refresh_hash: parent.refresh_hash }
      : {
          refresh_sealed: sealer.seal({ connectionId, field: 'refresh' }, pair.refreshToken),
          refresh_hash: tokenHash(pair.refreshToken),
        };
  const at = now();
  return {
    ...refreshed,
    access_sealed: sealer.seal({ connectionId, field: 'access' }, pair.accessToken),
    access_expires_at: pair.accessExpiresAt,
    refresh_expires_at: pair.refreshExpiresAt ?? parent.refresh_expires_at,
    generation: parent.generation + 1,
    state: 'connected',
    error: null,
    ...succeeded,
    attempted_at: at,
    refreshed_at: at,
    scopes: pair.scopes.length > 0 ? pair.scopes.join(' ') : parent.scopes,
    unsaved_since: parent.unsaved_since ?? at,
    updated_at: at,
  } as const satisfies Updateable<TokenHeadTable>;
}

interface Committed {
  accepted: Head | undefined;
  healed: boolean;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
const PATIENCE_MS = 5 * 60_000;

/** While the process lives, a database that fails for a moment must not cost the only live pair. */
async function commitForSure(
  deps: AcceptDeps,
  parent: Head,
  exchangeId: string,
  columns: ReturnType<typeof columnsOf>,
): Promise<Committed> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  let wasTried = false;
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    try {
      const done = await commit(deps, parent, exchangeId, columns);
      if (done.accepted || !wasTried) return done;
      // An earlier attempt may have been committed, and only its answer was lost.
      const head = await readHead(deps.db, parent.connection_id as ConnectionId);
      return head?.access_sealed === columns.access_sealed ? { accepted: head, healed: isMarked(parent) } : done;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      wasTried = true;
      deps.log.error(
        { err: error, connectionId: parent.connection_id },
        'a new token pair cannot be committed yet; trying again',
      );
      await deps.sleep(delay);
    }
  }
}

function isMarked({ state, marked_at }: Head): boolean {
  return state === 'needs-reconnect' || marked_at !== null;
}

async function commit(
  { db }: AcceptDeps,
  parent: Head,
  exchangeId: string,
  columns: ReturnType<typeof columnsOf>,
): Promise<Committed> {
  const row = await db
    .with('former', (former) =>
      former
        .selectFrom('token_head')
        .select(['state as former_state', 'marked_at as former_mark'])
        .where('connection_id', '=', parent.connection_id),
    )
    .with('head', (head) =>
      head
        .updateTable('token_head')
        .set(columns)
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('connection_id', '=', parent.connection_id)
        .where('epoch', '=', parent.epoch)
        .where('generation', '=', parent.generation)
        .where('refresh_hash', '=', parent.refresh_hash)
        .returningAll(),
    )
    .with('journal', (journal) =>
      journal
        .updateTable('token_exchange')
        .set({
          state: sql`case when exists (select from head) then 'received' else 'superseded' end`,
          access_sealed: columns.access_sealed,
          refresh_sealed: columns.refresh_sealed,
          access_expires_at: columns.access_expires_at,
          refresh_expires_at: columns.refresh_expires_at,
          settled_at: columns.updated_at,
        })
        .where('id', '=', exchangeId)
        .where('state', '<>', 'received')
        .returning('id'),
    )
    .selectFrom(['head', 'former'])
    .selectAll()
    .executeTakeFirst();
  if (!row) return { accepted: undefined, healed: false };
  const { former_state, former_mark, ...accepted } = row;
  return { accepted, healed: former_state === 'needs-reconnect' || former_mark !== null };
}
