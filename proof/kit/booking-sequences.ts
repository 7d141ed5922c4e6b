import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld, type World } from '../../middleware/test/kit/world.ts';
import { openMemory, pointSalesforceAt, startReplica, type LocalReplica, type Storage } from './crashable.ts';
import { addFault } from './storm-faults.ts';
import { foreignThings, judge } from './storm-oracle.ts';
import { lookAround, tell } from './storm-outcome.ts';
import { begin, takeStep } from './storm-steps.ts';
import { wireOf } from './storm-wire.ts';
import { connectLark, planSequence, type Sequence, type Storm } from './storm.ts';
import { seeded, type Seeded } from './seeded.ts';

export interface SequencesOptions {
  seed: number;
  /** The first number and how many; each number is the same sequence for the same seed. */
  first: number;
  count: number;
  /** How many go on at the same time. */
  parallel: number;
  /** How often the middleware dies meanwhile. */
  crashes: number;
}

/** Steps at which a middleware dies, besides anywhere. */
export const deadlySteps = [
  'booking.inserted',
  'change.saved',
  'reservation.intended',
  'reservation.answered',
  'reservation.recorded',
  'event.intended',
  'event.answered',
  'event.recorded',
  'event.update.answered',
  'event.remove.answered',
  'reservation.remove.answered',
  'invitation.answered',
  'write-back.before',
  'write-back.after',
] as const;

/** Many bookings through one storm, in one world with a middleware that dies now and then. */
export async function runSequences(options: SequencesOptions): Promise<void> {
  const world = await startWorld({ withoutApp: true });
  const storage = await openMemory();
  const random = seeded(options.seed).fork(1_000_000 + options.first);
  const crashes: number[] = [];
  let replica = await startReplica(world, storage);
  pointSalesforceAt(world, replica);
  const storm = await prepare(world, () => [replica]);
  const crash = async () => {
    await Promise.race([replica.dieAt(random.pick(deadlySteps)), sleep(1_500)]);
    await replica.crash();
    crashes.push(performance.timeOrigin + performance.now());
    await sleep(20);
    world.clock.advance(61_000);
    replica = await startReplica(world, storage);
    pointSalesforceAt(world, replica);
  };
  try {
    const sequences = await blow(storm, options, crash);
    await calmDown(storm, storage, replica);
    await assertRight(storm, sequences, crashes, options);
  } finally {
    await replica.stop();
    await world.close();
    await storage.close();
  }
}

/** Trainers connect while the weather is fine. */
export async function prepare(world: World, replicas: Storm['replicas']): Promise<Storm> {
  const [inactive] = await world.soql<Awaited<ReturnType<World['trainer']>>>(
    'SELECT Id, Name, Email__c, Time_Zone__c FROM Onboarding_Trainer__c WHERE Active__c = false',
  );
  const active = await Promise.all(Array.from({ length: 11 }, (_, index) => world.trainer(index)));
  const storm: Storm = {
    world,
    trainers: {
      connected: active.slice(0, 8),
      newcomers: active.slice(8),
      inactive: inactive ?? assert.fail('nobody'),
    },
    replicas,
    everLost: new Set(),
    complaints: [],
  };
  for (const trainer of storm.trainers.connected) assert.equal(await connectLark(storm, trainer), 'done');
  return storm;
}

/** Plays the sequences; `crash` is called between some of them. @returns what was played */
export async function blow(storm: Storm, options: SequencesOptions, crash: () => Promise<void>): Promise<Sequence[]> {
  const plan = seeded(options.seed);
  const sequences = Array.from({ length: options.count }, (_, lane) =>
    planSequence(storm, options.first + lane, lane, plan.fork(options.first + lane)),
  );
  const deadly = new Set(
    Array.from({ length: options.crashes }, (_, index) =>
      Math.floor(((index + 0.7) * options.count) / options.crashes),
    ),
  );
  let next = 0;
  let dying: Promise<void> | undefined;
  const player = async () => {
    for (;;) {
      const index = next++;
      const sequence = sequences[index];
      if (!sequence) return;
      if (deadly.has(index)) dying = (dying ?? Promise.resolve()).then(crash);
      await play(storm, sequence);
    }
  };
  const played = await Promise.allSettled(Array.from({ length: options.parallel }, player));
  await dying;
  for (const one of played) if (one.status === 'rejected') throw one.reason;
  return sequences;
}

async function play(storm: Storm, sequence: Sequence): Promise<void> {
  const { random } = sequence;
  trouble(storm, sequence, random);
  await begin(storm, sequence);
  const under: Promise<void>[] = [];
  for (let left = 2 + random.below(5); left > 0; left--) {
    trouble(storm, sequence, random);
    const step = takeStep(storm, sequence);
    // Now and then the next thing happens before this one has.
    if (random.chance(0.2)) under.push(step);
    else await step;
  }
  await Promise.all(under);
}

