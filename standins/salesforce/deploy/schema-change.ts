import { keyOf, type Components } from '../metadata/component.ts';
import { findObject, type FieldDef, type ObjectDef, type Schema } from '../schema/types.ts';
import type { Store } from '../store/open-store.ts';
import { storedKind } from '../store/prepare-tables.ts';
import { foldedColumn, isFolded, quoted } from '../store/sql-names.ts';
import { problemOf, type Problem } from './problem.ts';

interface FieldChange {
  object: ObjectDef;
  before: FieldDef;
  after: FieldDef;
}

/** What the platform refuses because of the records that are there already. */
export function dataProblems(store: Store, components: Components, before: Schema, after: Schema): Problem[] {
  const at = (object: ObjectDef, field: FieldDef, problem: string): Problem[] => {
    const component = components.get(keyOf({ type: 'CustomField', name: `${object.name}.${field.name}` }));
    return component ? [problemOf(component, problem)] : [];
  };
  return [
    ...changedFields(before, after).flatMap((change) =>
      changeProblem(store, change).flatMap((problem) => at(change.object, change.after, problem)),
    ),
    ...newFields(before, after)
      .filter(({ object, field }) => field.reference?.masterDetail === true && hasRows(store, object))
      .flatMap(({ object, field }) =>
        at(object, field, `A master-detail field cannot be added to ${object.name}, which has records`),
      ),
  ];
}

/** Columns whose field has another kind now; `dataProblems` has made sure that they are empty. */
export function dropReplacedColumns(store: Store, before: Schema, after: Schema): void {
  for (const { object, before: old, after: field } of changedFields(before, after)) {
    if (storedKind(old) === storedKind(field) && !old.formula === !field.formula) continue;
    store.run('DELETE FROM _field WHERE object = ? AND name = ?', object.name, old.name);
    if (old.formula) continue;
    store.run(`DROP INDEX IF EXISTS ${quoted(`${object.name}.${old.name}`)}`);
    store.run(`ALTER TABLE ${quoted(object.name)} DROP COLUMN ${quoted(old.name)}`);
    if (isFolded(old)) store.run(`ALTER TABLE ${quoted(object.name)} DROP COLUMN ${quoted(foldedColumn(old))}`);
  }
}

function changeProblem(store: Store, { object, before, after }: FieldChange): string[] {
  if (before.formula && after.formula) return [];
  if (!before.formula !== !after.formula) return ['A field cannot become a formula field, nor the other way round'];
  if (before.reference && after.reference && before.reference.to !== after.reference.to) {
    return [`Cannot update referenceTo from ${before.reference.to} to ${after.reference.to}`];
  }
  const table = quoted(object.name);
  const column = quoted(before.name);
  const counts = (condition: string) => store.get(`SELECT 1 FROM ${table} WHERE ${condition} LIMIT 1`) !== undefined;
  const isFilled = before.type === 'boolean' ? `${column} <> 0` : `${column} IS NOT NULL`;
  if (storedKind(before) !== storedKind(after) && counts(isFilled)) {
    return [`Cannot change ${before.name} from ${kindName(before)} to ${kindName(after)}: its data would be lost`];
  }
  if (after.length > 0 && after.length < before.length && counts(`length(${column}) > ${after.length}`)) {
    return [`Cannot shorten ${before.name} from ${before.length} to ${after.length}: there are longer values`];
  }
  const sameAs = quoted(foldedColumn(before));
  const hasTwins = `${column} IS NOT NULL AND EXISTS (SELECT 1 FROM ${table} o WHERE o.${sameAs} = ${table}.${sameAs} AND o."Id" <> ${table}."Id")`;
  if (after.unique && !before.unique && counts(hasTwins)) {
    return [`Cannot make ${before.name} unique: there are duplicate values`];
  }
  return [];
}

const kindName = (field: FieldDef) => (field.longText ? 'LongTextArea' : field.type);

function changedFields(before: Schema, after: Schema): FieldChange[] {
  return [...after.objects.values()].flatMap((object) => {
    const old = findObject(before, object.name);
    return object.fields.flatMap((field) => {
      const known = old?.byName.get(field.name.toLowerCase());
      return known ? [{ object, before: known, after: field }] : [];
    });
  });
}

function newFields(before: Schema, after: Schema): { object: ObjectDef; field: FieldDef }[] {
  return [...after.objects.values()].flatMap((object) => {
    const old = findObject(before, object.name);
    if (!old) return [];
    return object.fields.filter(({ name }) => !old.byName.has(name.toLowerCase())).map((field) => ({ object, field }));
  });
}

function hasRows(store: Store, object: ObjectDef): boolean {
  return store.get(`SELECT 1 FROM ${quoted(object.name)} LIMIT 1`) !== undefined;
}
