import { keyOf, ofType, type Components } from '../metadata/component.ts';
import type { NamedCredentialDef } from '../schema/load-credentials.ts';
import { findField, findObject, type Schema } from '../schema/types.ts';

/** Answers whether what a component names would exist after the deployment. */
export interface KnownNames {
  /** Problems of naming a component of a type; none for the platform's own (`standard-home`). */
  component(type: string, name: string, element?: string): string[];
  object(name: string): string[];
  /** A field, or a path through lookups, of an object. */
  field(object: string, path: string): string[];
  principal(name: string): string[];
  /** Whether there is such a custom label. */
  label(name: string): boolean;
  components: Components;
  schema: Schema;
}

const CUSTOM = /__(c|mdt|e|r)$/;

export function knownNames(
  components: Components,
  schema: Schema,
  credentials: ReadonlyMap<string, NamedCredentialDef>,
): KnownNames {
  const object = (name: string) =>
    CUSTOM.test(name) && !findObject(schema, name) ? [`no CustomObject named ${name} found`] : [];
  const field = (objectName: string, path: string): string[] => {
    const start = findObject(schema, objectName);
    if (!start) return object(objectName);
    const [step = '', ...rest] = path.split('.');
    const found = findField(start, step) ?? start.byRelationship.get(step.toLowerCase());
    // Of standard objects the local org has only the standard fields that are used: it cannot deny the others.
    if (!found) return start.custom || CUSTOM.test(step) ? [`no CustomField named ${objectName}.${step} found`] : [];
    return rest.length === 0 || !found.reference ? [] : field(found.reference.to, rest.join('.'));
  };
  const principals = new Set([...credentials.values()].flatMap((one) => one.principals));
  const labels = new Set(
    ofType(components, 'CustomLabels').flatMap(({ xml }) =>
      [...xml.matchAll(/<fullName>\s*(\w+)\s*<\/fullName>/g)].map(([, name = '']) => name.toLowerCase()),
    ),
  );
  return {
    components,
    schema,
    object,
    field,
    component: (type, name, element) => {
      if (/^standard[-_]/.test(name) || components.has(keyOf({ type, name }))) return [];
      return [`${element === undefined ? '' : `In field: ${element} - `}no ${type} named ${name} found`];
    },
    label: (name) => labels.has(name.toLowerCase()),
    principal: (name) =>
      principals.has(name) ? [] : [`In field: externalCredentialPrincipal - no principal named ${name} found`],
  };
}
