import { rowsOf, type Rows } from './queries.ts';
import type { Finding } from './report.ts';
import { SfError } from './sf.ts';

/** Permission set that alone may read tokens. */
export const INTEGRATION = 'Trainer_Connect_Integration';
/** The sharing rule for bookings of trainers' users names it. */
export const MIDDLEWARE_GROUP = 'Trainer_Connect_Middleware';

/** Key prefix of groups, which may be members of a group themselves. */
const GROUP = '00G';

export function aboutReaders(readers: Rows | SfError): Finding[] {
  if (readers instanceof SfError) {
    const remedy = 'run this as a user with View Setup and Configuration';
    return [{ level: 'warning', what: `Who reads the token fields could not be asked: ${readers.message}`, remedy }];
  }
  return readers.records.flatMap((row): Finding[] => {
    const parent = row['Parent'] as Record<string, unknown>;
    const profile = (parent['Profile'] as Record<string, unknown> | null)?.['Name'];
    if (parent['Name'] === INTEGRATION) return [];
    const who =
      parent['IsOwnedByProfile'] === true ? `profile ${String(profile)}` : `permission set ${String(parent['Label'])}`;
    const remedy = 'take Read away there; only the integration user needs it';
    return [{ level: 'error', what: `The ${who} reads the token field ${String(row['Field'])}`, remedy }];
  });
}

/** Field rights alone do not let the middleware write: sharing decides about each booking. */
export function aboutMiddlewareGroup(holders: Rows | SfError, members: Rows | SfError): Finding[] {
  const refused = [holders, members].find((answer) => answer instanceof SfError);
  if (refused) {
    const what = `Whether the integration user is in the public group ${MIDDLEWARE_GROUP} could not be asked: ${refused.message}`;
    return [{ level: 'warning', what, remedy: 'run this as a user with View Setup and Configuration' }];
  }
  const users = rowsOf(holders);
  if (users.length === 0) return [{ level: 'info', what: `No active user has the permission set ${INTEGRATION} yet` }];
  const ids = rowsOf(members).map((row) => String(row['UserOrGroupId']));
  const notFollowed = ids.some((id) => id.startsWith(GROUP)) ? ' itself (groups within it were not looked into)' : '';
  return users.map((row): Finding => {
    const username = String((row['Assignee'] as Record<string, unknown> | null)?.['Username']);
    if (ids.includes(String(row['AssigneeId']))) {
      return { level: 'info', what: `${username} is in the public group ${MIDDLEWARE_GROUP}` };
    }
    return {
      level: 'warning',
      what: `${username} has the permission set ${INTEGRATION} and is not in the public group ${MIDDLEWARE_GROUP}${notFollowed}: it cannot write results to bookings`,
      remedy:
        'add the user in Setup → Public Groups → Trainer Connect Middleware, or take the permission set away if it is not the integration user',
    };
  });
}
