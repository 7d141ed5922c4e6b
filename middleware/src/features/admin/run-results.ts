import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { readRun } from '../../storage/runs.ts';

export interface RunResultsDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'query'>;
}

const limits = 'must be a whole number from 1 to 200';

export const runResultsQuery = z.strictObject({
  outcome: z.enum(['succeeded', 'failed', 'skipped'], 'must be one of succeeded, failed, skipped').optional(),
  after: z
    .string('give one position')
    .regex(/^\d{1,15}$/, 'must be the value of page.next')
    .optional(),
  limit: z.coerce.number(limits).int(limits).min(1, limits).max(200, limits).default(50),
});
export type RunResultsQuery = z.output<typeof runResultsQuery>;

export interface PresentedResult {
  connectionId?: string;
  trainerId: string;
  /** Empty for a trainer who does not exist any more. */
  trainerName: string;
  outcome: string;
  code: string;
  message: string;
  /** ISO 8601, UTC. */
  at: string;
}

/**
 * What became of each trainer in a run, in the order in which they were worked on, for 30 days. The names are Salesforce's
 * of this moment: one query a page. Throws `not_found` and `SalesforceError`.
 */
export async function runResults(
  deps: RunResultsDeps,
  runId: string,
  { outcome, after = '0', limit }: RunResultsQuery,
): Promise<{ results: PresentedResult[]; page: { limit: number; next: string | null } }> {
  if (!(await readRun(deps, runId))) throw new AppError('not_found', 'There is no run with this id.');
  let query = deps.db
    .selectFrom('run_result')
    .selectAll()
    .where('run_id', '=', runId)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit + 1);
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  const rows = await query.execute();
  const shown = rows.slice(0, limit);
  const names = await namesOf(deps, [...new Set(shown.map(({ trainer_id }) => trainer_id))]);
  return {
    results: shown.map((row) => ({
      ...(row.connection_id === null ? {} : { connectionId: row.connection_id }),
      trainerId: row.trainer_id,
      trainerName: names.get(row.trainer_id) ?? '',
      outcome: row.outcome,
      code: row.code,
      message: row.message,
      at: row.at.toISOString(),
    })),
    page: { limit, next: rows.length > limit ? (shown.at(-1)?.number ?? null) : null },
  };
}

async function namesOf(deps: RunResultsDeps, trainerIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (trainerIds.length === 0) return new Map();
  const rows = await deps.records.query<Row & { Id: string; Name: string }>(
    soql`SELECT Id, Name FROM Onboarding_Trainer__c WHERE Id IN ${trainerIds}`,
  );
  return new Map(rows.map(({ Id, Name }) => [Id, Name]));
}
