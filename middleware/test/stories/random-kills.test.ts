import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf } from '../../../proof/kit/lost-connections.ts';
import { randomKills } from '../../../proof/kit/random-kills.ts';
import { seedFromEnvironment } from '../../../proof/kit/random.ts';
import { testDatabaseUrl } from '../kit/databases.ts';

const KILLS = 20;
const skip = testDatabaseUrl === undefined && 'no PostgreSQL answers';

test(`${KILLS} kills at random: no connection is lost but those whose answer was under way`, { skip }, async (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`SEED=${seed}`);
  const { lives, lost } = await randomKills({ seed, kills: KILLS, say: (line) => t.diagnostic(line) });
  const figures = figuresOf(lives, lost);
  t.diagnostic(JSON.stringify(figures));
  assert.equal(figures['kills'], KILLS);
  assert.deepEqual(
    lost.filter(({ cut, used }) => cut === undefined || used),
    [],
    'every loss is an answer that was under way when its process was killed',
  );
});
