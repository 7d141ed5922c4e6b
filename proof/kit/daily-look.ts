import assert from 'node:assert/strict';
import type { World } from '../../middleware/test/kit/world.ts';
import type { SimulatedTrainer } from './simulated-trainer.ts';

const DAY_MS = 86_400_000;
const ALERT = 'Trainer Connect needs an administrator';

interface Row {
  Id: string;
  Lark_Connection_Status__c: string;
  Lark_Connection_Error__c: string | null;
  Lark_Token_Generation__c: number;
}

/** What must be true whenever a day is over, seen in Salesforce and in what Lark has written down. */
export function dailyLook(world: World, trainers: readonly SimulatedTrainer[]) {
  const generations = new Map<string, number>();
  let mostIdleExchanges = 0;
  return {
    atTheEndOf: async (day: number): Promise<void> => {
      const now = world.clock.now();
      const rows = await world.soql<Row>(
        `SELECT Id, Lark_Connection_Status__c, Lark_Connection_Error__c, Lark_Token_Generation__c
          FROM Onboarding_Trainer__c WHERE Lark_Token_Generation__c > 0`,
      );
      const byId = new Map(rows.map((row) => [row.Id, row]));
      for (const trainer of trainers) {
        const row = byId.get(trainer.Id) ?? assert.fail(`day ${day}: ${trainer.Name} has vanished`);
        const before = generations.get(trainer.Id) ?? 0;
        const generation = row.Lark_Token_Generation__c;
        assert.ok(generation >= before, `day ${day}: the generation of ${trainer.Name} fell to ${generation}`);
        generations.set(trainer.Id, generation);
        if (!trainer.ended) {
          const shown = `${row.Lark_Connection_Status__c}: ${row.Lark_Connection_Error__c}`;
          assert.equal(row.Lark_Connection_Status__c, 'Connected', `day ${day}: ${trainer.Name} was lost (${shown})`);
        } else if (now.getTime() - trainer.ended.at.getTime() > 2 * DAY_MS) {
          const expected = trainer.ended.how === 'disconnected' ? 'Not Connected' : 'Needs Reconnect';
          assert.equal(row.Lark_Connection_Status__c, expected, `day ${day}: ${trainer.Name} (${trainer.ended.how})`);
        }
      }
      mostIdleExchanges = Math.max(mostIdleExchanges, mostOfIdle(now));
    },
    soFar: () => ({
      mostIdleExchanges,
      exchanges: world.standins.lark.tokenExchanges().filter(({ code }) => code === 0).length,
      alerts: world.standins.salesforce.outbox.mails().filter(({ subject }) => subject === ALERT).length,
    }),
  };

  function mostOfIdle(now: Date): number {
    const since = now.getTime() - DAY_MS;
    const today = world.standins.lark
      .tokenExchanges()
      .filter(({ at, grantType }) => at.getTime() > since && grantType === 'refresh_token');
    const idle = trainers.filter((trainer) => trainer.idle && !trainer.ended);
    return Math.max(0, ...idle.map(({ Email__c }) => today.filter(({ account }) => account === Email__c).length));
  }
}
