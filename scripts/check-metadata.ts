// npm run check:metadata: what can be said of the metadata without an org.
import path from 'node:path';
import process from 'node:process';
import { catalogOf } from './checks/metadata-catalog.ts';
import { checkFields } from './checks/metadata-fields.ts';
import { readPackage, withoutFreshOrg } from './checks/metadata-files.ts';
import { checkProductPermissions } from './checks/metadata-permissions-product.ts';
import { checkPermissions } from './checks/metadata-permissions.ts';
import { checkPlatformRules } from './checks/metadata-platform.ts';
import { checkMetadataReferences } from './checks/metadata-references.ts';
import { checkSchema } from './checks/metadata-schema.ts';

/** All problems of the metadata below `root/force-app`, each one line with file, line and what to do. */
export function checkMetadata(root: string): string[] {
  const source = readPackage(root);
  const catalog = catalogOf(source);
  const references = checkMetadataReferences(source, catalog);
  const main = withoutFreshOrg(source);
  return [
    ...checkSchema(source),
    ...checkFields(source),
    ...checkPlatformRules(source),
    ...references,
    ...checkMetadataReferences(main, catalogOf(main))
      .filter((problem) => !references.includes(problem))
      .map((problem) => `${problem} that is deployed without fresh-org`),
    ...checkPermissions(source, catalog),
    ...checkProductPermissions(source, catalog),
  ];
}

if (import.meta.main) {
  const problems = checkMetadata(path.resolve(import.meta.dirname, '..'));
  for (const line of problems) console.error(line);
  if (problems.length === 0) console.log('The metadata is clean.');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
