import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMiddleware } from '../../middleware/test/kit/processes.ts';
import { startWorld, type World } from '../../middleware/test/kit/world.ts';
import { assertRight, blow, calmDown, deadlySteps, prepare, type SequencesOptions } from './booking-sequences.ts';
import { openPostgres, pointSalesforceAt, startReplica, type Replica, type Storage } from './crashable.ts';
import { seeded } from './seeded.ts';

/**
 * The same storm over two separate processes on one PostgreSQL, which SIGKILL ends at random and at named steps while
 * the other goes on. The calm is played by a third one, which finds what they left.
 */
export async function runSequencesOverTwoProcesses(options: SequencesOptions): Promise<void> {
  const storage = (await openPostgres()) ?? assert.fail('two processes need PostgreSQL (TEST_DATABASE_URL)');
  const world = await startWorld({ withoutApp: true });
  const random = seeded(options.seed).fork(2_000_000 + options.first);
  const crashes: number[] = [];
  const died = () => crashes.push(performance.timeOrigin + performance.now());
  const alive: Replica[] = [await startProcess(world, storage), await startProcess(world, storage)];
  const living = () => alive.filter((process) => !process.isDead());
  const replace = async (index: number, stopAt?: string) => {
    const successor = await startProcess(world, storage, stopAt === undefined ? undefined : { stopAt, died });
    alive[index] = successor;
    pointSalesforceAt(world, successor);
  };
  try {
    pointSalesforceAt(world, alive[0] as Replica);
    const storm = await prepare(world, living);
    const sequences = await blow(storm, options, async () => {
      const index = random.below(2);
      await sleep(random.below(400));
      if (alive[index]?.isDead() === false) {
        await alive[index].crash();
        died();
      }
      world.clock.advance(61_000);
      await replace(index, random.pick(deadlySteps));
      const other = 1 - index;
      if (alive[other]?.isDead() === true) await replace(other);
    });
    await Promise.all(alive.map((process) => process.stop()));
    const last = await startReplica(world, storage);
    try {
      pointSalesforceAt(world, last);
      await calmDown(storm, storage, last);
      await assertRight(storm, sequences, crashes, options);
    } finally {
      await last.stop();
    }
  } finally {
    await Promise.all(alive.map((process) => process.crash()));
    await world.close();
    await storage.close();
  }
}

async function startProcess(
  world: World,
  storage: Storage,
  doom?: { stopAt: string; died: () => void },
): Promise<Replica> {
  const environment = { ...world.environment, ...storage.environment };
  const child = await startMiddleware(environment, doom === undefined ? {} : { stopAt: doom.stopAt });
  let isDead = false;
  const kill = () => {
    isDead = true;
    return child.kill();
  };
  if (doom) {
    const die = async () => {
      await child.reached;
      if (isDead) return;
      doom.died();
      await kill();
    };
    // Not every step comes by.
    die().catch(() => undefined);
  }
  return {
    base: child.base,
    call: child.call,
    isDead: () => isDead,
    crash: kill,
    stop: async () => {
      if (isDead) return;
      isDead = true;
      await child.stop();
    },
  };
}
