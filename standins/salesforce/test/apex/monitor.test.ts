import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { USERS } from '../support.ts';
import { startApexWorld, type ApexWorld } from './apex-world.ts';
import { metric } from './metric.ts';
import { fixture } from './scripted-middleware.ts';

const CONNECTION = 'lark:a04000000000001AAA';
const RUN = '0d9f6c1e-6f0f-4c53-9d3c-2f4b5a6c7d8e';

describe('ConnectionMonitorController and ConnectionSetupController, followed from their source', () => {
  let world: ApexWorld;
  before(async () => {
    world = await startApexWorld();
  });
  beforeEach(() => void world.middleware.requests.splice(0));
  after(() => world.close());

  const outcome = (method: string, parameters?: object) =>
    world.outcome(USERS.admin, `Connection${method}`, parameters);
  const asked = () => world.middleware.requests.map(({ method, url, body }) => [method, url, body]);

  it('a page of connections is asked for with what was chosen, and answered as the middleware tells it', async () => {
    const request = {
      state: 'on-hold',
      search: 'Li & Na',
      sortBy: 'endsAt',
      direction: 'desc',
      after: null,
      pageSize: 25,
    };
    const answer = await outcome('MonitorController.getConnections', { request });
    assert.deepEqual(answer, JSON.parse(fixture('Connections')));
    assert.deepEqual(asked(), [
      ['GET', '/api/admin/connections?state=on-hold&search=Li+%26+Na&sort=endsAt&direction=desc&limit=25', undefined],
    ]);
  });

  it('metrics of the last ninety days come in the order of their days', async () => {
    await metric(world.org, '2026-11-25', { Connected__c: 9 });
    await metric(world.org, '2026-11-24', { Connected__c: 8 });
    await metric(world.org, '2026-06-01');
    const days = (await outcome('MonitorController.getMetrics')) as { day: string; connected: number }[];
    assert.deepEqual(
      days.map(({ day, connected }) => [day, connected]),
      [
        ['2026-11-24', 8],
        ['2026-11-25', 9],
      ],
    );
    assert.deepEqual(asked(), []);
  });

  const actions: readonly [string, object, string, string, unknown][] = [
    ['refreshConnection', { connectionId: CONNECTION }, 'POST', `/connections/lark%3Aa04000000000001AAA/refresh`, {}],
    [
      'allowIdentityOnce',
      { connectionId: CONNECTION },
      'POST',
      `/connections/lark%3Aa04000000000001AAA/allow-identity-once`,
      {},
    ],
    ['remind', { trainerIds: ['a04000000000001AAA'] }, 'POST', '/reminders', { trainerIds: ['a04000000000001AAA'] }],
    ['remindAll', {}, 'POST', '/reminders', { all: 'not-connected' }],
    ['refreshAll', {}, 'POST', '/refresh', { scope: 'all' }],
    ['getRun', { runId: RUN }, 'GET', `/runs/${RUN}`, undefined],
    [
      'getRunResults',
      { runId: RUN, outcome: 'failed', after: null },
      'GET',
      `/runs/${RUN}/results?outcome=failed`,
      undefined,
    ],
    ['getDeadLetters', { cursor: 'x' }, 'GET', '/dead-letters?limit=20&cursor=x', undefined],
    ['retryDeadLetter', { jobId: RUN }, 'POST', `/dead-letters/${RUN}/retry`, {}],
  ];
  for (const [method, parameters, verb, path, body] of actions) {
    it(`${method} is one call of the middleware`, async () => {
      const answer = await outcome(`MonitorController.${method}`, parameters);
      assert.doesNotMatch(String(answer), /^refused/);
      assert.deepEqual(asked(), [[verb, `/api/admin${path}`, body]]);
    });
  }

  it('an id that is a path stays one part of the path', async () => {
    await outcome('MonitorController.retryDeadLetter', { jobId: '../switches' });
    assert.equal(world.middleware.requests[0]?.url, '/api/admin/dead-letters/..%2Fswitches/retry');
  });

  it('the set-up and a check are answered as the middleware tells them', async () => {
    assert.deepEqual(await outcome('SetupController.getSetup'), JSON.parse(fixture('Setup')));
    assert.deepEqual(await outcome('SetupController.check', { subject: 'lark' }), JSON.parse(fixture('Checked')));
    assert.deepEqual(asked(), [
      ['GET', '/api/admin/setup', undefined],
      ['POST', '/api/admin/setup/lark/check', {}],
    ]);
  });

  it('a middleware that does not know something says so in its words', async () => {
    world.middleware.answerNext(404, '{"error":{"code":"not_found","message":"There is no run with this id."}}');
    assert.equal(
      await outcome('MonitorController.getRun', { runId: RUN }),
      'refused (not_found): There is no run with this id.',
    );
  });
});
