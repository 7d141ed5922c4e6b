import type { Catalog } from './metadata-catalog.ts';
import type { PackageSource } from './metadata-files.ts';
import { checkFlowReferences } from './metadata-references-flows.ts';
import { checkObjectReferences } from './metadata-references-objects.ts';
import { checkPageReferences } from './metadata-references-pages.ts';
import { checkPermissionSetReferences } from './metadata-references-permission-sets.ts';
import { checkReportReferences } from './metadata-references-reports.ts';
import { checkTextReferences } from './metadata-references-texts.ts';

/** Names that one file uses and another must define. */
export function checkMetadataReferences(source: PackageSource, catalog: Catalog): string[] {
  return [
    ...checkPermissionSetReferences(source, catalog),
    ...checkFlowReferences(source, catalog),
    ...checkPageReferences(source, catalog),
    ...checkObjectReferences(source, catalog),
    ...checkReportReferences(source, catalog),
    ...checkTextReferences(source, catalog),
  ];
}
