import type { Selectable } from 'kysely';
import { providerOf, type ConnectionId } from '../../core/connection.ts';
import type { ProviderFailure } from '../../core/provider-error.ts';
import type { Database, TokenHeadTable } from '../../storage/database.ts';
import { endOfAccess, type EndOfAccess } from './end-of-access.ts';

export const accessColumns = [
  'connection_id',
  'state',
  'connected_at',
  'refreshed_at',
  'refresh_expires_at',
  'consent_expires_at',
  'attempt_failure',
] as const;

export type AccessHead = Pick<Selectable<TokenHeadTable>, (typeof accessColumns)[number]>;

/** The providers for which most exchanges fail at present. */
export async function providersInOutage(db: Database): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('outage').select('provider').execute();
  return new Set(rows.map(({ provider }) => provider));
}

/** The end that a trainer can do something about; undefined: there is none, or it is our or the provider's to mend. */
export function endToAnnounce(head: AccessHead, inOutage: ReadonlySet<string>, now: Date): EndOfAccess | undefined {
  const provider = providerOf(head.connection_id as ConnectionId);
  const end = endOfAccess(
    {
      provider,
      status: head.state === 'connected' ? 'Connected' : 'Not Connected',
      connectedAt: head.connected_at ?? undefined,
      lastRefresh: head.refreshed_at ?? undefined,
      refreshExpiresAt: head.refresh_expires_at ?? undefined,
      consentExpiresAt: head.consent_expires_at ?? undefined,
      failing: head.attempt_failure !== null,
    },
    now,
  );
  const ourFault: ProviderFailure = 'configuration';
  const notTheirs = head.attempt_failure === ourFault || inOutage.has(provider);
  return end?.reason === 'refresh-window' && notTheirs ? undefined : end;
}
