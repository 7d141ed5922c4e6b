import process from 'node:process';
import { text } from 'node:stream/consumers';
import type { Sf } from './sf.ts';

const PRINCIPAL = { externalCredential: 'Trainer_Connect', principalName: 'Service', principalType: 'NamedPrincipal' };

/** Environment variable with the API key by which Salesforce calls the middleware. */
export const KEY_VARIABLE = 'TRAINER_CONNECT_API_KEY';

/**
 * The key from standard input or its variable; never from an argument, which every user of the machine can read.
 * @returns undefined where nobody gave one
 */
export async function readApiKey(options: { fromStdin: boolean }): Promise<string | undefined> {
  const key = (options.fromStdin ? await text(process.stdin) : (process.env[KEY_VARIABLE] ?? '')).trim();
  return key === '' ? undefined : key;
}

/** Enters the key into the External Credential, or replaces the one that is there. @throws SfError */
export async function enterCredential(sf: Sf, apiKey: string): Promise<'entered' | 'replaced'> {
  const query = new URLSearchParams(PRINCIPAL).toString();
  const state = await sf.request<{ authenticationStatus: string }>('GET', `/named-credentials/credential?${query}`);
  const isThere = state.authenticationStatus === 'Configured';
  await sf.requestWithSecret(isThere ? 'PUT' : 'POST', '/named-credentials/credential', {
    ...PRINCIPAL,
    authenticationProtocol: 'Custom',
    credentials: { ApiKey: { value: apiKey, encrypted: true } },
  });
  return isThere ? 'replaced' : 'entered';
}
