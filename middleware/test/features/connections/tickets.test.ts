import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { issueTicket, peekTicket, spendTicket } from '../../../src/features/connections/tickets.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases, testDatabaseUrl } from '../../kit/databases.ts';

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const { close } of databases) await close();
});

for (const [engine, name] of (testDatabaseUrl === undefined ? ['pglite'] : ['pglite', 'postgres']).entries()) {
  describe(`tickets on ${name}`, () => {
    let now: Date;
    beforeEach(async () => {
      now = new Date('2027-03-01T09:00:00Z');
      await deps().db.deleteFrom('link_ticket').execute();
    });
    const deps = () => ({ db: (databases[engine] ?? assert.fail()).db, now: () => now, stateSecret: 'a-secret' });
    const issue = async (isMailed: boolean, trainerId = 'a01000000000001AAA') => {
      now = new Date(now.getTime() + 60_000);
      const ticket = { provider: 'lark', trainerId, returnUrl: undefined } as const;
      return (await issueTicket(deps(), ticket, { lifeMs: 86_400_000, isMailed })).secret;
    };
    const live = async (secrets: readonly string[]) =>
      Promise.all(secrets.map(async (secret) => (await peekTicket(deps(), secret)) !== undefined));

    test('a mailed link leaves older ones alone; of the mailed ones the newest five live', async () => {
      const asked = await issue(false);
      const mailed: string[] = [];
      for (let count = 0; count < 7; count++) mailed.push(await issue(true));
      assert.deepEqual(await live(mailed), [false, false, true, true, true, true, true]);
      assert.deepEqual(await live([asked]), [true]);
    });

    test("a link that somebody asks for ends all others of this trainer, mailed or not, and nobody else's", async () => {
      const foreign = await issue(true, 'a01000000000002AAA');
      const older = [await issue(false), await issue(true), await issue(true)];
      const newest = await issue(false);
      assert.deepEqual(await live([...older, newest, foreign]), [false, false, false, true, true]);
    });

    test('spending one ends all others; of several that are spent at once one is taken', async () => {
      const asked = await issue(false);
      const mailed = [await issue(true), await issue(true)];
      const foreign = await issue(true, 'a01000000000002AAA');
      const spent = await Promise.all([asked, ...mailed].map((secret) => spendTicket(deps(), secret)));
      assert.equal(spent.filter((ticket) => ticket !== undefined).length, 1);
      assert.deepEqual(await live([asked, ...mailed, foreign]), [false, false, false, true]);
    });

    test('an expired link is not spent and ends no other', async () => {
      const old = await issue(true);
      now = new Date(now.getTime() + 86_400_000);
      const fresh = await issue(true);
      assert.equal(await spendTicket(deps(), old), undefined);
      assert.deepEqual(await live([fresh]), [true]);
    });

    test('of two that are asked for at once one lives', async () => {
      const ticket = { provider: 'lark', trainerId: 'a01000000000003AAA', returnUrl: undefined } as const;
      const issued = await Promise.all(
        [1, 2].map(() => issueTicket(deps(), ticket, { lifeMs: 60_000, isMailed: false })),
      );
      assert.equal((await live(issued.map(({ secret }) => secret))).filter(Boolean).length, 1);
    });
  });
}
