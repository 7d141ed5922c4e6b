import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { SalesforceError } from '../../salesforce/records.ts';
import { ProviderError } from '../../core/provider-error.ts';
import type { Database } from '../../storage/database.ts';
import { takeLease } from '../../storage/lease.ts';

export interface Step {
  name: string;
  ok: boolean;
  message: string;
  howTo?: string;
}

export interface Check {
  name: string;
  /** Resolves with what was found, for people; throws what is wrong. */
  look: () => Promise<string>;
  howTo: string;
  /** Without this the rest cannot be looked at. */
  isBasis?: boolean;
}

/** Something that a check has found wrong. */
export class NotRight extends Error {
  override name = 'NotRight';
}

export interface RunChecksDeps {
  db: Database;
  now: Now;
  log: Log;
}

/** A check makes a few calls outside: nobody needs more of them. */
const APART_MS = 10_000;

/** Makes the checks now, one after the other, and remembers how they went. Throws `rate_limited`. */
export async function runChecks(
  deps: RunChecksDeps,
  subject: string,
  checks: readonly Check[],
): Promise<{ ok: boolean; at: string; steps: Step[] }> {
  const turn = { name: `setup-check:${subject}`, owner: randomUUID(), durationMs: APART_MS };
  if (!(await takeLease(deps, turn))) {
    throw new AppError('rate_limited', 'This was checked just now. Please wait ten seconds.', {
      retryable: true,
      retryAfterMs: APART_MS,
    });
  }
  const steps: Step[] = [];
  for (const check of checks) {
    const step = await stepOf(deps, check);
    steps.push(step);
    if (!step.ok && check.isBasis === true) break;
  }
  const at = deps.now();
  const failed = steps.find((step) => !step.ok);
  const message = failed ? `${failed.name}: ${failed.message}` : 'Everything is in order.';
  const row = { ok: !failed, message, checked_at: at };
  await deps.db
    .insertInto('setup_check')
    .values({ name: subject, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
  return { ok: !failed, at: at.toISOString(), steps };
}

async function stepOf(deps: RunChecksDeps, { name, look, howTo }: Check): Promise<Step> {
  try {
    return { name, ok: true, message: await look() };
  } catch (error) {
    const isOutside = error instanceof SalesforceError || error instanceof ProviderError;
    if (isOutside || error instanceof NotRight) return { name, ok: false, message: error.message, howTo };
    deps.log.error({ err: error, check: name }, 'a check of the set-up failed unexpectedly');
    return { name, ok: false, message: 'An unexpected problem; the log of the server has the details.', howTo };
  }
}

export interface LastCheck {
  at: string;
  ok: boolean;
  message: string;
}

export async function lastChecks(db: Database): Promise<ReadonlyMap<string, LastCheck>> {
  const rows = await db.selectFrom('setup_check').selectAll().execute();
  return new Map(rows.map((row) => [row.name, { at: row.checked_at.toISOString(), ok: row.ok, message: row.message }]));
}
