import type { ConnectionStatus, ProviderId } from '../../core/connection.ts';

/** What is known of a connection's future: all of it was told by the provider and stored. */
export interface Access {
  provider: ProviderId;
  status: ConnectionStatus;
  connectedAt: Date | undefined;
  /** The last exchange that succeeded. */
  lastRefresh: Date | undefined;
  refreshExpiresAt: Date | undefined;
  consentExpiresAt: Date | undefined;
  /** The latest exchange failed. */
  failing: boolean;
}

/**
 * - `consent`: the provider asks the person again.
 * - `refresh-window`: the access cannot be renewed any more and runs out.
 */
export type EndReason = 'consent' | 'refresh-window';

export interface EndOfAccess {
  endsAt: Date;
  reason: EndReason;
}

/**
 * Whoever is connected is renewed at least once a day. Without a success for two days, and with the latest attempt a
 * failure, it is more than a provider's bad hour.
 */
export const RENEWALS_GIVEN_UP_AFTER_MS = 48 * 3_600_000;

/**
 * When a connection ends if nobody does anything; undefined: not connected, or no end is known. The end of a consent
 * counts always; that of a refresh window only while it is not renewed, because every renewal moves it on. The end may be
 * past: nothing has been exchanged since.
 */
export function endOfAccess(access: Access, now: Date): EndOfAccess | undefined {
  if (access.status !== 'Connected') return undefined;
  const consent = access.consentExpiresAt;
  const window = isRenewed(access, now) ? undefined : access.refreshExpiresAt;
  if (window !== undefined && (consent === undefined || window < consent)) {
    return { endsAt: window, reason: 'refresh-window' };
  }
  return consent && { endsAt: consent, reason: 'consent' };
}

function isRenewed({ failing, lastRefresh, connectedAt }: Access, now: Date): boolean {
  if (!failing) return true;
  const newest = Math.max(lastRefresh?.getTime() ?? -Infinity, connectedAt?.getTime() ?? -Infinity);
  return now.getTime() - newest < RENEWALS_GIVEN_UP_AFTER_MS;
}
