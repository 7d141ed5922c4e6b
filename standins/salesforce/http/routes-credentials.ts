import { SalesforceError, jsonParserError, notFound } from '../errors.ts';
import { isJsonObject } from '../save/read-payload.ts';
import { bodyObject, onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';

/** `/named-credentials/credential`: the secret of an External Credential's principal, which no metadata carry. */
export function credentialsRoute(request: ApiRequest): ApiAnswer | undefined {
  const [resource, credential, ...more] = request.path;
  if (resource !== 'named-credentials' || credential !== 'credential' || more.length > 0) return undefined;
  if (!request.actor.administrator) {
    throw new SalesforceError('INSUFFICIENT_ACCESS', 'Manage Named Credentials is required', 403);
  }
  if (request.method === 'GET') {
    onlyParameters(request, 'externalCredential', 'principalType', 'principalName');
    const asked = Object.fromEntries(request.query);
    return { status: 200, body: stateOf(request, principalOf(request, asked)) };
  }
  if (request.method !== 'POST' && request.method !== 'PUT') return undefined;
  const body = bodyObject(
    request,
    'authenticationProtocol',
    'credentials',
    'externalCredential',
    'principalName',
    'principalType',
  );
  const principal = principalOf(request, body);
  if (body['authenticationProtocol'] !== 'Custom') {
    throw new SalesforceError(
      'INVALID_INPUT',
      'authenticationProtocol must be that of the external credential: Custom',
    );
  }
  const isSet = stateOf(request, principal).authenticationStatus === 'Configured';
  if (isSet === (request.method === 'POST')) {
    const message = isSet ? 'The credential exists already; PUT changes it' : 'The credential does not exist yet';
    throw new SalesforceError('INVALID_INPUT', message);
  }
  const apiKey = secretIn(body['credentials']);
  for (const { name, url } of namedCredentialsOf(request, principal)) {
    request.org.credentials.set(name, { url: request.org.credentials.get(name)?.url ?? url, apiKey });
  }
  return { status: request.method === 'POST' ? 201 : 200, body: stateOf(request, principal) };
}

/** `Trainer_Connect-Service` */
function principalOf(request: ApiRequest, given: Record<string, unknown>): string {
  const { externalCredential, principalName, principalType } = given;
  if (principalType !== 'NamedPrincipal')
    throw new SalesforceError('INVALID_INPUT', 'principalType must be NamedPrincipal');
  const principal = `${String(externalCredential)}-${String(principalName)}`;
  if (namedCredentialsOf(request, principal).length === 0) throw notFound();
  return principal;
}

function namedCredentialsOf(request: ApiRequest, principal: string) {
  return [...request.org.definedCredentials().values()].filter(({ principals }) => principals.includes(principal));
}

function stateOf(request: ApiRequest, principal: string) {
  const [externalCredential, principalName] = principal.split('-');
  const isSet = namedCredentialsOf(request, principal).every(({ name }) => request.org.credentials.has(name));
  return {
    externalCredential,
    principalName,
    principalType: 'NamedPrincipal',
    authenticationProtocol: 'Custom',
    authenticationStatus: isSet ? 'Configured' : 'Unconfigured',
    credentials: isSet ? { ApiKey: { encrypted: true, value: null } } : {},
  };
}

function secretIn(credentials: unknown): string {
  const entry = isJsonObject(credentials) ? credentials['ApiKey'] : undefined;
  const value = isJsonObject(entry) ? entry['value'] : undefined;
  if (
    typeof value !== 'string' ||
    value === '' ||
    !isJsonObject(credentials) ||
    Object.keys(credentials).length !== 1
  ) {
    throw jsonParserError('credentials must hold ApiKey with its value');
  }
  return value;
}
