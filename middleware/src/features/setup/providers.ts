import type { ProviderId } from '../../core/connection.ts';

/** What somebody has to do, in words for people. */
export interface Missing {
  what: string;
  where: string;
  howTo: string;
}

export interface ProviderSetup {
  id: ProviderId;
  name: string;
  /** Whether this version can connect it at all. */
  isBuilt: boolean;
  hasCredentials: boolean;
  /** To be entered in the provider's console. */
  redirectUri: string;
  /** As the server is told; another one than `redirectUri` cannot work. */
  configuredRedirectUri: string | undefined;
  /** To be enabled in the provider's console. */
  scopes: readonly string[];
  credentials: string;
  console: string;
}

const NOTES = 'docs/provider-setup.md';

export function missingOf(provider: ProviderSetup): Missing[] {
  const { name, credentials, console } = provider;
  if (!provider.isBuilt) {
    return [
      {
        what: `${name} is not part of this version.`,
        where: NOTES,
        howTo: 'Nothing to do: a later version brings it.',
      },
    ];
  }
  if (!provider.hasCredentials) {
    return [
      {
        what: `The credentials of the ${name} app (${credentials}).`,
        where: 'The environment of the middleware',
        howTo: `Create an app in ${console}, set ${credentials} to what its page of credentials shows, and start the middleware again. ${NOTES} shows each step.`,
      },
    ];
  }
  const { configuredRedirectUri: configured } = provider;
  if (configured === undefined || configured === provider.redirectUri) return [];
  return [
    {
      what: `The redirect URI leads somewhere else: ${configured}`,
      where: 'The environment of the middleware (LARK_OAUTH_REDIRECT_URI and PUBLIC_URL)',
      howTo: `Let it be ${provider.redirectUri}, or correct PUBLIC_URL, and enter the same address in ${console}.`,
    },
  ];
}
