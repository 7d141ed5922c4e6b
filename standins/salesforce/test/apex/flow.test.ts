import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { booking, call, connectAs, startTestOrg, trainerId, USERS } from '../support.ts';
import { startApexWorld, type ApexWorld } from './apex-world.ts';

const BOOKING = '/sobjects/Training_Booking__c';

describe('the flow Training_Booking_Sync, fired from its metadata', () => {
  let world: ApexWorld;
  let wei: string;
  before(async () => {
    world = await startApexWorld();
    wei = await trainerId(world.org, 'wei.tan@example.com');
  });
  beforeEach(async () => {
    await world.org.flowsSettled();
    world.middleware.requests.splice(0);
  });
  after(() => world.close());

  let hours = 24;
  const create = async (user: string) => {
    const answer = await call(world.org, user, 'POST', BOOKING, booking(wei, (hours += 2)));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return (answer.body as { id: string }).id;
  };
  const lastRun = async () => {
    await world.org.flowsSettled();
    return world.org.flowRuns().at(-1);
  };

  it('a booking saved by staff is handed over after the commit, in the name of the saver', async () => {
    const id = await create(USERS.staff);
    const run = await lastRun();
    assert.deepEqual([run?.flow, run?.username, run?.outcome], ['Training_Booking_Sync', USERS.staff, 'succeeded']);
    const [request] = world.middleware.requests;
    assert.equal(request?.url, '/api/bookings/sync');
    assert.deepEqual(request.body, { bookingIds: [id] });
    assert.equal(request.headers['x-actor'], world.org.apexUser(USERS.staff).world.userId);
  });

  it('every later save that leaves it waiting starts the flow again', async () => {
    const id = await create(USERS.staff);
    await world.org.flowsSettled();
    await call(world.org, USERS.staff, 'PATCH', `${BOOKING}/${id}`, { Notes__c: 'moved' });
    await world.org.flowsSettled();
    assert.equal(world.middleware.requests.length, 2);
  });

  it("the middleware's own saves do not call it back", async () => {
    await create(USERS.integration);
    await world.org.flowsSettled();
    assert.equal(world.middleware.requests.length, 0);
  });

  it('the records of one transaction are one call', async () => {
    const staff = connectAs(world.org, USERS.staff).sobject('Training_Booking__c');
    const given = Array.from({ length: 30 }, () => booking(wei, (hours += 2)));
    const results = await staff.create(given);
    await world.org.flowsSettled();
    assert.equal(world.middleware.requests.length, 1);
    assert.deepEqual(world.middleware.requests[0]?.body, { bookingIds: results.map(({ id }) => id) });
  });

  it('a save that is undone hands nothing over', async () => {
    const records = [booking(wei, (hours += 2)), { ...booking(wei), End__c: '2020-01-01T00:00:00Z' }];
    const attributes = { type: 'Training_Booking__c' };
    const body = { allOrNone: true, records: records.map((record) => ({ attributes, ...record })) };
    const answer = await call(world.org, USERS.staff, 'POST', '/composite/sobjects', body);
    assert.deepEqual(
      (answer.body as { success: boolean }[]).map(({ success }) => success),
      [false, false],
    );
    await world.org.flowsSettled();
    assert.equal(world.middleware.requests.length, 0);
  });

  it('a middleware in trouble ends the run quietly: the booking is there and still waits', async () => {
    world.middleware.answerNext(503, '{}');
    const id = await create(USERS.staff);
    const run = await lastRun();
    assert.deepEqual([run?.outcome, run?.inputs], ['faulted', [{ bookingId: id }]]);
    const waiting = await connectAs(world.org, USERS.integration).query(
      `SELECT Id FROM Training_Booking__c WHERE Sync_Key__c IN ('P','M') AND Id = '${id}'`,
    );
    assert.equal(waiting.totalSize, 1);
  });
});

describe('who may hand bookings over', () => {
  const withoutCallout = [
    {
      file: 'data/users.json',
      from: '"permissionSets": ["Trainer_Connect_Staff", "Trainer_Connect_Callout"]',
      to: '"permissionSets": ["Trainer_Connect_Staff"]',
    },
  ];

  for (const [name, mutations, message] of [
    ['without the set Trainer_Connect_Callout', withoutCallout, /do not have access to the Apex class/],
    [
      'without the principal',
      [
        {
          file: 'force-app/main/default/permissionsets/Trainer_Connect_Callout.permissionset-meta.xml',
          from: '<enabled>true</enabled>\n        <externalCredentialPrincipal>',
          to: '<enabled>false</enabled>\n        <externalCredentialPrincipal>',
        },
      ],
      /booking service does not answer/,
    ],
  ] as const) {
    it(`staff ${name} lose nothing: the save succeeds, nothing is sent, the query finds the booking`, async () => {
      const world = await startApexWorld({ mutations });
      try {
        const wei = await trainerId(world.org, 'wei.tan@example.com');
        const { status, body } = await call(world.org, USERS.staff, 'POST', BOOKING, booking(wei));
        assert.equal(status, 201);
        await world.org.flowsSettled();
        assert.equal(world.middleware.requests.length, 0);
        assert.match(world.org.flowRuns()[0]?.message ?? '', message);
        const waiting = await connectAs(world.org, USERS.integration).query<{ Id: string }>(
          "SELECT Id FROM Training_Booking__c WHERE Sync_Key__c IN ('P','M')",
        );
        assert.deepEqual(
          waiting.records.map(({ Id }) => Id),
          [(body as { id: string }).id],
        );
      } finally {
        await world.close();
      }
    });
  }

  it('an org in which nobody entered address and key yet saves bookings all the same', async () => {
    const org = await startTestOrg({ sample: 'trainers' });
    try {
      const wei = await trainerId(org, 'wei.tan@example.com');
      assert.equal((await call(org, USERS.staff, 'POST', BOOKING, booking(wei))).status, 201);
      await org.flowsSettled();
      assert.equal(org.flowRuns()[0]?.outcome, 'faulted');
    } finally {
      await org.close();
    }
  });
});
