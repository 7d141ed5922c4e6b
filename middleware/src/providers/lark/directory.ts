import { z } from 'zod';
import type { Directory } from '../ports/directory.ts';
import type { CallLark } from './business-call.ts';
import type { TenantToken } from './tenant-token.ts';

const userData = z.object({
  // A person whom Lark does not know, or the app may not see, is an entry without user_id.
  user_list: z.array(z.object({ email: z.string().nullish(), user_id: z.string().nullish() })),
});

/** People of the company, looked up with the app's own identity. The subject id is the open id. */
export function createDirectory(deps: { callLark: CallLark; tenantToken: TenantToken }): Directory {
  return {
    async findSubjectByEmail(email) {
      const { user_list: users } = await deps.tenantToken.use((token) =>
        deps.callLark({
          method: 'POST',
          route: '/contact/v3/users/batch_get_id',
          query: { user_id_type: 'open_id' },
          body: { emails: [email], include_resigned: false },
          token,
          effect: 'read',
          data: userData,
        }),
      );
      const wanted = email.toLowerCase();
      return users.find((user) => user.email?.toLowerCase() === wanted)?.user_id || undefined;
    },
  };
}
