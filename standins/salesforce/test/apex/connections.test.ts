import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call, trainerId, USERS } from '../support.ts';
import { startApexWorld, type ApexWorld } from './apex-world.ts';
import { fixture } from './scripted-middleware.ts';

const CONTROLLER = 'TrainerConnectionsController';
const OWN_ONLY = 'refused: You can only look after your own connections.';
const UNREACHABLE =
  'refused (unreachable): The booking service does not answer. Please try again shortly; if this stays, ask an admin whether you have the permission set Trainer Connect Callout.';

describe('TrainerConnectionsController, followed from its source', () => {
  let world: ApexWorld;
  let wei: string;
  let li: string;
  before(async () => {
    world = await startApexWorld();
    wei = await trainerId(world.org, 'wei.tan@example.com');
    li = await trainerId(world.org, 'li.na@example.com');
  });
  beforeEach(() => void world.middleware.requests.splice(0));
  after(() => world.close());

  const outcome = (user: keyof typeof USERS, method: string, parameters?: object) =>
    world.outcome(USERS[user], `${CONTROLLER}.${method}`, parameters);

  it('a trainer, asking who they are, gets their own record; an admin without one gets null', async () => {
    const expected = { id: wei, name: 'Wei Tan', email: 'wei.tan@example.com', timeZone: 'Asia/Singapore' };
    assert.deepEqual(await outcome('wei', 'getMyTrainer'), expected);
    assert.equal(await outcome('admin', 'getMyTrainer'), null);
  });

  it('an admin gets all active trainers by name; a trainer is refused instead of getting an empty list', async () => {
    const managed = (await outcome('admin', 'getManagedTrainers')) as { name: string }[];
    assert.equal(managed.length, 11);
    assert.deepEqual(managed.map(({ name }) => name).slice(0, 2), ['Ana Silva', 'Claire Dubois']);
    assert.equal(
      await outcome('wei', 'getManagedTrainers'),
      'refused: Only an admin of Trainer Connect can see the connections of all trainers.',
    );
  });

  it('a trainer reads the own connections: the middleware is told the org, the user and the key', async () => {
    const status = JSON.parse(fixture('Status')) as Record<string, unknown> & { forecast: Record<string, string> };
    // Lightning writes the sentence itself, in the language of whoever reads it.
    const { memberOfALaterVersion: _dropped, forecast, ...known } = status;
    const { endsAt, reason } = forecast;
    assert.deepEqual(await outcome('wei', 'getConnections', { trainerId: wei }), [
      { provider: 'lark', ...known, forecast: { endsAt, reason } },
    ]);
    const [request] = world.middleware.requests;
    assert.equal(`${request?.method} ${request?.url}`, 'GET /api/lark/trainer/status?email=wei.tan%40example.com');
    assert.equal(request?.headers['authorization'], `Bearer ${world.middleware.apiKey}`);
    assert.equal(request.headers['x-salesforce-org'], world.org.orgId);
    assert.equal(request.headers['x-actor'], world.org.apexUser(USERS.wei).world.userId);
  });

  for (const [method, more] of [
    ['getConnections', {}],
    ['startConnect', { provider: 'lark', returnUrl: 'http://localhost:4000/' }],
    ['disconnect', { provider: 'lark' }],
  ] as const) {
    it(`${method} for another trainer is refused to a trainer before anything is sent, and allowed to an admin`, async () => {
      assert.equal(await outcome('wei', method, { trainerId: li, ...more }), OWN_ONLY);
      assert.equal(world.middleware.requests.length, 0);
      assert.doesNotMatch(String(await outcome('admin', method, { trainerId: li, ...more })), /^refused/);
      assert.equal(world.middleware.requests.length, 1);
    });
  }

  it('connecting answers the one-time address and sends trainer and return address only', async () => {
    const returnUrl = 'http://localhost:4000/lightning/n/Trainer_Connections';
    const given = { trainerId: wei, provider: 'lark', returnUrl };
    assert.equal(await outcome('wei', 'startConnect', given), (JSON.parse(fixture('Link')) as { url: string }).url);
    assert.deepEqual(world.middleware.requests[0]?.body, { trainerId: wei, returnUrl });
  });

  it('disconnecting names the account by the e-mail of the record', async () => {
    assert.equal(await outcome('wei', 'disconnect', { trainerId: wei, provider: 'lark' }), null);
    const { method, url } = world.middleware.requests[0] ?? {};
    assert.equal(`${method} ${url}`, 'DELETE /api/lark/trainer/oauth/disconnect?email=wei.tan%40example.com');
  });

  it('a provider that cannot be connected yet is refused', async () => {
    const given = { trainerId: wei, provider: 'google', returnUrl: '' };
    assert.equal(await outcome('wei', 'startConnect', given), 'refused: This account cannot be connected here.');
  });

  it('a refusal of the middleware is shown in its own words, trouble of it in ours', async () => {
    world.middleware.answerNext(409, fixture('Taken'));
    assert.equal(
      await outcome('wei', 'getConnections', { trainerId: wei }),
      'refused (slot_taken): Wei Tan has another training at this time.',
    );
    const plain =
      /^refused(?: \(\w+\))?: The booking service could not do this at the moment. Please try again shortly.$/;
    world.middleware.answerNext(503, fixture('Taken'));
    assert.match(String(await outcome('wei', 'getConnections', { trainerId: wei })), plain);
    world.middleware.answerNext(404, '<html>');
    assert.match(String(await outcome('wei', 'getConnections', { trainerId: wei })), plain);
  });

  it('a middleware that is not there is told as such', async () => {
    world.org.configureNamedCredential('Trainer_Connect', { url: 'http://127.0.0.1:9', apiKey: 'x' });
    try {
      assert.equal(await outcome('wei', 'getConnections', { trainerId: wei }), UNREACHABLE);
    } finally {
      world.org.configureNamedCredential('Trainer_Connect', world.middleware);
    }
  });

  it('staff have no access to the class at all', async () => {
    const refused = `refused: You do not have access to the Apex class named '${CONTROLLER}'.`;
    assert.equal(await outcome('staff', 'getMyTrainer'), refused);
  });

  it('unknown methods, unknown parameters and malformed ids are refused', async () => {
    assert.match(String(await outcome('wei', 'emailOf', { trainerId: wei })), /^refused: No Apex action available/);
    assert.match(String(await outcome('wei', 'getMyTrainer', { trainerId: wei })), /^refused: .* has no parameter/);
    assert.match(
      String(await outcome('wei', 'getConnections', { trainerId: "x' OR Id != '" })),
      /^refused: .*Invalid id/,
    );
  });

  it('a user with two active trainers is told so', async () => {
    const userId = world.org.apexUser(USERS.wei).world.userId;
    const path = `/sobjects/Onboarding_Trainer__c/${li}`;
    const owner = { User__c: userId, OwnerId: userId };
    const before = (await call(world.org, USERS.integration, 'GET', path)).body as typeof owner;
    await call(world.org, USERS.integration, 'PATCH', path, owner);
    try {
      assert.match(String(await outcome('wei', 'getMyTrainer')), /^refused: Two active trainers/);
    } finally {
      const { User__c, OwnerId } = before;
      await call(world.org, USERS.integration, 'PATCH', path, { User__c, OwnerId });
    }
  });
});
