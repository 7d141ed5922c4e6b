import type { TestOrg } from '../support.ts';
import { connectAs, USERS } from '../support.ts';

/** Counts of Lark on one day, as the middleware writes them. */
export async function metric(org: TestOrg, day: string, given: Record<string, unknown> = {}): Promise<void> {
  const result = await connectAs(org, USERS.integration)
    .sobject('Trainer_Connect_Metric__c')
    .upsert({ Key__c: `${day}:lark`, Day__c: day, Provider__c: 'lark', Trainers__c: 10, ...given }, 'Key__c');
  if (!result.success) throw new Error(JSON.stringify(result.errors));
}
