import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenExchange } from '../../../standins/lark/index.ts';
import { dayAhead, keys, until, type SampleTrainer, type World } from './world.ts';

/** How Salesforce shows a trainer's connection; whether sealed tokens are there, never which. */
export interface ShownConnection {
  status: string;
  error: string | null;
  generation: number;
  keepsTokens: boolean;
}

export async function shownConnection(world: Pick<World, 'soql'>, trainer: { Id: string }): Promise<ShownConnection> {
  const [row] = await world.soql<{
    Lark_Connection_Status__c: string;
    Lark_Connection_Error__c: string | null;
    Lark_Token_Generation__c: number;
    Lark_Refresh_Token__c: string | null;
  }>(
    `SELECT Lark_Connection_Status__c, Lark_Connection_Error__c, Lark_Token_Generation__c, Lark_Refresh_Token__c
      FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`,
  );
  assert.ok(row, `no trainer ${trainer.Id}`);
  return {
    status: row.Lark_Connection_Status__c,
    error: row.Lark_Connection_Error__c,
    generation: row.Lark_Token_Generation__c,
    keepsTokens: row.Lark_Refresh_Token__c !== null,
  };
}

type Caller = Pick<World, 'call'>;

export interface Reading {
  status: number;
  /** Why the trainer's calendar could not be read; absent: it was read. */
  unreadable: string | undefined;
}

const MINUTE_MS = 60_000;
let readings = 0;

/**
 * Asks for hours of a trainer, which reads their Lark calendar with their token: each time other hours, because an answer
 * is remembered for a while.
 */
export async function readCalendarOf(
  world: Pick<World, 'clock'>,
  { call }: Caller,
  trainer: { Id: string },
): Promise<Reading> {
  const from = Date.parse(`${dayAhead(world.clock, 3)}T00:00:00Z`) + (readings++ % 20_000) * MINUTE_MS;
  const span = new URLSearchParams({ from: asInstant(from), to: asInstant(from + 12 * 60 * MINUTE_MS) }).toString();
  const route = `/api/lark/availability?trainerId=${trainer.Id}&${span}`;
  const { status, body } = await call<{ unknown?: { reason: string }[]; notes?: string[] }>('GET', route, {
    key: keys.portal,
  });
  const notConnected = body.notes?.find((note) => note.includes('no calendar connected'));
  return { status, unreadable: body.unknown?.[0]?.reason ?? notConnected ?? (body.unknown ? undefined : 'no answer') };
}

function asInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Waits until the trainer's calendar can be read with the trainer's token. */
export async function untilServed(
  world: Pick<World, 'clock'>,
  caller: Caller,
  trainer: { Id: string; Name?: string },
): Promise<void> {
  let last: Reading | undefined;
  try {
    await until(async () => {
      last = await readCalendarOf(world, caller, trainer);
      return last.status === 200 && last.unreadable === undefined;
    });
  } catch (error) {
    throw new Error(`${trainer.Name ?? trainer.Id} is not served: ${JSON.stringify(last)}`, { cause: error });
  }
}

export function openIdOf(world: Pick<World, 'standins'>, email: string): string {
  const account = world.standins.lark.accounts.find((candidate) => candidate.email === email.toLowerCase());
  return account?.openId ?? assert.fail(`no Lark account ${email}`);
}

/** Calls of Lark's token endpoint for one person, as Lark saw them; what it refused names nobody and is told by `spent`. */
export function exchangesOf(world: Pick<World, 'standins'>, trainer: Pick<SampleTrainer, 'Email__c'>): TokenExchange[] {
  const all = world.standins.lark.tokenExchanges();
  const own = all.filter(({ account }) => account === trainer.Email__c.toLowerCase());
  const issued = new Set(own.map(({ refreshToken }) => refreshToken));
  return all.filter((exchange) => own.includes(exchange) || (exchange.code !== 0 && issued.has(exchange.spent)));
}

/** Has cron refresh these connections, and waits for the end of the run. */
export async function sweepByCron(caller: Caller, scope: 'due' | 'all'): Promise<SweepResult> {
  const begun = await caller.call<{ runId: string }>('POST', `/api/cron/refresh-lark-tokens?scope=${scope}`, {
    key: 'offline-cron-secret',
  });
  assert.ok(begun.status === 200 || begun.status === 202, begun.text);
  return endOfRun(caller, begun.body.runId);
}

async function endOfRun({ call }: Caller, runId: string): Promise<SweepResult> {
  for (;;) {
    const answer = await call<SweepResult & { finishedAt: string | null }>('GET', `/api/admin/runs/${runId}`, {
      key: keys.operator,
    });
    assert.equal(answer.status, 200, answer.text);
    if (answer.body.finishedAt !== null) return answer.body;
    await sleep(200);
  }
}

export interface SweepResult {
  scope: string;
  state: string;
  note: string | null;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
}
