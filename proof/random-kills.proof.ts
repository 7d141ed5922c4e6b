import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf } from './kit/lost-connections.ts';
import { seedFromEnvironment } from './kit/random.ts';
import { randomKills } from './kit/random-kills.ts';
import { report, say } from './kit/report.ts';

const KILLS = 500;

test(`${KILLS} kills at random: no connection is lost but those whose answer was under way`, async () => {
  const seed = seedFromEnvironment();
  say(`SEED=${seed}`);
  const { lives, lost } = await randomKills({ seed, kills: KILLS, say });
  report('random-kills', { seed, ...figuresOf(lives, lost) });
  assert.deepEqual(
    lost.filter(({ cut, used }) => cut === undefined || used),
    [],
    'every loss is an answer that was under way when its process was killed',
  );
});
