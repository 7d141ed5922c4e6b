import type { JournalEntry } from '../../standins/kit/journal.ts';
import type { Storm } from './storm.ts';

interface CompositePart {
  referenceId: string;
  body?: Record<string, unknown> & { records?: Record<string, unknown>[] };
}

/** What was sent to Salesforce about the bookings of a sequence, in order: where to look when it ended wrong. */
export function wireOf({ world }: Storm, { ids }: { ids: readonly (string | undefined)[] }): string[] {
  const wanted = ids.filter((id) => id !== undefined);
  return world.standins.salesforce.journal
    .entries()
    .filter(({ method, body }) => method !== 'GET' && wanted.some((id) => JSON.stringify(body ?? '').includes(id)))
    .flatMap((entry) => {
      const parts = partsOf(entry);
      return parts.length === 0 ? [] : [`    ~ ${entry.status} ${entry.fault ?? ''} ${parts.join(' ; ')}`];
    });
}

function partsOf({ body }: JournalEntry): string[] {
  const { compositeRequest = [] } = body as { compositeRequest?: CompositePart[] };
  return compositeRequest
    .filter((part) => part.body !== undefined)
    .map(
      ({ referenceId, body: sent }) => `${referenceId} ${sent?.records ? links(sent.records) : JSON.stringify(sent)}`,
    );
}

function links(rows: readonly Record<string, unknown>[]): string {
  return rows
    .map(({ Key__c, Old_Link__c, New_Link__c }) => `${String(Key__c)} ${String(Old_Link__c)} → ${String(New_Link__c)}`)
    .join(' | ');
}
