const DAY_MS = 86_400_000;

/** `2026-11-21`: metrics are counted by days in UTC. */
export type UtcDay = string;

export function dayOf(instant: Date): UtcDay {
  return instant.toISOString().slice(0, 10);
}

export function startOf(day: UtcDay): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function endOf(day: UtcDay): Date {
  return new Date(startOf(day).getTime() + DAY_MS);
}

export function daysBefore(day: UtcDay, count: number): UtcDay {
  return dayOf(new Date(startOf(day).getTime() - count * DAY_MS));
}
