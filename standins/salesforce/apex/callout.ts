import type { NamedCredentialDef } from '../schema/load-credentials.ts';
import { CalloutRefused, type CalloutAnswer, type CalloutRequest } from './world.ts';

/** What Setup holds of a Named Credential. */
export interface CredentialSecrets {
  url: string;
  apiKey: string;
}

export interface CalloutDeps {
  credentials: ReadonlyMap<string, NamedCredentialDef>;
  /** What was entered in Setup; undefined where nothing was. */
  secretsOf(name: string): CredentialSecrets | undefined;
  /** Whether a permission set of the user grants the principal and Read on User External Credential. */
  mayUse(principal: string): boolean;
  /** Ends callouts under way when the org is closed. */
  closing: AbortSignal;
}

/**
 * A callout through a Named Credential, as the platform makes it: the address comes from Setup, and the header with the
 * key is added for users who may use a principal.
 * @throws CalloutRefused
 */
export async function callOut(deps: CalloutDeps, request: CalloutRequest): Promise<CalloutAnswer> {
  const [, name = '', resource = ''] = /^callout:(\w+)(\/.*)$/s.exec(request.endpoint) ?? [];
  const credential = deps.credentials.get(name);
  if (!credential) throw new CalloutRefused(`The callout couldn't access the endpoint ${request.endpoint}.`);
  if (!credential.principals.some((principal) => deps.mayUse(principal))) {
    throw new CalloutRefused(
      `We couldn't access the credential(s). You might not have the required permissions, or the external credential "${credential.externalCredential}" might not exist.`,
    );
  }
  const secrets = deps.secretsOf(name);
  if (!secrets) throw new CalloutRefused(`The named credential ${name} was not set up.`);
  try {
    const response = await fetch(secrets.url.replace(/\/$/, '') + resource, {
      method: request.method,
      headers: { ...request.headers, [credential.header]: credential.prefix + secrets.apiKey },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(request.timeoutMs), deps.closing]),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new CalloutRefused(error instanceof Error ? error.message : 'Read timed out', { cause: error });
  }
}
