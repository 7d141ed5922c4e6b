import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readCalendarOf } from '../../middleware/test/kit/connections.ts';
import { createTestDatabase } from '../../middleware/test/kit/databases.ts';
import { startMiddleware, type MiddlewareProcess } from '../../middleware/test/kit/processes.ts';
import { manyPeople, seedTrainers, type SeededTrainer } from '../../middleware/test/kit/seed-trainers.ts';
import { connectThrough, startWorld, until } from '../../middleware/test/kit/world.ts';
import { explain, type Life, type Lost } from './lost-connections.ts';
import { createRandom } from './random.ts';
import { now, startWire } from './wire.ts';

export interface RandomKills {
  seed: number;
  kills: number;
  trainers?: number;
  say: (line: string) => void;
}

export interface RandomKillsReport {
  lives: readonly Life[];
  lost: readonly Lost[];
}

/** The lease of a refresh and the time that its request may take. */
const LEASE_AND_TIMEOUT_MS = 41_000;
const LONGEST_LEG_MS = 30;
const READERS = 4;
/** A pair that a living process holds is written down much sooner. */
const SETTLED_MS = 3_000;

/**
 * Two processes on PostgreSQL serve trainers whose access tokens end again and again; one after the other is killed in the
 * middle of it and started anew. Whoever was lost is looked at, connects again as a trainer would, and it goes on.
 */
export async function randomKills({ seed, kills, trainers: count = 30, say }: RandomKills): Promise<RandomKillsReport> {
  const random = createRandom(seed);
  const people = manyPeople(count);
  const database = (await createTestDatabase()) ?? assert.fail('the kills need PostgreSQL');
  const world = await startWorld({
    withoutApp: true,
    lark: { moreAccounts: people, limits: { perSecond: 100_000, perMinute: 1_000_000 } },
  });
  const { lark } = world.standins;
  const observer = new pg.Client({ connectionString: database.url });
  await observer.connect();
  const lives: Life[] = [];
  const lost: Lost[] = [];
  const alive = () => lives.filter(({ killedAt }) => killedAt === undefined);
  const environment = {
    ...world.environment,
    DATABASE_URL: database.url,
    LARK_REQUESTS_PER_SECOND: '10000',
    LARK_REQUESTS_PER_MINUTE: '100000',
  };

  const startLife = async (): Promise<Life> => {
    const wire = await startWire(lark.tokenUrl, () => random.between(0, LONGEST_LEG_MS));
    const LARK_TOKEN_URL = `${wire.url}/open-apis/authen/v2/oauth/token`;
    const life = { process: await startMiddleware({ ...environment, LARK_TOKEN_URL }), wire };
    lives.push(life);
    return life;
  };
  /** Which refresh token each connection would spend next, as the journal's digest. */
  const heads = async () => {
    const { rows } = await observer.query<{ connection_id: string; refresh_hash: string | null }>(
      'select connection_id, refresh_hash from token_head',
    );
    return new Map(rows.map((row) => [row.connection_id, `sha256:${row.refresh_hash?.slice(0, 16)}`]));
  };
  const kill = async (life: Life) => {
    life.killedAt = now();
    await life.process.kill();
    life.goneAt = now();
    life.headsAtDeath = await heads();
    // What the dead one held may be taken over by whoever needs it.
    world.clock.advance(LEASE_AND_TIMEOUT_MS);
  };

  const trainers = await seedTrainers(world, people);
  const slots = [startLife(), startLife()];
  await Promise.all(slots);
  let going = true;
  const ailing = new Set<SeededTrainer>();
  const reader = async () => {
    while (going) {
      const process = someone();
      if (process === undefined) {
        await sleep(20);
        continue;
      }
      const trainer = random.pick(trainers);
      const reading = await readCalendarOf(world, process, trainer).catch(() => undefined);
      if (/connect again/.test(reading?.unreadable ?? '')) ailing.add(trainer);
    }
  };
  const someone = (): MiddlewareProcess | undefined => {
    const candidates = alive();
    return candidates.length === 0 ? undefined : random.pick(candidates).process;
  };
  const ender = async () => {
    while (going) {
      for (let ended = 0; ended < 3; ended++) lark.expireAccessTokens(random.pick(trainers).openId);
      await sleep(30);
    }
  };
  /** A mark may be premature: another process may hold the answer. One that stays is a loss. */
  const lookAfterAiling = async () => {
    for (const trainer of [...ailing]) {
      const head = (await heads()).get(`lark:${trainer.Id}`);
      const consumed = lives
        .flatMap(({ wire }) => wire.carried)
        .filter(({ spent, code }) => spent === head && code === 0);
      if (consumed.some(({ answeredAt = now() }) => answeredAt > now() - SETTLED_MS)) continue;
      const process = someone();
      if (process === undefined) return;
      try {
        const reading = await readCalendarOf(world, process, trainer);
        if (/connect again/.test(reading.unreadable ?? '')) {
          note(trainer, head);
          await connectThrough(process, trainer.Email__c);
        }
        ailing.delete(trainer);
      } catch {
        // Killed meanwhile: the next time.
      }
    }
  };

  const note = (trainer: SeededTrainer, head: string | undefined) => {
    const found = explain(lives, trainer, head, wasUsed);
    // Somebody whose new consent failed because that process was killed too is not lost twice.
    if (!lost.some(({ evidence, cut }) => evidence === found.evidence || (cut && cut.call === found.cut?.call))) {
      lost.push(found);
    }
  };
  const wasUsed = (accessToken: string) => lark.journal.entries().some(({ bearer }) => bearer === accessToken);

  /** Served, or over; anything else must pass. */
  const isServed = (process: MiddlewareProcess, trainer: SeededTrainer) =>
    until(async () => {
      const { status, unreadable = 'served' } = await readCalendarOf(world, process, trainer);
      if (status === 200 && unreadable === 'served') return { served: true };
      return /connect again/.test(unreadable) && { served: false };
    }, `an answer for ${trainer.Name}`).then(({ served }) => served);

  const load = [...Array.from({ length: READERS }, reader), ender()];
  try {
    for (let number = 1; number <= kills; number++) {
      const slot = random.between(0, slots.length - 1);
      const victim = (await slots[slot]) ?? assert.fail('no process');
      await sleep(random.between(0, 300));
      await kill(victim);
      slots[slot] = startLife();
      await lookAfterAiling();
      if (number % 5 === 0) say(`${number} kills, ${lost.length} connections lost so far`);
    }
    await Promise.all(slots);
    going = false;
    await Promise.all(load);
    // Calm: nobody dies any more, and every lease is over.
    await sleep(SETTLED_MS);
    world.clock.advance(LEASE_AND_TIMEOUT_MS);
    const last = alive()[0]?.process ?? assert.fail('no process');
    for (const trainer of trainers) {
      for (const round of [1, 2]) {
        lark.expireAccessTokens(trainer.openId);
        const head = (await heads()).get(`lark:${trainer.Id}`);
        if (await isServed(last, trainer)) continue;
        assert.equal(round, 1, 'what was served once is served again');
        note(trainer, head);
        break;
      }
    }
    return { lives, lost };
  } finally {
    going = false;
    await Promise.allSettled(load);
    for (const life of await Promise.allSettled(slots)) {
      if (life.status === 'fulfilled' && life.value.killedAt === undefined) await life.value.process.kill();
    }
    await Promise.all(lives.map(({ wire }) => wire.close()));
    await observer.end();
    await world.close();
    await database.drop();
  }
}
