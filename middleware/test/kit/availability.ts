import { keys, type Answer, type SampleTrainer, type World } from './world.ts';

export interface AvailabilityAnswer {
  trainer: { id: string; name: string; larkConnected: boolean };
  timeZone: string;
  from: string;
  to: string;
  busy: { start: string; end: string; source: string }[];
  slots: { start: string; end: string }[];
  unknown: { start: string; end: string; reason: string }[];
  notes: string[];
  error?: { code: string; message: string; details?: unknown };
}

export interface SeveralAnswer {
  trainers: AvailabilityAnswer[];
  slots: { start: string; end: string; trainerIds: string[] }[];
  unknown: { start: string; end: string; reason: string; trainerIds: string[] }[];
  notes: string[];
  error?: { code: string; message: string; details?: unknown };
}

/** Asks for free time as the portal does. */
export function askAvailability<T = AvailabilityAnswer>(
  world: Pick<World, 'call'>,
  query: string | Record<string, string | readonly string[]>,
): Promise<Answer<T>> {
  const parameters = new URLSearchParams(typeof query === 'string' ? query : undefined);
  for (const [name, values] of typeof query === 'string' ? [] : Object.entries(query)) {
    for (const value of [values].flat()) parameters.append(name, value);
  }
  return world.call<T>('GET', `/api/lark/availability?${parameters.toString()}`, { key: keys.portal });
}

/** A Tuesday at least `weeks` weeks ahead: a working day of every sample trainer; `YYYY-MM-DD`. */
export function tuesdayAhead(world: Pick<World, 'clock'>, weeks: number): string {
  const day = new Date(world.clock.now().getTime() + weeks * 7 * 86_400_000);
  while (day.getUTCDay() !== 2) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** How often Lark was asked for busy time since the mark. */
export function busyReads(world: World, since: number) {
  return world.standins.lark.journal.entries({ since, path: /\/freebusy\/list$/ });
}

/** Longer than an answer of a calendar is remembered. */
export function forgetAnswers(world: Pick<World, 'clock'>): void {
  world.clock.advance(31_000);
}

/** Longer than a trainer's record is remembered. */
export function forgetTrainers(world: Pick<World, 'clock'>): void {
  world.clock.advance(61_000);
}

/** An administrator changes a trainer's record in Salesforce. */
export async function editTrainer(world: World, trainer: SampleTrainer, change: object): Promise<void> {
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/${trainer.Id}`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('admin@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(change),
  });
  if (response.status !== 204) throw new Error(await response.text());
}
