import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** `@AuraEnabled` with its parameters, then (after other annotations) the name before the opening parenthesis. */
const METHOD =
  /@AuraEnabled\s*(\([^)]*\))?\s*(?:@\w+(?:\([^)]*\))?\s*)*(?:global|public)\s+static\s+[\w.<>,\s[\]]+?(\w+)\s*\(/gi;

/**
 * Whether `Class.method` may be cached, from the class's source.
 * @returns undefined where the package has no such `@AuraEnabled` method.
 */
export function isCacheable(root: string, name: string): boolean | undefined {
  const [className = '', method] = name.split('.');
  const file = path.join(root, 'classes', `${className}.cls`);
  if (!existsSync(file)) return undefined;
  for (const [, parameters = '', found] of readFileSync(file, 'utf8').matchAll(METHOD)) {
    if (found === method) return /cacheable\s*=\s*true/i.test(parameters);
  }
  return undefined;
}
