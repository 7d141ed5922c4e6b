import type { DateTime } from 'luxon';
import { malformedQuery } from '../errors.ts';

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** From (inclusive) to (exclusive), at starts of days in the user's zone. */
export interface DayRange {
  from: DateTime;
  to: DateTime;
}

const UNITS: Record<string, Unit> = {
  DAYS: 'day',
  WEEKS: 'week',
  MONTHS: 'month',
  QUARTERS: 'quarter',
  YEARS: 'year',
};

const NEIGHBOURS: Record<string, number> = { LAST: -1, THIS: 0, NEXT: 1 };

/**
 * What a date literal means now: `TODAY`, `LAST_WEEK`, `NEXT_N_DAYS:5`, `N_MONTHS_AGO:2`. Weeks begin on Sunday.
 * Fiscal years are refused.
 */
export function dayRange(literal: string, now: DateTime): DayRange {
  const [name = '', countText] = literal.toUpperCase().split(':');
  const today = now.startOf('day');
  if (name === 'TODAY') return unitRange(now, 'day', 0);
  if (name === 'YESTERDAY') return unitRange(now, 'day', -1);
  if (name === 'TOMORROW') return unitRange(now, 'day', 1);
  if (name === 'LAST_90_DAYS') return { from: today.minus({ days: 90 }), to: today.plus({ days: 1 }) };
  if (name === 'NEXT_90_DAYS') return { from: today.plus({ days: 1 }), to: today.plus({ days: 91 }) };

  const neighbour = /^(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)$/.exec(name);
  if (neighbour) {
    return unitRange(now, (neighbour[2] ?? '').toLowerCase() as Unit, NEIGHBOURS[neighbour[1] ?? ''] ?? 0);
  }

  const count = Number(countText);
  const counted = /^(?:(LAST|NEXT)_N_([A-Z]+)|N_([A-Z]+)_AGO)$/.exec(name);
  const unit = UNITS[counted?.[2] ?? counted?.[3] ?? ''];
  if (!counted || !unit || !Number.isInteger(count) || count < 1) throw malformedQuery(`unexpected token: ${literal}`);
  if (counted[3] !== undefined) return unitRange(now, unit, -count);
  if (counted[1] === 'NEXT') return { from: unitRange(now, unit, 1).from, to: unitRange(now, unit, count).to };
  // LAST_N_DAYS reaches to the end of today; the longer units end before the current one.
  const to = unit === 'day' ? today.plus({ days: 1 }) : unitRange(now, unit, 0).from;
  return { from: unitRange(now, unit, -count).from, to };
}

function unitRange(now: DateTime, unit: Unit, offset: number): DayRange {
  const start = unit === 'week' ? now.startOf('day').minus({ days: now.weekday % 7 }) : now.startOf(unit);
  const from = start.plus({ [unit]: offset });
  return { from, to: from.plus({ [unit]: 1 }) };
}
