import { AppError } from '../core/errors.ts';
import { ProviderError } from '../core/provider-error.ts';
import type { ConnectionId } from '../core/connection.ts';
import { noteFailure } from './attempts.ts';
import { changeHead, readHead, type Head } from './head.ts';
import { settle } from './journal.ts';
import { asChange, loadHead, type LoadHeadDeps } from './load-head.ts';
import { noticeOutage, type OutageDeps } from './outage.ts';
import { SalesforceError } from '../salesforce/records.ts';
import { readSaved } from './saved-tokens.ts';

export interface FailureDeps extends LoadHeadDeps, OutageDeps {}

/** Days with a refusal that this version does not know, until the connection is given up. */
const MOST_STRIKES = 4;

const REUSED =
  'The provider says that the stored access was used up elsewhere. Please connect again; nothing else is lost.';
const ENDED = 'The access has ended or was revoked at the provider. Please connect again.';

/**
 * What follows a failed exchange (design: Failures). Answers with the head if the connection turns out to be renewed by
 * somebody else, or over; throws `AppError` for everything that may pass. Nothing is erased.
 */
export async function afterFailure(deps: FailureDeps, head: Head, exchangeId: string, error: unknown): Promise<Head> {
  if (!(error instanceof ProviderError)) throw error;
  const connectionId = head.connection_id as ConnectionId;
  if (error.failure === 'unknown-outcome') {
    // The intent stays open: the answer may have been the only live pair.
    await noteFailure(deps, head, error);
    await noticeOutage(deps, connectionId);
    throw unavailable(error);
  }
  await settle(deps.db, exchangeId, { state: 'failed', at: deps.now() });
  if (error.failure === 'grant-consumed') {
    const newer = await adoptNewer(deps, head).catch(async (problem: unknown) => {
      if (!(problem instanceof SalesforceError && problem.retryable)) throw problem;
      // Nobody is judged before Salesforce was looked at.
      const later = new ProviderError(
        error.provider,
        'temporary',
        'Salesforce cannot tell at the moment whether the access was renewed elsewhere.',
        { cause: problem },
      );
      await noteFailure(deps, head, later);
      throw unavailable(later);
    });
    if (newer) return newer;
  }
  await noteFailure(deps, head, error);
  switch (error.failure) {
    case 'rate-limited':
      throw unavailable(error);
    case 'configuration':
      deps.alert(`Tokens cannot be refreshed: ${error.message}`);
      await noticeOutage(deps, connectionId, { silent: true });
      throw new AppError(
        'provider_configuration',
        'The connection to the provider is not set up correctly. An administrator has been told.',
        { cause: error },
      );
    case 'grant-consumed':
    case 'grant-dead':
      if (await noticeOutage(deps, connectionId)) throw unavailable(error);
      return markNeedsReconnect(deps, head, error.failure === 'grant-consumed' ? REUSED : ENDED);
    default:
      if ((await noticeOutage(deps, connectionId)) || error.retryable) throw unavailable(error);
      return strike(deps, head, error);
  }
}

/** The provider answers neither now nor is anybody to blame: whoever needs the token comes back later. */
export function unavailable(error: ProviderError): AppError {
  return new AppError('provider_unavailable', `The provider does not answer at the moment: ${error.message}`, {
    cause: error,
    retryable: true,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}

/** Another holder may have got the new pair: look once in the database, then once in Salesforce. */
async function adoptNewer(deps: FailureDeps, head: Head): Promise<Head | undefined> {
  const connectionId = head.connection_id as ConnectionId;
  const current = await readHead(deps.db, connectionId);
  if (current && (current.generation > head.generation || current.epoch !== head.epoch)) return current;
  const saved = (await readSaved(deps, [connectionId])).get(connectionId);
  if (!saved || saved.blank || saved.generation <= head.generation) return undefined;
  const change = asChange(deps.sealer, saved.head);
  return changeHead(deps.db, connectionId, { epoch: head.epoch, generation: head.generation }, change);
}

/** A refusal that nobody knows is held against the connection once a day; it may be our ignorance. */
async function strike(deps: FailureDeps, head: Head, error: ProviderError): Promise<Head> {
  const now = deps.now();
  const code = error.vendorCode === undefined ? '' : ` (${error.vendorCode})`;
  const refused = new AppError('provider_refused', `The provider refused a new token${code}: ${error.message}`, {
    cause: error,
  });
  if (head.struck_at && dayOf(head.struck_at) === dayOf(now)) throw refused;
  const strikes = head.strikes + 1;
  if (strikes >= MOST_STRIKES) {
    return markNeedsReconnect(
      deps,
      head,
      `The provider has refused to renew the access on ${MOST_STRIKES} days${code}. Please connect again.`,
    );
  }
  await changeHead(deps.db, head.connection_id as ConnectionId, expectedOf(head), {
    strikes,
    struck_at: now,
    error: `${refused.message} It is tried again; day ${strikes} of ${MOST_STRIKES}.`,
    unsaved_since: head.unsaved_since ?? now,
    updated_at: now,
  });
  deps.changed();
  throw refused;
}

/** A pair that still arrives for this head is accepted and clears the mark. */
async function markNeedsReconnect(deps: FailureDeps, head: Head, reason: string): Promise<Head> {
  const connectionId = head.connection_id as ConnectionId;
  const now = deps.now();
  const marked = await changeHead(deps.db, connectionId, expectedOf(head), {
    state: 'needs-reconnect',
    error: reason,
    marked_at: now,
    unsaved_since: head.unsaved_since ?? now,
    updated_at: now,
  });
  if (marked) deps.changed();
  return marked ?? loadHead(deps, connectionId);
}

function expectedOf(head: Head) {
  return { epoch: head.epoch, generation: head.generation };
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
