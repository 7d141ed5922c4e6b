import type { Request, Response, Router } from 'express';
import { consentPage, errorPage } from './authorize-page.ts';
import { readAuthorizeRequest, type AuthorizeRequest } from './authorize-request.ts';
import { issueCode } from './codes.ts';
import { LarkError } from './errors.ts';
import { addGrants } from './grants.ts';
import { readRawBody } from './parse-body.ts';
import { readSettings } from './settings.ts';
import type { World } from './world.ts';

export const AUTHORIZE_PATH = '/open-apis/authen/v1/authorize';

/** The page in the trainer's browser (rule 2.1). The POST is the page's own form, checked like the GET. */
export function serveAuthorize(router: Router, world: World): void {
  router.get(AUTHORIZE_PATH, (request, response) => {
    asPage(response, () => {
      response.send(consentPage(readAuthorizeRequest(world, request.query), presentAccounts(world)));
    });
  });
  router.post(AUTHORIZE_PATH, (request, response) => {
    asPage(response, () => answerConsent(world, request, response));
  });
}

function answerConsent(world: World, request: Request, response: Response): void {
  const raw = readRawBody(request);
  if (raw.kind !== 'form') throw new LarkError(400, 20063, 'The request is malformed.');
  const { account: openId, decision, ...query } = raw.value as Record<string, string>;
  const asked = readAuthorizeRequest(world, query);
  const { state } = asked.query;
  if (decision === 'deny') return redirect(response, asked, { error: 'access_denied', state });
  const account = world.accounts.byOpenId(asked.app, openId ?? '');
  if (decision !== 'allow' || !account || account.resigned) {
    response.status(400).send(consentPage(asked, presentAccounts(world), 'Choose an account first.'));
    return;
  }
  const code = world.store.transaction(() => {
    const { withheldScopes } = readSettings(world.store);
    const given = asked.scopes.filter((scope) => !withheldScopes.includes(scope));
    const all = addGrants(world.store, asked.app.id, account.key, given);
    return issueCode(world, {
      appId: asked.app.id,
      account: account.key,
      redirectUri: asked.query.redirect_uri,
      scopes: all.filter((scope) => !withheldScopes.includes(scope)),
      ...(asked.challenge && { challenge: asked.challenge.value, challengeMethod: asked.challenge.method }),
    });
  });
  redirect(response, asked, { code, state });
}

/** Adds to the query of the redirect URI; its `#fragment` ends up after the query. */
function redirect(
  response: Response,
  { query }: AuthorizeRequest,
  parameters: Record<string, string | undefined>,
): void {
  const url = new URL(query.redirect_uri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  response.status(302).set('Location', url.href).end();
}

function presentAccounts(world: World) {
  return world.accounts.all().filter((account) => !account.resigned);
}

function asPage(response: Response, work: () => void): void {
  response.set({ 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY' }).type('html');
  try {
    work();
  } catch (error) {
    if (!(error instanceof LarkError)) throw error;
    response.locals.errorCode = error.code;
    response.status(error.status).set(error.headers).send(errorPage(error.code, error.message));
  }
}
