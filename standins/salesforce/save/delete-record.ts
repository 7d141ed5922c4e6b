import type { Actor } from '../access/actor.ts';
import { SalesforceError } from '../errors.ts';
import { childRelationships, type ObjectDef } from '../schema/types.ts';
import { idsWithValue, readRow, updateRow } from '../store/rows.ts';
import { findForChange, toSecond, type SaveDeps } from './save-record.ts';

const EVERY_ROW = 1_000_000;

/** Moves a record to the recycle bin: details go with it, optional lookups to it are cleared, others prevent it. */
export function deleteRecord(deps: SaveDeps, actor: Actor, object: ObjectDef, id: string): void {
  deps.store.transaction(() => {
    const record = findForChange(deps, actor, object, id, 'delete');
    removeRow(deps, actor, object, String(record['Id']));
    if (object.sharingModel === 'Setup') deps.permissionsChanged();
  });
}

function removeRow(deps: SaveDeps, actor: Actor, object: ObjectDef, id: string): void {
  const now = toSecond(deps.now());
  updateRow(deps.store, object, id, {
    IsDeleted: true,
    LastModifiedDate: now,
    LastModifiedById: actor.userId,
    SystemModstamp: now,
  });
  for (const { child, field } of childRelationships(deps.schema, object)) {
    const onDelete = field.reference?.onDelete;
    const ids = idsWithValue(deps.store, child, field, id, onDelete === 'Restrict' ? 5 : EVERY_ROW);
    if (ids.length > 0 && onDelete === 'Restrict') throw deleteFailed(deps, object, id, child, ids);
    for (const childId of ids) {
      if (onDelete === 'Cascade') removeRow(deps, actor, child, childId);
      else updateRow(deps.store, child, childId, { [field.name]: null });
    }
  }
}

function deleteFailed(deps: SaveDeps, object: ObjectDef, id: string, child: ObjectDef, ids: string[]): SalesforceError {
  const nameOf = (of: ObjectDef, rowId: string) => String(readRow(deps.store, of, rowId)?.['Name'] ?? rowId);
  const message =
    `Your attempt to delete ${nameOf(object, id)} could not be completed because it is associated with the ` +
    `following ${child.pluralLabel.toLowerCase()}.: ${ids.map((childId) => nameOf(child, childId)).join(', ')}`;
  return new SalesforceError('DELETE_FAILED', message, 400, []);
}
