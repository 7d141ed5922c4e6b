import type { MiddlewareProcess } from '../../middleware/test/kit/processes.ts';
import type { Carried, Wire } from './wire.ts';

/** A process from its start to its SIGKILL. */
export interface Life {
  process: MiddlewareProcess;
  /** All that it says to Lark's token endpoint. */
  wire: Wire;
  /** When SIGKILL was asked for: from then on nobody is sent there. */
  killedAt?: number;
  /** When it was gone. In between it may still have sent something. */
  goneAt?: number;
  /** What was committed when it was dead: connection id → digest of the refresh token to be spent next. */
  headsAtDeath?: ReadonlyMap<string, string>;
}

/** An exchange that its process had begun and not written down when it was killed. */
export interface Cut {
  call: Carried;
  killedAt: number;
  /** Where the answer was: `before` Lark had given it, on the `wire`, or `arrived` and not yet committed. */
  at: 'before' | 'wire' | 'arrived';
}

export interface Lost {
  trainer: string;
  /** The exchange that took the living pair with it; undefined: it must not have been lost. */
  cut: Cut | undefined;
  /** Whether the new access token was used, which must not happen before it is written down. */
  used: boolean;
  /** What is known, for a loss that must not be. */
  evidence: string;
}

/** The exchanges that the kill of a process cut off. */
export function cutsOf(life: Life): Cut[] {
  const { goneAt, headsAtDeath, wire } = life;
  if (goneAt === undefined || headsAtDeath === undefined) return [];
  const uncommitted = new Set(headsAtDeath.values());
  return wire.carried
    .filter(({ spent, leftAt }) => spent !== undefined && uncommitted.has(spent) && leftAt <= goneAt)
    .filter(({ code }) => code === 0 || code === undefined)
    .map((call) => ({ call, killedAt: goneAt, at: whereWas(call, goneAt) }));
}

function whereWas({ answeredAt, deliveredAt }: Carried, killedAt: number): Cut['at'] {
  if (answeredAt === undefined || answeredAt > killedAt) return 'before';
  return deliveredAt === undefined || deliveredAt > killedAt ? 'wire' : 'arrived';
}

/** Why a connection is over: its refresh token must have been spent by a process that died before it wrote the answer. */
export function explain(
  lives: readonly Life[],
  trainer: { Id: string; Name: string },
  head: string | undefined,
  wasUsed: (accessToken: string) => boolean,
): Lost {
  const cut = lives.flatMap(cutsOf).find(({ call }) => call.spent === head && call.code === 0);
  const sent = lives.flatMap(({ wire, goneAt, headsAtDeath }) =>
    wire.carried
      .filter(({ spent }) => spent === head)
      .map((call) => ({ ...call, goneAt, headAtDeath: headsAtDeath?.get(`lark:${trainer.Id}`) })),
  );
  const used = cut?.call.accessToken !== undefined && wasUsed(cut.call.accessToken);
  return { trainer: trainer.Name, cut, used, evidence: JSON.stringify({ head, sent }) };
}

/** The figures of a run, each with its name. */
export function figuresOf(lives: readonly Life[], lost: readonly Lost[]): Record<string, number> {
  const dead = lives.filter(({ killedAt }) => killedAt !== undefined);
  const cuts = dead.map(cutsOf);
  const all = cuts.flat();
  const succeeded = lives.flatMap(({ wire }) => wire.carried).filter(({ spent, code }) => spent && code === 0);
  const waits = all
    .filter(({ at }) => at === 'arrived')
    .map(({ call, killedAt }) => killedAt - (call.deliveredAt ?? 0));
  const lostAt = (at: Cut['at']) => lost.filter(({ cut }) => cut?.at === at).length;
  return {
    kills: dead.length,
    exchanges: succeeded.length,
    'kills during an exchange': cuts.filter(({ length }) => length > 0).length,
    'exchanges cut off by a kill': all.length,
    '… answer not given yet': all.filter(({ at }) => at === 'before').length,
    '… answer on the wire': all.filter(({ at }) => at === 'wire').length,
    '… answer arrived, not yet committed': waits.length,
    '… longest such time (ms)': Math.round(Math.max(0, ...waits) * 10) / 10,
    'connections lost': lost.length,
    '… before Lark had answered': lostAt('before'),
    '… with the answer on the wire': lostAt('wire'),
    '… with the answer arrived, not yet committed': lostAt('arrived'),
    '… for any other reason': lost.filter(({ cut, used }) => cut === undefined || used).length,
  };
}
