import { mailTemplates } from '../../core/mail-templates.ts';
import { SalesforceError } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { missingInSalesforce, usernameOf, type CheckSalesforceDeps } from './check-salesforce.ts';
import { lastChecks, type LastCheck } from './checks.ts';
import { missingOf, type Missing, type ProviderSetup } from './providers.ts';

export interface ShowSetupDeps extends CheckSalesforceDeps {
  db: Database;
  providers: readonly ProviderSetup[];
}

export type SetupState = 'ready' | 'off' | 'incomplete' | 'failing';

/** What is set up and what is missing. Never a secret. Also without Salesforce: then it says so. */
export async function showSetup(deps: ShowSetupDeps) {
  const checks = await lastChecks(deps.db);
  const lastCheck = checks.get('salesforce') ?? null;
  const { templates, ...salesforce } = await salesforceSetup(deps, lastCheck);
  return {
    providers: deps.providers.map((provider) => {
      const missing = missingOf(provider);
      const lastCheck = checks.get(provider.id) ?? null;
      const { id, name, redirectUri, scopes } = provider;
      return { id, name, state: stateOf(provider, missing, lastCheck), redirectUri, scopes, missing, lastCheck };
    }),
    salesforce: { ...salesforce, lastCheck },
    templates,
  };
}

function stateOf(provider: ProviderSetup, missing: readonly Missing[], lastCheck: LastCheck | null): SetupState {
  if (!provider.hasCredentials) return 'off';
  if (missing.length > 0) return 'incomplete';
  return lastCheck?.ok === false ? 'failing' : 'ready';
}

async function salesforceSetup(deps: ShowSetupDeps, lastCheck: LastCheck | null) {
  const fixed = { orgId: deps.orgId, mailSender: deps.mailSender ?? null };
  const missing = missingInSalesforce(deps);
  try {
    const [user, allowance, templates] = await Promise.all([
      usernameOf(deps.records),
      deps.records.mailAllowance(),
      deps.templates(),
    ]);
    const standing: SetupState = missing.length > 0 ? 'incomplete' : 'ready';
    const state: SetupState = lastCheck?.ok === false ? 'failing' : standing;
    return { ...fixed, user, mailRemaining: allowance?.remaining ?? null, state, missing, templates };
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    const trouble = {
      what: `Salesforce does not answer the middleware as it should: ${error.message}`,
      where: 'The environment of the middleware (SALESFORCE_…) and Setup',
      howTo: 'Run the check of Salesforce: it says which step fails and what to do.',
    };
    return {
      ...fixed,
      user: null,
      mailRemaining: null,
      state: 'failing' as const,
      missing: [trouble, ...missing],
      templates: mailTemplates.map((name) => ({ name, state: 'built-in' })),
    };
  }
}
