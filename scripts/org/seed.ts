import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPlan, shifted, weeksSinceAnchor } from '../../standins/salesforce/sample/load-records.ts';
import { runQueries } from './queries.ts';
import { SfError, REPOSITORY, type Sf } from './sf.ts';
import { TRAINER } from './target.ts';

interface TreeFile {
  records: Record<string, unknown>[];
}

/** Invented trainers would be offered to real merchants. */
export class ProductionRefused extends Error {
  override name = 'ProductionRefused';
}

const DATA = path.join(REPOSITORY, 'data');

/**
 * Imports the sample data, unless one of its trainers is there already.
 * @throws SfError
 * @throws ProductionRefused unless `evenInProduction`
 */
export async function seed(
  sf: Sf,
  now: Date,
  { evenInProduction }: { evenInProduction: boolean },
): Promise<{ created: number } | { there: string[] }> {
  const { records } = readTree(path.join(DATA, 'trainers.json'));
  const emails = records.map((record) => String(record['Email__c']));
  const { organization, trainers } = await runQueries(sf, {
    organization: 'SELECT Name, OrganizationType, IsSandbox, TrialExpirationDate FROM Organization',
    trainers: `SELECT Email__c FROM ${TRAINER} WHERE Email__c IN (${emails.map((email) => `'${email}'`).join(', ')})`,
  });
  if (organization instanceof SfError) throw organization;
  const [org] = organization.records;
  if (!evenInProduction && isProduction(org)) {
    throw new ProductionRefused(`${String(org?.['Name'])} is a production org, and the sample data are invented.`);
  }
  if (trainers instanceof SfError) throw trainers;
  if (trainers.totalSize > 0) return { there: trainers.records.map((row) => String(row['Email__c'])) };

  const folder = mkdtempSync(path.join(tmpdir(), 'org-seed-'));
  try {
    cpSync(DATA, folder, { recursive: true });
    const weeks = weeksSinceAnchor(DATA, now);
    for (const file of readPlan(DATA).flatMap(({ files }) => files)) shiftDates(path.join(folder, file), weeks);
    const plan = path.join(folder, 'sample-data-plan.json');
    const created = await sf.run<unknown[]>(['data', 'import', 'tree', '--plan', plan]);
    return { created: created.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is neither a sandbox, nor a trial, nor a Developer Edition may have customers. */
function isProduction(org: Record<string, unknown> | undefined): boolean {
  const isTrial = typeof org?.['TrialExpirationDate'] === 'string';
  return org?.['IsSandbox'] !== true && !isTrial && org?.['OrganizationType'] !== 'Developer Edition';
}

/** Date-times move by whole weeks, as when the local org is filled. */
function shiftDates(file: string, weeks: number): void {
  const tree = readTree(file);
  for (const record of tree.records) {
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) record[name] = shifted(value, weeks);
    }
  }
  writeFileSync(file, JSON.stringify(tree));
}

const readTree = (file: string): TreeFile => JSON.parse(readFileSync(file, 'utf8')) as TreeFile;
