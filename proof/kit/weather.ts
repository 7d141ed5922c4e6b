import type { FaultRequest } from '../../standins/kit/faults.ts';
import type { World } from '../../middleware/test/kit/world.ts';
import type { Random } from './random.ts';

/** What goes wrong outside, and when. Hours count from the start of the simulation. */
export interface Weather {
  /** Lets the troubles of this hour begin and those of the hour before end. */
  turnTo(hour: number): void;
  isCalm(): boolean;
  salesforceIsOut(): boolean;
  /** How many troubles of each kind there were. */
  counts: Record<Trouble['who'], number>;
}

interface Trouble {
  who: 'Lark out' | 'Lark too busy' | 'Salesforce out';
  from: number;
  until: number;
  faults: readonly FaultRequest[];
}

const larkKinds: readonly Pick<Trouble, 'who' | 'faults'>[] = [
  { who: 'Lark out', faults: [{ kind: 'status', status: 503 }] },
  { who: 'Lark out', faults: [{ kind: 'drop' }] },
  {
    who: 'Lark too busy',
    faults: [
      {
        kind: 'status',
        status: 429,
        headers: { 'x-ogw-ratelimit-reset': '60' },
        body: { code: 99991400, msg: 'request trigger frequency limit' },
      },
    ],
  },
];
const salesforceOut: FaultRequest = {
  kind: 'status',
  status: 503,
  body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }],
};

/** Troubles begin and end between 1:00 and 20:00, so that every day can be looked at when it is over. */
export function forecastWeather(world: Pick<World, 'standins'>, random: Random, days: number): Weather {
  const troubles: Trouble[] = [];
  for (let day = 0; day < days; day++) {
    const at = (hour: number) => day * 24 + hour;
    if (random.chance(0.3)) {
      const from = random.between(1, 16);
      troubles.push({ ...random.pick(larkKinds), from: at(from), until: at(from + random.between(1, 4)) });
    }
    if (random.chance(0.2)) {
      const from = at(random.between(1, 19));
      troubles.push({ who: 'Salesforce out', faults: [salesforceOut], from, until: from + 1 });
    }
  }
  const counts = { 'Lark out': 0, 'Lark too busy': 0, 'Salesforce out': 0 };
  const active = new Map<Trouble, () => void>();
  return {
    counts,
    turnTo: (hour) => {
      for (const [trouble, end] of active) {
        if (hour < trouble.until) continue;
        end();
        active.delete(trouble);
      }
      for (const trouble of troubles.filter(({ from }) => from === hour)) {
        const { faults } = trouble.who === 'Salesforce out' ? world.standins.salesforce : world.standins.lark;
        const added = trouble.faults.map((fault) => faults.add({ ...fault, times: 0 }));
        active.set(trouble, () => added.forEach(({ id }) => faults.release(id)));
        counts[trouble.who]++;
      }
    },
    isCalm: () => active.size === 0,
    salesforceIsOut: () => [...active.keys()].some(({ who }) => who === 'Salesforce out'),
  };
}
