import { z } from 'zod';
import type { Account } from '../ports/oauth.ts';
import type { CallLark } from './business-call.ts';

/** Fields that the person's consent does not cover are absent. */
const profile = z.object({
  open_id: z.string().min(1),
  tenant_key: z.string().nullish(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  enterprise_email: z.string().nullish(),
});

/** Whose token it is. */
export async function readAccount(deps: { callLark: CallLark }, accessToken: string): Promise<Account> {
  const user = await deps.callLark({
    method: 'GET',
    route: '/authen/v1/user_info',
    token: accessToken,
    effect: 'read',
    data: profile,
  });
  return {
    subjectId: user.open_id,
    tenantId: user.tenant_key || undefined,
    email: user.email || user.enterprise_email || undefined,
    name: user.name || undefined,
  };
}
