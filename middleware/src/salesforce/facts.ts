import { z } from 'zod';
import { misfit } from './errors.ts';
import { SalesforceError, type MailAllowance } from './records.ts';
import type { CallSalesforce } from './rest.ts';

const limit = z.object({ Max: z.number(), Remaining: z.number() }).optional();
const limits = z.looseObject({ SingleEmail: limit, DailyWorkflowEmails: limit });
const description = z.looseObject({ fields: z.array(z.looseObject({ name: z.string(), updateable: z.boolean() })) });

/**
 * Mails of `emailSimple` count against the single mails where the org logs them, otherwise against those of workflows:
 * the nearer end counts. Limits are shown to users with "View Setup and Configuration" only.
 */
export async function readMailAllowance(call: CallSalesforce): Promise<MailAllowance | undefined> {
  const answer = await call({ method: 'GET', path: '/limits', effect: 'read' }).catch((error: unknown) => {
    if (error instanceof SalesforceError && error.failure === 'refused') return {};
    throw error;
  });
  const parsed = limits.safeParse(answer);
  if (!parsed.success) throw misfit('read', parsed.error);
  const told = [parsed.data.SingleEmail, parsed.data.DailyWorkflowEmails].filter((one) => one !== undefined);
  const [nearest] = told.toSorted((one, other) => one.Remaining - other.Remaining);
  return nearest && { max: nearest.Max, remaining: nearest.Remaining };
}

export async function readChangeableFields(call: CallSalesforce, object: string): Promise<ReadonlySet<string>> {
  const path = `/sobjects/${encodeURIComponent(object)}/describe`;
  const parsed = description.safeParse(await call({ method: 'GET', path, effect: 'read' }));
  if (!parsed.success) throw misfit('read', parsed.error);
  return new Set(parsed.data.fields.filter(({ updateable }) => updateable).map(({ name }) => name));
}
