import { z } from 'zod';
import { idOf, type Account } from './accounts.ts';
import type { Call } from './calls.ts';
import { fieldViolation } from './errors.ts';
import { readUserIdType } from './user-ids.ts';
import { parseBody } from './parse-body.ts';

const BODY = z.strictObject({
  emails: z.array(z.string().min(1)).max(50).optional(),
  mobiles: z.array(z.string().min(1)).max(50).optional(),
  include_resigned: z.boolean().optional(),
});

/**
 * `POST contact/v3/users/batch_get_id` (rule 6). A miss (unknown, resigned unless asked for, outside the app's
 * contact range or of another tenant) is an entry without `user_id`, not an error.
 */
export function batchGetUserIds({ world, caller, request, response }: Call): unknown {
  const type = readUserIdType(caller, request);
  const { emails = [], mobiles = [], include_resigned: includeResigned } = parseBody(BODY, request, response);
  if (emails.length + mobiles.length === 0) {
    throw fieldViolation([{ field: 'emails', description: 'emails or mobiles is required' }]);
  }
  const visible = (account: Account | undefined) =>
    account &&
    account.tenantKey === caller.app.tenantKey &&
    account.inContactRange &&
    (includeResigned || !account.resigned)
      ? account
      : undefined;
  const entry = (asked: { email: string } | { mobile: string }, account: Account | undefined) =>
    account ? { user_id: idOf(account, caller.app, type), ...asked, status: statusOf(account) } : asked;
  return {
    user_list: [
      ...emails.map((email) => entry({ email }, visible(world.accounts.byEmail(email)))),
      ...mobiles.map((mobile) => entry({ mobile }, visible(world.accounts.byMobile(mobile)))),
    ],
  };
}

function statusOf(account: Account) {
  return {
    is_frozen: false,
    is_resigned: account.resigned,
    is_activated: true,
    is_exited: false,
    is_unjoin: false,
  };
}
