import type { LocalOrg } from '../index.ts';
import type { CredentialSecrets } from './callout.ts';

export { ApexError } from './runtime.ts';

/** The middleware's Named Credential. */
export const CREDENTIAL = 'Trainer_Connect';

export interface ApexTwins {
  /**
   * What LWC gets of an `@AuraEnabled` method, called by a user.
   * @param method `Class.method`
   * @param parameters by name, as JSON
   * @throws ApexError with a sentence for the user
   */
  call(username: string, method: string, parameters: object): Promise<unknown>;
  /** `Class.method` of every method that can be called. */
  methods(): string[];
}

/**
 * The package's Apex, followed statement by statement from its source: there is no second description of a guard, a
 * query, a path or a result. `middleware` is what Setup holds in the Named Credential.
 * @throws UnsupportedApex where a class goes beyond the small vocabulary that is followed
 */
export function createApexTwins(deps: { org: LocalOrg; middleware: CredentialSecrets }): ApexTwins {
  const { org } = deps;
  org.configureNamedCredential(CREDENTIAL, deps.middleware);
  const apex = org.apex();
  return {
    call: async (username, method, parameters) => apex.call(org.apexUser(username), method, parameters),
    methods: () => apex.methods(),
  };
}
