import { ProviderError } from '../../core/provider-error.ts';
import type { Database } from '../../storage/database.ts';
import { NotRight, type Check } from './checks.ts';

export interface CheckLarkDeps {
  db: Database;
  /** Each throws `ProviderError`. */
  lark: {
    appCheck: () => Promise<void>;
    calendarCheck: () => Promise<void>;
    directoryCheck: () => Promise<void>;
    /** Spends a refresh token that cannot exist. */
    refreshNothing: () => Promise<unknown>;
  };
  scopes: readonly string[];
}

const CONSOLE = "the app's page in Lark's developer console";

/** What the app may do, asked of Lark itself; nobody's account is touched. */
export function larkChecks({ db, lark, scopes }: CheckLarkDeps): Check[] {
  return [
    {
      name: 'The app can sign in',
      howTo: `Compare LARK_APP_ID and LARK_APP_SECRET with ${CONSOLE}, and see there whether the app is enabled and its version released.`,
      isBasis: true,
      look: async () => {
        await lark.appCheck();
        return 'Lark gives the app a token.';
      },
    },
    {
      name: 'Tokens can be renewed',
      howTo: 'Check LARK_TOKEN_URL and LARK_APP_SECRET, and whether the server may call that address.',
      look: async () => {
        const error: unknown = await lark.refreshNothing().catch((problem: unknown) => problem);
        if (!(error instanceof ProviderError)) throw new NotRight('Lark took a refresh token that does not exist.');
        // The app was accepted, the made-up token was not.
        if (!['grant-dead', 'grant-consumed', 'refused'].includes(error.failure)) throw error;
        return 'The token endpoint answers, and knows the app.';
      },
    },
    {
      name: 'The app may use the calendar',
      howTo: `Enable the calendar scopes and the bot in ${CONSOLE}, and release a new version.`,
      look: async () => {
        await lark.calendarCheck();
        return "The app's own calendar can be read: invitations can be made.";
      },
    },
    {
      name: 'The app may look up people',
      howTo: `Enable the scope contact:user.id:readonly in ${CONSOLE}, set the range of contacts to everybody, and release a new version.`,
      look: async () => {
        await lark.directoryCheck();
        return 'People can be found by their e-mail.';
      },
    },
    {
      name: 'Trainers have agreed to all scopes',
      howTo: `Enable every scope of the list in ${CONSOLE}; the trainers concerned connect again.`,
      look: async () => {
        const lacking = await countLacking(db, scopes);
        if (lacking > 0) throw new NotRight(`${lacking} connected trainers lack a scope that is needed now.`);
        return 'Every connected trainer has agreed to what is needed.';
      },
    },
  ];
}

/** Counted in groups: trainers agree to one of few sets of scopes. */
async function countLacking(db: Database, scopes: readonly string[]): Promise<number> {
  const groups = await db
    .selectFrom('token_head')
    .select((eb) => ['scopes', eb.fn.countAll<string>().as('connections')])
    .where('state', '=', 'connected')
    .where('connection_id', 'like', 'lark:%')
    .groupBy('scopes')
    .execute();
  return groups
    .filter((group) => {
      const granted = group.scopes.split(' ');
      return scopes.some((scope) => !granted.includes(scope));
    })
    .reduce((sum, { connections }) => sum + Number(connections), 0);
}
