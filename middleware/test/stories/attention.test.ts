import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../kit/world.ts';

const DAY_MS = 86_400_000;
let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.close());

const digests = () =>
  world.standins.salesforce.outbox
    .mails()
    .filter(({ subject }) => subject === 'Trainer Connect: what needs attention today');

test('one mail a day with everything that needs somebody, whoever asks how often', async () => {
  const trainer = await world.trainer(0);
  await world.connect(trainer.Email__c);
  world.standins.lark.revoke(
    world.standins.lark.accounts.find(({ email }) => email === trainer.Email__c)?.openId ?? '',
  );
  assert.equal((await world.call('POST', `/api/admin/connections/lark:${trainer.Id}/refresh`)).status, 200);
  await world.tick('flush-tokens');
  await world.tick('send-digest');
  await world.tick('send-digest');
  const [mail, another] = digests();
  assert.equal(another, undefined);
  assert.deepEqual(mail?.to, ['admin@trainer-connect.example']);
  assert.match(mail.body, /Not connected\n- 10 active trainers have never connected Lark/);
  assert.match(mail.body, new RegExp(`Must connect again\\n- ${trainer.Name}: .*connect again`, 'i'));
  world.clock.advance(DAY_MS);
  await world.tick('send-digest');
  assert.equal(digests().length, 2);
});

test('Salesforce refuses the mail: it is sent when it can be, once', async () => {
  world.clock.advance(DAY_MS);
  world.standins.salesforce.mailLimit.max = 0;
  await assert.rejects(world.tick('send-digest'));
  world.standins.salesforce.mailLimit.max = 5_000;
  await world.tick('send-digest');
  await world.tick('send-digest');
  assert.equal(digests().length, 3);
});

test('nothing to tell, no mail', async () => {
  world.clock.advance(DAY_MS);
  const { salesforce } = world.standins;
  const session = salesforce.sessionFor('admin@trainer-connect.example');
  const trainers = await world.soql<{ Id: string }>('SELECT Id FROM Onboarding_Trainer__c WHERE Active__c = true');
  for (const { Id } of trainers) {
    const off = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Onboarding_Trainer__c/${Id}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${session}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ Active__c: false }),
    });
    assert.equal(off.status, 204);
  }
  await world.tick('send-digest');
  assert.equal(digests().length, 3);
});
