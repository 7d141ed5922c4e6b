import { providerOf, type ConnectionId } from '../core/connection.ts';
import type { Row, RowResult, SalesforceRecords } from '../salesforce/records.ts';
import type { Head } from './head.ts';
import { readConnections, toConnectionRow } from './saved-connection.ts';
import { readLark, toLarkRow } from './saved-lark.ts';
import type { ReadSavedDeps, SavedTokens } from './saved-row.ts';

export { toStatus, type SavedTokens } from './saved-row.ts';

/** Where in Salesforce connections are kept. */
export interface SavedPlace {
  object: string;
  /** The field that makes Salesforce refuse a smaller generation. */
  fence: string;
  read(deps: ReadSavedDeps, connectionIds: readonly ConnectionId[]): Promise<SavedTokens[]>;
  toRow(head: Head): Row;
  /** One call for up to 200 rows, each row by itself; the results keep the order. */
  write(records: SalesforceRecords, rows: readonly Row[]): Promise<RowResult[]>;
}

/** Lark is kept on the trainer's own row. */
const onTrainer: SavedPlace = {
  object: 'Onboarding_Trainer__c',
  fence: 'Lark_Token_Generation__c',
  read: readLark,
  toRow: toLarkRow,
  write: (records, rows) => records.update('Onboarding_Trainer__c', rows),
};

const onConnection: SavedPlace = {
  object: 'Trainer_Connection__c',
  fence: 'Token_Generation__c',
  read: readConnections,
  toRow: toConnectionRow,
  write: (records, rows) => records.upsert('Trainer_Connection__c', 'Key__c', rows),
};

const places = [onTrainer, onConnection] as const;

export function placeOf(connectionId: ConnectionId): SavedPlace {
  return providerOf(connectionId) === 'lark' ? onTrainer : onConnection;
}

/** Those of one place together, in their order. */
export function byPlace<T>(
  items: readonly T[],
  connectionIdOf: (item: T) => ConnectionId,
): { place: SavedPlace; items: T[] }[] {
  return places
    .map((place) => ({ place, items: items.filter((item) => placeOf(connectionIdOf(item)) === place) }))
    .filter(({ items: own }) => own.length > 0);
}

/**
 * Reads what Salesforce has, in one query an object. Connections of trainers that do not exist (any more) are missing
 * from the map; those that were never connected are blank. Throws `SalesforceError`.
 */
export async function readSaved(
  deps: ReadSavedDeps,
  connectionIds: readonly ConnectionId[],
): Promise<Map<ConnectionId, SavedTokens>> {
  const saved = new Map<ConnectionId, SavedTokens>();
  for (const { place, items } of byPlace(connectionIds, (connectionId) => connectionId)) {
    for (const one of await place.read(deps, items)) saved.set(one.head.connection_id as ConnectionId, one);
  }
  return saved;
}
