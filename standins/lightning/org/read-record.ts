import type { PageMetadata } from '../metadata/index.ts';
import type { Block, Section } from '../metadata/read-pages.ts';
import { describeObject, nameOfReference, objectOfId, type DescribedField, type DescribedObject } from './describe.ts';
import { readFieldValue, type FieldValue, type HasPage, type Row } from './field-values.ts';
import { soqlText, type OrgClient } from './org-client.ts';

/** A field of a record page: value, describe, and whether this user may change it at all. */
export interface RecordField extends FieldValue {
  label: string;
  length: number;
  editable: boolean;
  required: boolean;
  relationship?: string;
  referenceTo?: string;
  options?: { value: string; label: string }[];
  help?: string;
}

export interface ShownSection {
  label: string;
  columns: { name: string; editable: boolean }[][];
}

export type ShownBlock = Exclude<Block, { type: 'details' }> | { type: 'details'; sections: ShownSection[] };

export interface RecordView {
  id: string;
  name: string;
  object: { name: string; label: string; plural: string; icon: string };
  lastModifiedDate: unknown;
  /** Every field that the user may read, by API name. */
  fields: Record<string, RecordField>;
  highlights: string[];
  page: { name: string; blocks: ShownBlock[] }[];
}

/** A record with its page, or what is missing: the record itself, or the user's access to it. */
export async function readRecord(
  deps: {
    client: OrgClient;
    everybody: OrgClient;
    metadata: PageMetadata;
    iconOf: (object: string) => string;
    hasPage: HasPage;
  },
  id: string,
): Promise<RecordView | { missing: 'record' | 'access' }> {
  const { client, metadata } = deps;
  const name = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id) ? await objectOfId(client, id) : undefined;
  const object = name === undefined ? undefined : await describeObject(client, name);
  const row = object && (await queryRow(client, object, id));
  if (!object || !row) return { missing: (await existsAtAll(deps.everybody, id)) ? 'access' : 'record' };
  const page = metadata.pages.get(metadata.recordPages.get(object.name) ?? '');
  if (!page) return { missing: 'record' };
  const fields = Object.fromEntries(
    [...object.fields.values()].map((field) => [field.name, recordField(row, field, object, deps.hasPage)]),
  );
  return {
    id: String(row['Id']),
    name: String(row['Name']),
    object: { name: object.name, label: object.label, plural: object.labelPlural, icon: deps.iconOf(object.name) },
    lastModifiedDate: fields['LastModifiedDate']?.value,
    fields,
    highlights: (metadata.highlights.get(object.name) ?? []).filter((field) => field in fields),
    page: page.regions.map((region) => ({
      name: region.name,
      blocks: region.blocks.map((block): ShownBlock => {
        if (block.type !== 'details') return block;
        const sections = block.sections ?? metadata.layouts.get(object.name) ?? [];
        return { type: 'details', sections: visibleSections(sections, fields) };
      }),
    })),
  };
}

async function queryRow(client: OrgClient, object: DescribedObject, id: string): Promise<Row | undefined> {
  const selected = [...object.fields.values()].flatMap((field) => [field.name, nameOfReference(field) ?? field.name]);
  const names = [...new Set(selected)].join(', ');
  const [row] = await client.query<Row>(`SELECT ${names} FROM ${object.name} WHERE Id = ${soqlText(id)}`);
  return row;
}

/** Asked in the name of the integration user, who sees all records: only whether there is one is used. */
async function existsAtAll(everybody: OrgClient, id: string): Promise<boolean> {
  if (!/^[a-zA-Z0-9]{15,18}$/.test(id)) return false;
  const object = await objectOfId(everybody, id);
  if (object === undefined) return false;
  const rows = await everybody.query(`SELECT Id FROM ${object} WHERE Id = ${soqlText(id)}`);
  return rows.length > 0;
}

function recordField(row: Row, field: DescribedField, object: DescribedObject, hasPage: HasPage): RecordField {
  return {
    ...readFieldValue(row, field, hasPage),
    label: field.type === 'reference' ? field.label.replace(/ ID$/, '') : field.label,
    length: field.length,
    // Owners are changed by an action of their own, which these pages do not have.
    editable: object.updateable && field.updateable && field.name !== 'OwnerId',
    required: !field.nillable && field.type !== 'boolean',
    ...(field.relationshipName === null
      ? {}
      : { relationship: field.relationshipName, referenceTo: field.referenceTo[0] }),
    ...(field.picklistValues.length > 0
      ? { options: field.picklistValues.filter(({ active }) => active).map(({ value, label }) => ({ value, label })) }
      : {}),
    ...(field.inlineHelpText === null ? {} : { help: field.inlineHelpText }),
  };
}

/** Sections with the fields that the user may read; a section without any is left out, as on the platform. */
function visibleSections(sections: readonly Section[], fields: Record<string, RecordField>): ShownSection[] {
  return sections
    .map((section) => ({
      label: section.label,
      columns: section.columns.map((column) =>
        column.flatMap(({ field, readOnly }) => {
          const found = fields[field];
          return found ? [{ name: field, editable: found.editable && !readOnly }] : [];
        }),
      ),
    }))
    .filter((section) => section.columns.some((column) => column.length > 0));
}
