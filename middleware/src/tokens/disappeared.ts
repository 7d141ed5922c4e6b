import type { Log } from '../core/runtime.ts';
import { soql, type SalesforceRecords } from '../salesforce/records.ts';
import type { Head } from './head.ts';

/** `gone`: the trainers were deleted; `hidden`: Salesforce shows us no trainers at all, which says nothing about one. */
export type Disappeared = 'gone' | 'hidden';

/**
 * What it means that Salesforce does not show some of the trainers. Only when it shows none of a page, one more query
 * asks whether this is a matter of permissions: pairs that wait must not be taken for saved then.
 */
export async function disappeared(
  deps: { records: SalesforceRecords; log: Log; alert: (message: string) => void },
  heads: readonly Head[],
  saved: ReadonlyMap<string, unknown>,
): Promise<Disappeared> {
  if (heads.length === 0 || saved.size > 0) return 'gone';
  const [anybody] = await deps.records.query(soql`SELECT Id FROM Onboarding_Trainer__c LIMIT 1`);
  if (anybody) return 'gone';
  deps.log.error({ connections: heads.length }, 'Salesforce shows no trainers');
  deps.alert(
    'Salesforce shows the integration user no trainers at all, so that connections cannot be saved. Check its permission set Trainer_Connect_Integration.',
  );
  return 'hidden';
}
