import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import type { Org } from '../org.ts';
import type { OAuthClient } from './clients.ts';
import { checkAssertion } from './jwt-bearer.ts';
import { OAuthError } from './oauth-error.ts';

const FORM = /^application\/x-www-form-urlencoded(;|$)/;

const PARAMETERS: Record<string, readonly string[]> = {
  client_credentials: ['client_id', 'client_secret', 'scope'],
  // The assertion names the client already; jsforce sends its id beside it all the same.
  'urn:ietf:params:oauth:grant-type:jwt-bearer': ['assertion', 'scope', 'client_id'],
};

/** Token, revoke, userinfo and identity endpoints. No authorization page: people enter through the session control. */
export function addOAuthRoutes(app: Express, org: Org): void {
  app.post('/services/oauth2/token', (request, response) => {
    answer(response, () => {
      const form = readForm(request);
      const { client, username } = authenticate(org, request, form);
      response.set('Cache-Control', 'no-store').json(grant(org, client, username));
    });
  });
  app.post('/services/oauth2/revoke', (request, response) => {
    answer(response, () => {
      const token = readForm(request).get('token') ?? '';
      if (!org.sessions.end(token)) throw new OAuthError('invalid_token', 'invalid token');
      response.status(200).end();
    });
  });
  app.get('/services/oauth2/userinfo', (request, response) => identity(org, request, response));
  app.get('/id/:orgId/:userId', (request, response) => identity(org, request, response));
}

function authenticate(org: Org, request: Request, form: URLSearchParams): { client: OAuthClient; username: string } {
  const type = form.get('grant_type') ?? '';
  const known = PARAMETERS[type];
  if (!known) throw new OAuthError('unsupported_grant_type', 'grant type not supported');
  for (const name of form.keys()) {
    if (name !== 'grant_type' && !known.includes(name)) {
      throw new OAuthError('invalid_request', `unexpected parameter: ${name}`);
    }
    if (form.getAll(name).length > 1) throw new OAuthError('invalid_request', `duplicate parameter: ${name}`);
  }
  if (type === 'client_credentials') return checkClientCredentials(org, request, form);
  const granted = checkAssertion(form.get('assertion') ?? '', {
    clients: org.clients,
    // The CLI keeps the instance URL with a slash and signs that.
    audiences: [org.url(), `${org.url()}/`],
    now: org.now(),
  });
  if ((form.get('client_id') ?? granted.client.id) !== granted.client.id) {
    throw new OAuthError('invalid_request', 'client_id differs from the issuer of the assertion');
  }
  const userId = findUser(org, granted.username);
  // Admin-approved users only: whoever has no API access was never pre-authorised.
  if (userId === undefined || !org.actorOf(userId).apiEnabled) {
    throw new OAuthError('invalid_grant', "user hasn't approved this consumer");
  }
  return granted;
}

function checkClientCredentials(
  org: Org,
  request: Request,
  form: URLSearchParams,
): { client: OAuthClient; username: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '')?.[1];
  const [id, secret] = basic
    ? splitBasic(Buffer.from(basic, 'base64').toString('utf8'))
    : [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const client = org.clients.find((candidate) => candidate.id === id);
  if (!client) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  if (client.secret === undefined || !sameText(client.secret, secret)) {
    throw new OAuthError('invalid_client', 'invalid client credentials');
  }
  if (client.runAs === undefined) throw new OAuthError('invalid_grant', 'no client credentials user enabled');
  return { client, username: client.runAs };
}

function grant(org: Org, client: OAuthClient, username: string): Record<string, string> {
  const userId = findUser(org, username);
  if (userId === undefined) throw new OAuthError('invalid_grant', 'no client credentials user enabled');
  const { token, issuedAt } = org.sessions.start(userId, client.id);
  const id = `${org.url()}/id/${org.orgId}/${userId}`;
  const signature = createHmac('sha256', client.secret ?? client.id)
    .update(`${id}${issuedAt}`)
    .digest('base64');
  return {
    access_token: token,
    signature,
    scope: 'api',
    instance_url: org.url(),
    id,
    token_type: 'Bearer',
    issued_at: String(issuedAt),
    api_instance_url: org.url(),
  };
}

/** The id of an active user. */
export function findUser(org: Org, username: string): string | undefined {
  const row = org.store.get(
    'SELECT "Id" AS id FROM "User" WHERE "Username~" = ? AND "IsActive" = 1',
    username.normalize('NFC').toLowerCase(),
  );
  return row ? String(row['id']) : undefined;
}

function identity(org: Org, request: Request, response: Response): void {
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const parameter = request.query['oauth_token'];
  const token = bearer ?? (typeof parameter === 'string' ? parameter : '');
  const userId = org.sessions.userOf(token);
  const asked = request.params['userId'];
  if (userId === undefined || (asked !== undefined && asked !== userId)) {
    response.status(403).type('text/plain').send('Bad_OAuth_Token');
    return;
  }
  const user = org.store.get('SELECT * FROM "User" WHERE "Id" = ?', userId) ?? {};
  const id = `${org.url()}/id/${org.orgId}/${userId}`;
  response.json({
    id,
    sub: id,
    asserted_user: true,
    user_id: userId,
    organization_id: org.orgId,
    username: user['Username'],
    preferred_username: user['Username'],
    nick_name: user['Alias'],
    display_name: user['Name'],
    name: user['Name'],
    email: user['Email'],
    email_verified: true,
    active: true,
    user_type: 'STANDARD',
    language: user['LanguageLocaleKey'],
    locale: user['LocaleSidKey'],
    zoneinfo: user['TimeZoneSidKey'],
    is_app_installed: true,
    // Nobody here has uploaded a picture.
    photos: { picture: null, thumbnail: null },
    urls: {
      rest: `${org.url()}/services/data/v{version}/`,
      sobjects: `${org.url()}/services/data/v{version}/sobjects/`,
      query: `${org.url()}/services/data/v{version}/query/`,
    },
  });
}

function readForm(request: Request): URLSearchParams {
  if (!FORM.test(request.headers['content-type'] ?? '') || !Buffer.isBuffer(request.body)) {
    throw new OAuthError('unsupported_grant_type', 'grant type not supported');
  }
  return new URLSearchParams(request.body.toString('utf8'));
}

function answer(response: Response, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    response.locals.errorCode = error.error;
    response.status(400).json({ error: error.error, error_description: error.message });
  }
}

function splitBasic(text: string): [string, string] {
  const colon = text.indexOf(':');
  return [decodeURIComponent(text.slice(0, colon)), decodeURIComponent(text.slice(colon + 1))];
}

function sameText(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
