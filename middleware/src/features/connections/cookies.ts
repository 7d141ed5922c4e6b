import type { Request, Response } from 'express';

/** `__Host-` binds a cookie to this host alone; Chromium takes it on http://localhost as well. */
const BROWSER = '__Host-trainer-connect';
const RESULT = '__Host-trainer-connect-result';
const options = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

/** The secret by which this browser proves that it began an authorization. */
export function browserOf(request: Request): string | undefined {
  const value = cookieOf(request, BROWSER);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

export function keepBrowser(response: Response, browser: string): void {
  response.cookie(BROWSER, browser, { ...options, maxAge: 15 * 60_000 });
}

/** How an authorization ended, for the page that says so. */
export interface ShownResult {
  status: number;
  title: string;
  message: string;
}

/**
 * Hands the result over to a page without code and state in its address: what a browser keeps in its history must not
 * hold them. Only this host can set the cookie, so nobody else can put words on the page.
 */
export function keepResult(response: Response, result: ShownResult): void {
  const value = Buffer.from(JSON.stringify(result)).toString('base64url');
  response.cookie(RESULT, value, { ...options, maxAge: 60_000 });
}

export function takeResult(request: Request, response: Response): ShownResult | undefined {
  const value = cookieOf(request, RESULT);
  if (value === undefined) return undefined;
  response.clearCookie(RESULT, options);
  try {
    const { status, title, message } = JSON.parse(Buffer.from(value, 'base64url').toString()) as Partial<ShownResult>;
    return typeof status === 'number' &&
      status >= 200 &&
      status < 600 &&
      typeof title === 'string' &&
      typeof message === 'string'
      ? { status, title, message }
      : undefined;
  } catch {
    return undefined;
  }
}

function cookieOf(request: Request, wanted: string): string | undefined {
  for (const part of (request.get('Cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === wanted) return value;
  }
  return undefined;
}
