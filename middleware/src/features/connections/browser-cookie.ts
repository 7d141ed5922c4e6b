import type { Request, Response } from 'express';

/** `__Host-` binds the cookie to this host alone; Chromium takes it on http://localhost as well. */
const NAME = '__Host-trainer-connect';
const LIFE_SECONDS = 15 * 60;

/** The secret by which this browser proves that it began an authorization. */
export function browserOf(request: Request): string | undefined {
  for (const part of (request.get('Cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === NAME && value !== undefined && /^[\w-]{43}$/.test(value)) return value;
  }
  return undefined;
}

export function keepBrowser(response: Response, browser: string): void {
  response.cookie(NAME, browser, {
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
    path: '/',
    maxAge: LIFE_SECONDS * 1000,
  });
}