function trouble(storm: Storm, sequence: Sequence, random: Seeded): void {
  if (random.chance(0.35)) sequence.log.push(`  (${addFault(storm.world, random)})`);
  if (random.chance(0.03)) storm.world.clock.advance(61_000);
}

const READY = `state in ('created', 'retry') and start_after <= now()`;

/** Three short ones, and longer ones over more than a day. */
const MOST_ROUNDS = 16;

/**
 * No more trouble; leases and retries come to their time. Ends when nothing waits for anything; fails if that does not
 * come to an end.
 */
export async function calmDown(storm: Storm, storage: Storage, replica: LocalReplica): Promise<void> {
  const { world } = storm;
  world.standins.salesforce.faults.release();
  world.standins.lark.faults.release();
  await world.standins.salesforce.flowsSettled();
  const dead = await storage.sql<{ id: string }>(`select id from pgboss.job where state = 'active'`);
  await idle(storage, new Set(dead.map(({ id }) => id)));
  // What a dead process left as running is given to somebody else when its time is over.
  await storage.sql(
    `update pgboss.job set state = 'retry', retry_count = retry_count + 1, start_after = now()
     where state = 'active' and retry_count < retry_limit`,
  );
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // Who revoked their access can make it look like an outage. It ends when the others have renewed theirs, or after a day.
    const isLong = round >= 3;
    world.clock.advance(isLong ? 3 * 3_600_000 : 130_000);
    if (isLong) await replica.tick('refresh-due');
    await storage.sql(
      `update pgboss.job set start_after = now() where state in ('created', 'retry') and start_after > now()`,
    );
    await idle(storage);
    if (round < 2) {
      for (const name of ['flush-tokens', 'find-lost-triggers', 'find-unfinished', 'find-deleted'] as const) {
        await replica.tick(name);
      }
      await idle(storage);
    }
    const waiting = await storage.sql(
      `select id from pgboss.job where state in ('created', 'retry') and name != '__pgboss__'`,
    );
    if (round >= 2 && waiting.length === 0) return;
  }
  const waiting = await storage.sql(
    `select name, state, data, output from pgboss.job where state in ('created', 'retry', 'active') limit 5`,
  );
  const outages = await storage.sql('select * from outage');
  const outcome = await lookAround(storm, []);
  const ids = outcome.rows.filter(({ Id }) => JSON.stringify(waiting).includes(Id)).map(({ Id }) => Id);
  const names = outcome.rows.filter(({ Id }) => ids.includes(Id)).map(({ Merchant_Name__c }) => Merchant_Name__c);
  assert.fail(
    [
      `it does not calm down: ${JSON.stringify(waiting, null, 1)}`,
      `  outages: ${JSON.stringify(outages)}`,
      ...tell(outcome, names),
      ...outcome.people.map((person) => `  ${person.Id} ${person.Email__c} ${person.Lark_Connection_Status__c}`),
      ...wireOf(storm, { ids }),
    ].join('\n'),
  );
}

/** Until no job runs and none could. `dead`: jobs of a dead process, which look as if they ran. */
async function idle(storage: Storage, dead: ReadonlySet<string> = new Set()): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let quiet = 0; quiet < 3;) {
    const busy = await storage.sql<{ id: string }>(
      `select id from pgboss.job where name not like '\\_\\_%' and name != 'dead-letters' and (state = 'active' or ${READY})`,
    );
    quiet = busy.every(({ id }) => dead.has(id)) ? quiet + 1 : 0;
    assert.ok(performance.now() < deadline, `${busy.length} jobs are still not done`);
    await sleep(40);
  }
}

export async function assertRight(
  storm: Storm,
  sequences: readonly Sequence[],
  crashes: readonly number[],
  { seed }: Pick<SequencesOptions, 'seed'>,
): Promise<void> {
  const outcome = await lookAround(storm, crashes);
  const wrong = sequences
    .map((sequence) => ({ sequence, complaints: judge(outcome, sequence) }))
    .filter(({ complaints }) => complaints.length > 0)
    .map(({ sequence, complaints }) => {
      const { number, log, trainers } = sequence;
      return [
        `Sequence ${number} (a is ${trainers.a.Email__c}, b is ${trainers.b.Email__c}, newcomer ${trainers.newcomer.Email__c})`,
        ...log,
        ...complaints.map((complaint) => `  ✗ ${complaint}`),
        ...tell(outcome, sequence.names),
        ...wireOf(storm, sequence),
      ].join('\n');
    });
  const general = [...storm.complaints, ...foreignThings(outcome, sequences)];
  if (wrong.length + general.length === 0) return;
  assert.fail(
    [
      `${wrong.length} of ${sequences.length} sequences ended wrong. Again: SEED=${seed}`,
      ...general.map((complaint) => `✗ ${complaint}`),
      ...wrong,
    ].join('\n\n'),
  );
}
