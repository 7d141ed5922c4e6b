import type { Request, Response } from 'express';
import { LANGUAGES } from './i18n.ts';
import type { AppUser } from './org/read-users.ts';

/** Who looks at the pages, in which language if not their own, and in which app if they have chosen one. */
export interface Session {
  username: string;
  language?: string;
  app?: string;
}

const COOKIE = 'lightning_session';

/**
 * The session of a request. The cookie holds the choice itself, so that it outlives a restart; signing in is not what
 * this stand-in is for, and whoever reaches it may be anybody.
 */
export function readSession(request: Request, users: readonly AppUser[]): Session | undefined {
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1];
  const chosen = new URLSearchParams(cookie === undefined ? '' : decodeURIComponent(cookie));
  const user = users.find(({ username }) => username === chosen.get('user')) ?? users[0];
  const language = LANGUAGES.find(({ key }) => key === chosen.get('language'))?.key;
  const app = [...(user?.apps ?? [])].find((name) => name === chosen.get('app'));
  return (
    user && {
      username: user.username,
      ...(language === undefined ? {} : { language }),
      ...(app === undefined ? {} : { app }),
    }
  );
}

export function writeSession(response: Response, session: Session): void {
  const value = new URLSearchParams({
    user: session.username,
    ...(session.language === undefined ? {} : { language: session.language }),
    ...(session.app === undefined ? {} : { app: session.app }),
  });
  response.cookie(COOKIE, value.toString(), { httpOnly: true, sameSite: 'lax', path: '/' });
}
