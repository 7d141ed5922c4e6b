import type { OrgClient } from './org-client.ts';

/** What the pages use of a field's describe. */
export interface DescribedField {
  name: string;
  label: string;
  type: string;
  length: number;
  nillable: boolean;
  updateable: boolean;
  nameField: boolean;
  sortable: boolean;
  inlineHelpText: string | null;
  picklistValues: { value: string; label: string; active: boolean }[];
  referenceTo: string[];
  relationshipName: string | null;
}

export interface DescribedObject {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  updateable: boolean;
  /** By API name; only those that the user may read. */
  fields: ReadonlyMap<string, DescribedField>;
}

/** An object as this user has it; undefined where they have no access to it. */
export async function describeObject(client: OrgClient, name: string): Promise<DescribedObject | undefined> {
  const answer = await client.call<Omit<DescribedObject, 'fields'> & { fields: DescribedField[]; queryable: boolean }>(
    'GET',
    `/sobjects/${encodeURIComponent(name)}/describe`,
  );
  if (answer.status !== 200 || !answer.body.queryable) return undefined;
  return { ...answer.body, fields: new Map(answer.body.fields.map((field) => [field.name, field])) };
}

/** The name of the object that an id belongs to, among those that the user has access to. */
export async function objectOfId(client: OrgClient, id: string): Promise<string | undefined> {
  const { body } = await client.call<{ sobjects: { name: string; keyPrefix: string; queryable: boolean }[] }>(
    'GET',
    '/sobjects',
  );
  return body.sobjects.find(({ keyPrefix, queryable }) => queryable && id.startsWith(keyPrefix))?.name;
}

/** The name field of what a lookup refers to, as a path: `Trainer__r.Name`. */
export function nameOfReference(field: DescribedField): string | undefined {
  return field.type === 'reference' && field.relationshipName !== null ? `${field.relationshipName}.Name` : undefined;
}
