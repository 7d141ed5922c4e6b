import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { manyDays } from '../../../proof/kit/many-days.ts';
import { seedFromEnvironment } from '../../../proof/kit/random.ts';
import { testDatabaseUrl } from '../kit/databases.ts';

test('30 days of 50 trainers with outages, restarts and lost databases: nobody is lost, every end is announced', async (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`SEED=${seed}`);
  const directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  try {
    const figures = await manyDays({
      seed,
      days: 30,
      database:
        testDatabaseUrl === undefined
          ? { environment: { DATA_DIR: path.join(directory, 'data') } }
          : { postgres: true },
      say: (line) => t.diagnostic(line),
    });
    t.diagnostic(JSON.stringify(figures));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
