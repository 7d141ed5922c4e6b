import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, testDatabaseUrl } from '../kit/databases.ts';
import { exchangesOf, openIdOf, readCalendarOf, shownConnection, untilServed } from '../kit/connections.ts';
import { startMiddleware, type MiddlewareProcess } from '../kit/processes.ts';
import { connectThrough, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const skip = testDatabaseUrl === undefined && 'no PostgreSQL answers';
const TOKEN = /oauth\/token$/;
/** The lease of a refresh and the time that its request may take: after that, whoever holds it must have given up. */
const LEASE_AND_TIMEOUT_MS = 41_000;
/** A process asks four times a second. */
const CLOCK_FOLLOWED_MS = 1_000;

let world: World;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let environment: Record<string, string | undefined>;

before(async () => {
  if (skip !== false) return;
  database = await createTestDatabase();
  world = await startWorld({ withoutApp: true, lark: { limits: { perSecond: 5_000, perMinute: 50_000 } } });
  environment = {
    ...world.environment,
    DATABASE_URL: database?.url,
    LARK_REQUESTS_PER_SECOND: '5000',
    LARK_REQUESTS_PER_MINUTE: '50000',
  };
});
after(async () => {
  if (skip !== false) return;
  await world.close();
  await database?.drop();
});

test(
  '4 processes, 500 parallel requests, one expired token: exactly one exchange, and all are answered',
  { skip },
  async () => {
    const processes = await Promise.all([1, 2, 3, 4].map(() => startMiddleware(environment)));
    try {
      const trainer = await world.trainer(0);
      await connectThrough(processes[0] ?? assert.fail(), trainer.Email__c);
      const ends = {
        'by the clock': () => world.clock.advance(2 * 3_600_000),
        'because Lark says so': () => world.standins.lark.expireAccessTokens(openIdOf(world, trainer.Email__c)),
      };
      for (const [why, end] of Object.entries(ends)) {
        end();
        const mark = world.standins.lark.journal.mark();
        const answers = await Promise.all(
          Array.from({ length: 500 }, (_, index) =>
            readCalendarOf(world, processes[index % 4] ?? assert.fail(), trainer),
          ),
        );
        const bad = answers.filter(({ status, unreadable }) => status !== 200 || unreadable !== undefined);
        assert.deepEqual(bad.slice(0, 3), [], `expired ${why}`);
        assert.equal(world.standins.lark.journal.entries({ since: mark, path: TOKEN }).length, 1, `expired ${why}`);
      }
      assertUnbroken(trainer);
    } finally {
      await Promise.all(processes.map((process) => process.stop()));
    }
  },
);

/** One process is frozen at a step of a refresh, past its lease, while another goes on; then it is woken. */
async function freezeAt(
  step: string,
  trainer: SampleTrainer,
  story: { meanwhile: (other: MiddlewareProcess) => Promise<void>; sendsAfterwards: number },
): Promise<void> {
  const other = await startMiddleware(environment);
  await connectThrough(other, trainer.Email__c);
  const holder = await startMiddleware(environment, { stopAt: step });
  try {
    world.standins.lark.expireAccessTokens(openIdOf(world, trainer.Email__c));
    const asked = readCalendarOf(world, holder, trainer);
    await holder.reached;
    holder.freeze();
    world.clock.advance(LEASE_AND_TIMEOUT_MS);
    await story.meanwhile(other);

    const mark = world.standins.lark.journal.mark();
    holder.wake();
    // It follows our clock by asking now and then; a system's clock would be right at once.
    await sleep(CLOCK_FOLLOWED_MS);
    holder.goOn();
    assert.deepEqual(await asked, { status: 200, unreadable: undefined });
    assert.equal(world.standins.lark.journal.entries({ since: mark, path: TOKEN }).length, story.sendsAfterwards);
    await untilServed(world, other, trainer);
    await until(async () => (await shownConnection(world, trainer)).status === 'Connected', 'Salesforce shows it');
    assert.equal((await shownConnection(world, trainer)).error, null);

    // What is stored is what Lark considers live: the next refresh, by whoever, spends it and succeeds.
    for (const process of [holder, other]) {
      world.standins.lark.expireAccessTokens(openIdOf(world, trainer.Email__c));
      const before = assertUnbroken(trainer);
      await untilServed(world, process, trainer);
      assert.equal(assertUnbroken(trainer), before + 1);
    }
    const newest = assertUnbroken(trainer);
    await until(
      async () => (await shownConnection(world, trainer)).generation === newest,
      'that Salesforce has the newest pair',
    );
  } finally {
    await holder.kill();
    await other.stop();
  }
}

/** Every pair that Lark gave out was the one spent next. Returns how many there were. */
function assertUnbroken(trainer: SampleTrainer): number {
  const pairs = exchangesOf(world, trainer).filter(({ code }) => code === 0);
  for (const [index, { spent }] of pairs.entries()) {
    if (index > 0) assert.equal(spent, pairs[index - 1]?.refreshToken, `pair ${index} came from the one before`);
  }
  return pairs.length;
}

test(
  'a holder frozen before it sends, woken after its lease: it never sends, the pair of the other one lives',
  { skip },
  async () => {
    const trainer = await world.trainer(1);
    await freezeAt('refresh.intent-recorded', trainer, {
      sendsAfterwards: 0,
      meanwhile: (other) => untilServed(world, other, trainer),
    });
    assert.ok(
      exchangesOf(world, trainer).every(({ code }) => code === 0),
      'no token was sent twice',
    );
  },
);

test(
  'a holder frozen between its check and its send: it sends a spent token and takes over the pair of the other one',
  { skip },
  async () => {
    const trainer = await world.trainer(2);
    await freezeAt('refresh.checked', trainer, {
      sendsAfterwards: 1,
      meanwhile: (other) => untilServed(world, other, trainer),
    });
    const refused = exchangesOf(world, trainer).filter(({ code }) => code !== 0);
    assert.deepEqual(
      refused.map(({ code }) => code),
      [20073],
    );
  },
);

test(
  'a holder frozen with the answer in its hands: nothing is erased meanwhile, and its pair heals the connection',
  { skip },
  async () => {
    const trainer = await world.trainer(3);
    await freezeAt('refresh.answered', trainer, {
      sendsAfterwards: 0,
      meanwhile: async (other) => {
        // The other one cannot know that the answer arrived: Lark says that the token was used, which looks like the end.
        await until(async () => /connect again/.test((await readCalendarOf(world, other, trainer)).unreadable ?? ''));
        await until(async () => (await shownConnection(world, trainer)).status === 'Needs Reconnect', 'the mark');
        assert.equal((await shownConnection(world, trainer)).keepsTokens, true);
      },
    });
  },
);
