import { test } from 'node:test';
import { manyDays } from './kit/many-days.ts';
import { seedFromEnvironment } from './kit/random.ts';
import { report, say } from './kit/report.ts';

test('365 days of 50 trainers with outages, restarts and lost databases: nobody is lost, every end is announced', async () => {
  const seed = seedFromEnvironment();
  say(`SEED=${seed}`);
  report('year', { seed, ...(await manyDays({ seed, days: 365, database: { postgres: true }, say })) });
});
