import assert from 'node:assert/strict';
import { book, bookingOf } from '../../middleware/test/kit/bookings.ts';
import { readCalendarOf, untilServed } from '../../middleware/test/kit/connections.ts';
import { manyPeople, seedTrainers } from '../../middleware/test/kit/seed-trainers.ts';
import { startWorld, type World, type WorldOptions } from '../../middleware/test/kit/world.ts';
import { dailyLook } from './daily-look.ts';
import { createRandom, type Random } from './random.ts';
import type { Figures } from './report.ts';
import {
  CONSENT_MS,
  connectAgain,
  disconnect,
  expectAnnouncements,
  revoke,
  type SimulatedTrainer,
} from './simulated-trainer.ts';
import { forecastWeather, type Weather } from './weather.ts';

export interface ManyDays {
  seed: number;
  days: number;
  trainers?: number;
  /** Where the middleware keeps its database; it is restarted on it. */
  database: Pick<WorldOptions, 'postgres' | 'environment'>;
  say: (line: string) => void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_IDLE_EXCHANGES = 3;

/** An office over many days, with everything that goes wrong. Fails as soon as a day ends otherwise than it must. */
export async function manyDays({ seed, days, trainers: count = 50, database, say }: ManyDays): Promise<Figures> {
  const random = createRandom(seed);
  const people = manyPeople(count);
  const world = await startWorld({
    ...database,
    environment: { ...database.environment, LARK_REQUESTS_PER_SECOND: '5000', LARK_REQUESTS_PER_MINUTE: '100000' },
    lark: { moreAccounts: people, limits: { perSecond: 5_000, perMinute: 100_000 } },
  });
  try {
    // Midnight, so that a day of the simulation is a day of the calendar.
    const start = new Date(Math.ceil(world.clock.now().getTime() / DAY_MS) * DAY_MS);
    world.clock.set(start);
    const trainers = await settle(world, random, people, start, days);
    await world.tick('catch-up-connections');
    const weather = forecastWeather(world, random, days);
    const look = dailyLook(world, trainers);
    const counts = { restarts: 0, 'databases lost': 0, 'ends announced': 0, bookings: 0 };

    for (let day = 0; day < days; day++) {
      for (let hour = 0; hour < 24; hour++) {
        const hourAgo = world.clock.now();
        world.clock.set(new Date(start.getTime() + (day * 24 + hour + 1) * HOUR_MS));
        weather.turnTo(day * 24 + hour);
        await runTheHour(world, weather, hour);
        if (!weather.isCalm()) continue;
        counts['ends announced'] += await expectAnnouncements(world, trainers, hourAgo);
        if (hour === 21 && random.chance(0.15)) {
          const loseDatabase = random.chance(0.5);
          await world.restart({ loseDatabase });
          counts.restarts++;
          if (loseDatabase) counts['databases lost']++;
        }
        if (hour === 22) counts.bookings += await actLikePeople(world, random, trainers);
      }
      await look.atTheEndOf(day);
      if (day % 5 === 4) say(`day ${day + 1}: ${JSON.stringify({ ...counts, ...weather.counts })}`);
    }
    for (const trainer of trainers.filter(({ ended }) => !ended)) await untilServed(world, world, trainer);
    const { mostIdleExchanges, exchanges, alerts } = look.soFar();
    assert.ok(mostIdleExchanges <= MOST_IDLE_EXCHANGES, `an idle trainer cost ${mostIdleExchanges} exchanges in a day`);
    const outages = weather.counts['Lark out'] + weather.counts['Salesforce out'];
    assert.ok(alerts <= outages, `${alerts} alert mails for ${outages} outages`);
    return {
      days,
      trainers: count,
      ...weather.counts,
      ...counts,
      exchanges,
      'most exchanges of an idle trainer in a day': mostIdleExchanges,
      'alert mails': alerts,
      'ended by their owners': trainers.filter(({ ended }) => ended).length,
      'connections lost': 0,
    };
  } finally {
    world.standins.lark.faults.release();
    world.standins.salesforce.faults.release();
    await world.close();
  }
}

/** Everybody connected some time ago; the consents of some end within these days, two weeks from now at the earliest. */
async function settle(
  world: World,
  random: Random,
  people: ReturnType<typeof manyPeople>,
  start: Date,
  days: number,
): Promise<SimulatedTrainer[]> {
  const endDays = Array.from({ length: Math.ceil(days / 8) }, () => random.between(15, Math.max(15, days - 1)));
  const consentEnds = people.map((_, index) => {
    const soon = index % 5 === 0 || days > 60;
    const ahead = soon ? random.pick(endDays) : random.between(days + 20, 360);
    return new Date(start.getTime() + ahead * DAY_MS + 20.5 * HOUR_MS);
  });
  const before = (instant: Date, milliseconds: number) => new Date(instant.getTime() - milliseconds);
  const seeded = await seedTrainers(
    world,
    people,
    (index) => before(consentEnds[index] ?? start, CONSENT_MS),
    () => before(start, random.between(0, 3) * 6 * HOUR_MS),
  );
  return seeded.map((trainer, index) => ({
    ...trainer,
    idle: index % 2 === 0,
    consentEndsAt: consentEnds[index] ?? start,
    heeds: random.chance(0.25) ? undefined : random.pick([14, 7, 3, 1]),
    ended: undefined,
  }));
}

/** What cron would have started within this hour. */
async function runTheHour(world: World, weather: Weather, hour: number): Promise<void> {
  const flush = () =>
    world.tick('flush-tokens').catch((error: unknown) => {
      if (!weather.salesforceIsOut()) throw error;
    });
  await flush();
  await world.tick('refresh-due');
  await flush();
  await world.tick('announce-ends');
  if (hour === 20) {
    await world.tick('complete-past-bookings');
    await world.tick('clean-up');
    await world.tick('catch-up-connections');
  }
}

/** A few use their calendars, are booked, have enough of it, or come back. Returns how many were booked. */
async function actLikePeople(world: World, random: Random, trainers: readonly SimulatedTrainer[]): Promise<number> {
  const now = world.clock.now();
  for (const trainer of trainers) {
    const rested = trainer.ended && now.getTime() - trainer.ended.at.getTime() > 3 * DAY_MS;
    if (rested && trainer.ended?.how !== 'consent') await connectAgain(world, trainer);
  }
  const active = () => trainers.filter(({ idle, ended }) => !idle && !ended);
  for (let reads = 0; reads < 4; reads++) {
    const trainer = random.pick(active());
    const reading = await readCalendarOf(world, world, trainer);
    assert.deepEqual(reading, { status: 200, unreadable: undefined }, trainer.Name);
  }
  if (random.chance(0.15)) revoke(world, random.pick(active()));
  if (random.chance(0.15)) await disconnect(world, random.pick(active()));
  if (!random.chance(0.5)) return 0;
  const { status, text } = await book(world, bookingOf(world, random.pick(active()), random.between(2, 9)));
  assert.ok(status === 201 || status === 409, text);
  return status === 201 ? 1 : 0;
}
