import assert from 'node:assert/strict';
import type { LarkAccountOptions } from '../../../standins/lark/index.ts';
import { parseConfig } from '../../src/config.ts';
import { scopes } from '../../src/providers/lark/oauth.ts';
import { createSealer } from '../../src/tokens/seal.ts';
import type { SampleTrainer, World } from './world.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const CONSENT_DAYS = 365;
const AT_ONCE = 200;

/** People with Lark accounts, for `startWorld({ lark: { moreAccounts } })`. */
export function manyPeople(count: number): { name: string; email: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(5, '0');
    return { name: `Trainer ${number}`, email: `trainer.${number}@example.com` } satisfies LarkAccountOptions;
  });
}

export interface SeededTrainer extends SampleTrainer {
  openId: string;
}

/**
 * Trainers in Salesforce who connected Lark and were refreshed last some time ago (now, unless told): what an org holds that the middleware has
 * worked with for long. Written as the integration user writes, 200 rows a call; the pairs come from the stand-in.
 */
export async function seedTrainers(
  world: Pick<World, 'standins' | 'clock' | 'environment'>,
  people: readonly { name: string; email: string }[],
  consentedAt: (index: number) => Date = () => world.clock.now(),
  refreshedAt: (index: number) => Date = () => world.clock.now(),
): Promise<SeededTrainer[]> {
  const { config, sealer } = sealerOf(world);
  const openIds = new Map(world.standins.lark.accounts.map(({ email, openId }) => [email, openId]));
  const ids = await saveRows(
    world,
    'POST',
    people.map(({ name, email }) => ({
      Name: name,
      Email__c: email,
      Active__c: true,
      Time_Zone__c: 'Europe/Paris',
      Work_Days__c: 'Mon;Tue;Wed;Thu;Fri',
      Work_Day_Start__c: '09:00',
      Work_Day_End__c: '18:00',
    })),
  );
  const trainers = people.map(({ name, email }, index) => ({
    Id: ids[index] ?? assert.fail('no id'),
    Name: name,
    Email__c: email,
    Time_Zone__c: 'Europe/Paris',
    openId: openIds.get(email) ?? assert.fail(`no Lark account ${email}`),
  }));
  const rows = trainers.map((trainer, index) => {
    const agreedAt = consentedAt(index);
    const renewedAt = refreshedAt(index);
    const pair = world.standins.lark.issuePair(trainer.openId, { scopes, consentedAt: agreedAt });
    const connectionId = `lark:${trainer.Id}` as const;
    return {
      Id: trainer.Id,
      Lark_User_ID__c: trainer.openId,
      Lark_Account_Email__c: trainer.Email__c,
      Lark_Tenant_Key__c: world.standins.lark.app.tenantKey,
      Lark_Access_Token__c: sealer.seal({ connectionId, field: 'access' }, pair.accessToken),
      Lark_Refresh_Token__c: sealer.seal(
        { connectionId, field: 'refresh' },
        pair.refreshToken ?? assert.fail('no pair'),
      ),
      Lark_Token_Expires_At__c: new Date(renewedAt.getTime() + 2 * HOUR_MS).toISOString(),
      Lark_Refresh_Expires_At__c: new Date(renewedAt.getTime() + 7 * DAY_MS).toISOString(),
      Lark_Consent_Expires_At__c: new Date(agreedAt.getTime() + CONSENT_DAYS * DAY_MS).toISOString(),
      Lark_Connected_At__c: agreedAt.toISOString(),
      Lark_Last_Token_Refresh__c: renewedAt.toISOString(),
      Lark_Connected__c: true,
      Lark_Connection_Status__c: 'Connected',
      Lark_Granted_Scopes__c: pair.scopes.join(' '),
      Lark_Token_Generation__c: 1,
    };
  });
  assert.equal(config.salesforce.orgId, world.standins.salesforce.orgId);
  await saveRows(world, 'PATCH', rows);
  return trainers;
}

function sealerOf(world: Pick<World, 'environment'>) {
  const config = parseConfig(world.environment);
  return { config, sealer: createSealer({ orgId: config.salesforce.orgId, ...config.encryption }) };
}

async function saveRows(
  world: Pick<World, 'standins'>,
  method: 'POST' | 'PATCH',
  rows: readonly object[],
): Promise<string[]> {
  const { salesforce } = world.standins;
  const session = salesforce.sessionFor('integration@trainer-connect.example');
  const ids: string[] = [];
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const records = rows
      .slice(first, first + AT_ONCE)
      .map((row) => ({ attributes: { type: 'Onboarding_Trainer__c' }, ...row }));
    const response = await fetch(`${salesforce.url}/services/data/v65.0/composite/sobjects`, {
      method,
      headers: { Authorization: `Bearer ${session}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ allOrNone: true, records }),
    });
    const answer = (await response.json()) as { id: string; success: boolean; errors: unknown[] }[];
    assert.ok(Array.isArray(answer), JSON.stringify(answer));
    for (const { id, success, errors } of answer) {
      assert.ok(success, JSON.stringify(errors));
      ids.push(id);
    }
  }
  return ids;
}
