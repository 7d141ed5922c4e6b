import { rowCondition } from '../access/record-access.ts';
import { SalesforceError } from '../errors.ts';
import { findField, type ObjectDef } from '../schema/types.ts';
import { quoted } from '../store/sql-names.ts';
import { onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';
import { accessibleObject } from './routes-rows.ts';

const MOST_DAYS_BACK = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** `/sobjects/X/updated` and `/sobjects/X/deleted`: which of the visible records changed between two instants. */
export function changesRoute(request: ApiRequest): ApiAnswer | undefined {
  const [resource, name, kind, ...more] = request.path;
  if (resource !== 'sobjects' || name === undefined || more.length > 0 || request.method !== 'GET') return undefined;
  if (kind !== 'updated' && kind !== 'deleted') return undefined;
  onlyParameters(request, 'start', 'end');
  const object = accessibleObject(request, name);
  if (!findField(object, 'IsDeleted')) {
    throw new SalesforceError('INVALID_TYPE_FOR_OPERATION', `${object.name} is not replicateable`);
  }
  const now = request.org.now();
  const start = instantIn(request, 'start');
  const end = instantIn(request, 'end');
  if (start >= end) throw badDate('startDate must be before endDate');
  if (start.getTime() < now.getTime() - MOST_DAYS_BACK * DAY_MS) {
    throw badDate(`startDate before the last ${MOST_DAYS_BACK} days`);
  }
  const rows = changedRows(request, object, kind, start, end);
  const latestDateCovered = isoDate((end < now ? end : now).toISOString());
  if (kind === 'updated') return { status: 200, body: { ids: rows.map(({ id }) => id), latestDateCovered } };
  const deletedRecords = rows.map(({ id, at }) => ({ id, deletedDate: isoDate(at) }));
  const earliestDateAvailable = isoDate(new Date(now.getTime() - MOST_DAYS_BACK * DAY_MS).toISOString());
  return { status: 200, body: { deletedRecords, earliestDateAvailable, latestDateCovered } };
}

function changedRows(
  { org, actor }: ApiRequest,
  object: ObjectDef,
  kind: 'updated' | 'deleted',
  start: Date,
  end: Date,
): { id: string; at: string }[] {
  if (!actor.objectPermission(object).read) return [];
  const visible = rowCondition(org.schema, actor, object, 't', 'read');
  const conditions = [
    `t."IsDeleted" = ${kind === 'deleted' ? 1 : 0}`,
    't."SystemModstamp" >= ?',
    't."SystemModstamp" < ?',
    ...(visible === undefined ? [] : [visible]),
  ];
  return org.store
    .all(
      `SELECT t."Id" AS id, t."SystemModstamp" AS at FROM ${quoted(object.name)} t
        WHERE ${conditions.join(' AND ')} ORDER BY t."SystemModstamp", t."Id"`,
      start.toISOString(),
      end.toISOString(),
    )
    .map((row) => ({ id: String(row['id']), at: String(row['at']) }));
}

function instantIn(request: ApiRequest, name: string): Date {
  const instant = new Date(request.query.get(name) ?? '');
  if (Number.isNaN(instant.getTime())) throw badDate(`${name} must be a date and time`);
  return instant;
}

const isoDate = (instant: string) => instant.replace('Z', '+0000');

function badDate(message: string): SalesforceError {
  return new SalesforceError('INVALID_REPLICATION_DATE', message);
}
