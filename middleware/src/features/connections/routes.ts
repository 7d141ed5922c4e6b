import express, { type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { providerIds } from '../../core/connection.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf, requestIdOf } from '../../http/caller.ts';
import { toAppError } from '../../http/errors.ts';
import { sendPage, wantsPage } from '../../http/pages.ts';
import { parse, parseBody } from '../../http/validate.ts';
import type { Queue } from '../../queue/queue.ts';
import { allowIdentityOnce } from './allow-identity-once.ts';
import { browserOf, keepBrowser, keepResult, takeResult } from './cookies.ts';
import { connectionStatus, type ConnectionStatusDeps } from './connection-status.ts';
import { createLink, type CreateLinkDeps } from './create-link.ts';
import { disconnectAccount } from './disconnect-account.ts';
import { finishAuthorization, type AuthorizationResult, type FinishAuthorizationDeps } from './finish-authorization.ts';
import { inviteTrainerJob } from './invite-trainer.ts';
import { askForEmailPage, connectPage, linkMailedPage, nothingToShow, resultPage, shownResult } from './pages.ts';
import { startAuthorization, ticketInvalid } from './start-authorization.ts';
import { peekTicket } from './tickets.ts';

export interface ConnectionsRouterDeps
  extends CreateLinkDeps, ConnectionStatusDeps, Omit<FinishAuthorizationDeps, 'oauth'> {
  /** Absent: Lark is off. */
  oauth: FinishAuthorizationDeps['oauth'] | undefined;
  queue: Queue;
  requireScope: RequireScope;
  /** Limits of the pages that anybody can open, and of the form that makes us send mail. */
  limitPages: RequestHandler;
  limitMails: RequestHandler;
  /** Of all that anybody asks for by the form; false: it has been too much lately. */
  takeRequest: () => Promise<boolean>;
}

const provider = z.enum(providerIds);
const email = z.email('must be an e-mail address').max(80);
const linkBody = z
  .strictObject({
    trainerId: z.string().optional(),
    trainerEmail: email.optional(),
    purpose: z.enum(['now', 'invite']).default('now'),
    returnUrl: z.string().max(2000).optional(),
  })
  .refine((body) => (body.trainerId === undefined) !== (body.trainerEmail === undefined), {
    message: 'give either trainerId or trainerEmail',
    path: ['trainerId'],
  });
const one = z.string().max(4000).optional();
const emailQuery = z.object({ email });
const disconnectQuery = z
  .object({ email: email.optional(), trainerId: z.string().optional() })
  .refine((query) => (query.email === undefined) !== (query.trainerId === undefined), {
    message: 'give either email or trainerId',
    path: ['email'],
  });
const ticketQuery = z.object({ ticket: one });
const callbackQuery = z.object({ state: one, code: one, error: one });

const AUTHORIZE = '/api/lark/trainer/oauth/authorize';
const CALLBACK = '/api/lark/trainer/oauth/callback';
const RESULT = '/trainers/authorize/result';

export function connectionsRouter(deps: ConnectionsRouterDeps): Router {
  const router = express.Router();
  const form = express.urlencoded({ extended: false, limit: '10kb' });
  const forStaff = deps.requireScope('salesforce', 'admin');

  const showConnectPage = async (ticket: string) => {
    const known = await peekTicket(deps, ticket);
    if (!known) throw ticketInvalid();
    const trainer = await deps.findTrainer({ trainerId: known.trainerId });
    const { connected, account } = await connectionStatus(deps, {
      provider: known.provider,
      trainer: { trainerId: trainer.id },
    });
    return connectPage({
      trainerName: trainer.name,
      connectedAs: connected ? (account ?? 'your account') : undefined,
      ticket,
    });
  };

  router.post('/api/connections/:provider/links', forStaff, async (request, response) => {
    const body = parseBody(linkBody, request);
    const link = await createLink(deps, {
      provider: parse(z.object({ provider }), request.params).provider,
      trainer: body.trainerId === undefined ? { email: body.trainerEmail ?? '' } : { trainerId: body.trainerId },
      purpose: body.purpose,
      returnUrl: body.returnUrl,
    });
    response.json(link);
  });

  router.get(AUTHORIZE, deps.limitPages, async (request, response) => {
    sendPage(response, await showConnectPage(parse(ticketQuery, request.query).ticket ?? ''));
  });

  router.post(AUTHORIZE, deps.limitPages, form, async (request, response) => {
    const { ticket } = parse(z.object({ ticket: z.string().max(200) }), request.body);
    const started = await startAuthorization(
      { ...deps, oauth: required(deps.oauth) },
      { ticket, browser: browserOf(request) },
    );
    keepBrowser(response, started.browser);
    response.set('Cache-Control', 'no-store').redirect(303, started.authorizeUrl);
  });

  router.get(CALLBACK, deps.limitPages, async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const result = await finish(request, requestIdOf(response));
    if (result.returnUrl !== undefined) {
      const url = new URL(result.returnUrl);
      if (result.outcome === 'connected') url.searchParams.set('c__lark_connected', 'true');
      else url.searchParams.set('c__error', result.error.code);
      response.redirect(303, url.href);
      return;
    }
    if (result.outcome === 'failed' && !wantsPage(request)) throw result.error;
    keepResult(response, shownResult(result));
    response.redirect(303, RESULT);
  });

  /** An error thrown here would leave code and state in the address of its page. */
  const finish = async (request: Request, requestId: string): Promise<AuthorizationResult> => {
    try {
      const query = parse(callbackQuery, request.query);
      return await finishAuthorization(
        { ...deps, oauth: required(deps.oauth) },
        { state: query.state, code: query.code, error: query.error, browser: browserOf(request) },
      );
    } catch (error) {
      if (!(error instanceof AppError)) {
        deps.log.error({ err: error, requestId }, 'an authorization could not be looked up');
      }
      return { outcome: 'failed', returnUrl: undefined, error: toAppError(error) };
    }
  };

  router.get(RESULT, deps.limitPages, (request, response) => {
    const { status, ...page } = takeResult(request, response) ?? nothingToShow;
    sendPage(response.status(status), resultPage(page));
  });

  router.delete('/api/lark/trainer/oauth/disconnect', forStaff, async (request, response) => {
    const { email, trainerId } = parse(disconnectQuery, request.query);
    const trainer = trainerId === undefined ? { email: email ?? '' } : { trainerId };
    await disconnectAccount(deps, { provider: 'lark', trainer });
    response.json({ success: true });
  });

  router.get('/api/lark/trainer/status', forStaff, async (request, response) => {
    response.json(
      await connectionStatus(deps, { provider: 'lark', trainer: { email: parse(emailQuery, request.query).email } }),
    );
  });

  router.post('/api/admin/connections/:id/allow-identity-once', forStaff, async (request, response) => {
    const { name, actor } = callerOf(response);
    response.json(
      await allowIdentityOnce(deps, {
        connectionId: String(request.params.id),
        allowedBy: { caller: name, actor },
      }),
    );
  });

  router.get('/trainers/authorize', deps.limitPages, async (request, response) => {
    const { ticket } = parse(ticketQuery, request.query);
    sendPage(response, ticket === undefined ? askForEmailPage() : await showConnectPage(ticket));
  });

  router.post('/trainers/authorize', deps.limitMails, form, async (request, response) => {
    const body = parse(z.object({ email }), request.body);
    // Whoever asks for too much learns nothing of it, as of everything else here.
    if (await deps.takeRequest()) {
      await deps.queue.enqueue(
        inviteTrainerJob,
        { reason: 'requested', email: body.email },
        { key: `requested:${body.email.toLowerCase()}` },
      );
    } else {
      deps.log.warn({}, 'so many links are asked for by the form that no more are mailed for the moment');
    }
    sendPage(response, linkMailedPage());
  });

  // The names that the plan documents used.
  for (const [older, newer] of [
    ['/api/lark/auth/authorize', AUTHORIZE],
    ['/api/lark/auth/callback', CALLBACK],
  ] as const) {
    router.get(older, (request, response) => {
      const start = request.originalUrl.indexOf('?');
      response.redirect(307, start === -1 ? newer : newer + request.originalUrl.slice(start));
    });
  }
  return router;
}

function required<T>(oauth: T | undefined): T {
  if (oauth === undefined) throw new AppError('provider_off', 'Lark is not set up on this server.');
  return oauth;
}
