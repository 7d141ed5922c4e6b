import type { ModifierContext, TypeArgumentsContext, TypeRefContext } from '@apexdevtools/apex-parser';
import type { TypeName } from './class-model.ts';
import { UnsupportedApex } from './values.ts';

/** A declared type with its arguments. */
export function typeOf(context: TypeRefContext): TypeName {
  const names = context.typeName_list();
  const inner = names.at(-1)?.typeArguments() as TypeArgumentsContext | null | undefined;
  const list = inner?.typeList().typeRef_list() ?? [];
  const name = names.map((one) => one.getText().replace(/<.*/s, '')).join('.');
  if (context.arraySubscripts().getText() !== '') throw new UnsupportedApex(`${name}[]: write List<${name}>`);
  return { name, of: list.map(typeOf) };
}

/** Annotations by lower-case name with their values. */
export function annotationsOf(modifiers: readonly ModifierContext[]): Map<string, Record<string, string>> {
  const found = modifiers.map((one) => one.annotation() as ReturnType<typeof one.annotation> | null);
  return new Map(
    found
      .filter((one) => one !== null)
      .map((one) => {
        const pairs = one.elementValuePairs() as ReturnType<typeof one.elementValuePairs> | null;
        const values = (pairs?.elementValuePair_list() ?? []).map((pair) => [
          pair.id().getText().toLowerCase(),
          pair.elementValue().getText().replace(/^'|'$/g, ''),
        ]);
        return [one.id().getText().toLowerCase(), Object.fromEntries(values) as Record<string, string>];
      }),
  );
}

/** `public`, `with sharing`, `static`; lower case. */
export function words(modifiers: readonly ModifierContext[]): string[] {
  return modifiers.map((one) =>
    [...(one.children as { getText(): string }[])].map((part) => part.getText().toLowerCase()).join(' '),
  );
}

/** All parts of that kind below a part of the source, in order; not what is inside of one. */
export function partsOf<T>(node: unknown, kind: new (...given: never[]) => T): T[] {
  if (node instanceof kind) return [node];
  const { children } = node as { children?: unknown[] | null };
  return (children ?? []).flatMap((child) => partsOf(child, kind));
}
