import { keyOf, type Component } from '../metadata/component.ts';
import type { Package } from '../metadata/read-package.ts';
import { CHILD_TYPES, OBJECT_CHILDREN, typeNamed } from '../metadata/types.ts';
import { problemOf, type Problem } from './problem.ts';

const manifestProblem = (type: string, name: string, problem: string): Problem => ({
  type,
  name,
  file: 'package.xml',
  line: 1,
  problem,
});

/** Types that are not known, members that the zip lacks, components that it has twice. */
export function manifestProblems(pack: Package, components: readonly Component[]): Problem[] {
  const found = new Map<string, Component>();
  const twice = components.flatMap((component) => {
    const key = keyOf(component);
    const known = found.has(key);
    found.set(key, component);
    return known ? [problemOf(component, `Duplicate name: ${component.name} appears more than once`)] : [];
  });
  const missing = [...pack.manifest].flatMap(([type, members]) => {
    if (!typeNamed(type) && !CHILD_TYPES.includes(type)) {
      return [manifestProblem(type, 'package.xml', `Unknown type name '${type}' specified in package.xml`)];
    }
    // Labels and sharing rules are parts of files that are read as a whole.
    if (!typeNamed(type) && !OBJECT_CHILDREN.some(({ name }) => name === type)) return [];
    return members
      .filter((name) => name !== '*' && !found.has(keyOf({ type, name })))
      .map((name) =>
        manifestProblem(
          type,
          name,
          `An object '${name}' of type ${type} was named in package.xml, but was not found in zipped directory`,
        ),
      );
  });
  return [...twice, ...missing];
}

/** Only what package.xml names is deployed. */
export function isNamed(pack: Package, { type, name }: Component): boolean {
  const members = pack.manifest.get(type);
  return (
    members !== undefined && (members.includes('*') || members.some((one) => one.toLowerCase() === name.toLowerCase()))
  );
}
