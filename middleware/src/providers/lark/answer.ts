import { z } from 'zod';
import type { HttpAnswer } from '../http-client.ts';

/** The part that every JSON answer of Lark may hold. */
const envelope = z.looseObject({
  // Lark's dialects send a number, a numeric string, or nothing at all for success.
  code: z.union([z.number(), z.string()]).optional(),
  error: z.unknown().optional(),
});

const violations = z.object({
  permission_violations: z.array(z.object({ subject: z.string() })),
});

export interface ParsedAnswer {
  body: unknown;
  /** Undefined: the answer holds none, or one that is not a number. */
  code: number | undefined;
  oauthError: string | undefined;
  missingScopes: readonly string[];
}

/** Reads an answer as JSON; undefined when it is none (a gateway's plain text, a proxy's page, a cut-off answer). */
export function parseAnswer(answer: HttpAnswer): ParsedAnswer | undefined {
  // The gateway answers unknown paths in plain text.
  if (!/^application\/json\b/i.test(answer.headers['content-type'] ?? '')) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    return undefined;
  }
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return undefined;
  const { code, error } = parsed.data;
  return {
    body,
    code: code === undefined || code === '' ? undefined : numberOf(code),
    oauthError: typeof error === 'string' && /^\w{1,40}$/.test(error) ? error : undefined,
    missingScopes: scopesIn(error),
  };
}

function numberOf(code: number | string): number | undefined {
  const number = Number(code);
  return Number.isNaN(number) ? undefined : number;
}

function scopesIn(error: unknown): string[] {
  const parsed = violations.safeParse(error);
  return parsed.success
    ? parsed.data.permission_violations.map(({ subject }) => subject).filter((scope) => /^[\w:.-]{1,80}$/.test(scope))
    : [];
}
