import type { Request, Response } from 'express';
import { LarkError } from './errors.ts';
import { bearerToken } from './gateway.ts';
import { refuseBody } from './parse-body.ts';
import { readAccessToken } from './user-tokens.ts';
import { findApp, type World } from './world.ts';

/**
 * `GET authen/v1/user_info` (rule 2.5). Needs no scope; a field whose scope was not granted is absent, not null.
 * Failures are HTTP 200: 20001 query or body, 20005 any token that is not a live user token, 20008, 20021 resigned.
 */
export function answerUserInfo(world: World, request: Request, response: Response): void {
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) throw new LarkError(400, 99991661, 'Missing access token for authorization.');
  if (Object.keys(request.query).length > 0) throw new LarkError(200, 20001, 'the request has unknown parameters');
  refuseBody(request, response);
  const read = readAccessToken(world, token);
  if (read.state !== 'live') throw new LarkError(200, 20005, 'the user access token is invalid');
  const app = findApp(world, read.appId);
  const account = world.accounts.byKey(read.account);
  if (!app || !account) throw new LarkError(200, 20008, 'the user does not exist');
  world.limiter.count('GET user_info', app.id, app.tenantKey, 'legacy');
  if (account.resigned) throw new LarkError(200, 20021, 'the user has resigned');

  const may = (scope: string) => read.scopes.includes(scope);
  const picture = `https://s1-imfile.feishucdn.com/static-resource/v1/${account.userId}~`;
  response.json({
    code: 0,
    msg: 'success',
    data: {
      name: account.name,
      en_name: account.name,
      avatar_url: `${picture}72x72.png`,
      avatar_thumb: `${picture}72x72.png`,
      avatar_middle: `${picture}240x240.png`,
      avatar_big: `${picture}640x640.png`,
      open_id: account.openIdFor(app),
      union_id: account.unionId,
      ...(account.email && may('contact:user.email:readonly') ? { email: account.email } : {}),
      ...(account.email && may('contact:user.employee:readonly') ? { enterprise_email: account.email } : {}),
      ...(may('contact:user.employee_id:readonly') ? { user_id: account.userId } : {}),
      ...(account.mobile && may('contact:user.phone:readonly') ? { mobile: account.mobile } : {}),
      tenant_key: account.tenantKey,
      ...(may('contact:user.employee:readonly') ? { employee_no: `E-${account.userId}` } : {}),
    },
  });
}
