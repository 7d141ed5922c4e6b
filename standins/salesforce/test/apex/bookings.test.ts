import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { connectAs, trainerId, USERS } from '../support.ts';
import { startApexWorld, type ApexWorld } from './apex-world.ts';
import { fixture } from './scripted-middleware.ts';

const NOT_ALLOWED = 'refused: You do not have the permission to book trainings.';

describe('TrainingBookingController, followed from its source', () => {
  let world: ApexWorld;
  let wei: string;
  before(async () => {
    world = await startApexWorld({ sample: 'all' });
    wei = await trainerId(world.org, 'wei.tan@example.com');
  });
  beforeEach(() => void world.middleware.requests.splice(0));
  after(() => world.close());

  const outcome = (user: keyof typeof USERS, method: string, parameters?: object) =>
    world.outcome(USERS[user], `TrainingBookingController.${method}`, parameters);

  const week = { fromTime: '2026-11-30', toTime: '2026-12-06' };

  it('staff see all active trainers, a trainer the own record', async () => {
    const seen = (await outcome('staff', 'getTrainers')) as Record<string, unknown>[];
    assert.equal(seen.length, 11);
    assert.deepEqual(Object.keys(seen[0] ?? {}), ['id', 'name', 'email', 'timeZone', 'larkConnected']);
    assert.deepEqual(
      ((await outcome('wei', 'getTrainers')) as { name: string }[]).map(({ name }) => name),
      ['Wei Tan'],
    );
  });

  it('merchants that were booked before come once each, with their names', async () => {
    const merchants = (await outcome('staff', 'getMerchants')) as { reference: string; name: string }[];
    const known = merchants.find(({ reference }) => reference === 'M-1001');
    assert.deepEqual(known, { reference: 'M-1001', name: 'Blue Lantern Noodles' });
    assert.equal(new Set(merchants.map(({ reference }) => reference)).size, 8);
  });

  it('availability is answered as the middleware tells it', async () => {
    const given = { trainerIds: [wei], ...week };
    assert.deepEqual(await outcome('staff', 'getAvailability', given), JSON.parse(fixture('Availability')));
    assert.equal(
      world.middleware.requests[0]?.url,
      `/api/lark/availability?trainerId=${wei}&from=2026-11-30&to=2026-12-06`,
    );
  });

  it('availability of several trainers is one call', async () => {
    const given = { trainerIds: [wei, 'a04000000000002AAA'], ...week };
    assert.deepEqual(await outcome('staff', 'getAvailability', given), JSON.parse(fixture('Availabilities')));
    assert.equal(world.middleware.requests.length, 1);
    assert.match(world.middleware.requests[0]?.url ?? '', /\?trainerId=\w+&trainerId=a04000000000002AAA&from=/);
  });

  const request = {
    merchantId: 'M-1001',
    merchantName: 'Blue Lantern Noodles',
    bookDate: '2026-11-30',
    startTime: '10:00',
    endTime: '11:00',
    timeZone: 'Asia/Singapore',
    bookingType: 'Training',
    serviceType: 'remote',
    idempotencyKey: 'panel-1',
  };

  it('booking sends what was filled in and answers the result', async () => {
    const given = { trainerId: wei, ...request, storeAddress: '', contactName: null };
    const result = (await outcome('staff', 'book', { request: given })) as Record<string, unknown>;
    const { bookDate, ...sent } = request;
    assert.deepEqual(world.middleware.requests[0]?.body, { trainerId: wei, date: bookDate, ...sent });
    assert.deepEqual(result, {
      bookingId: 'a03000000000001AAA',
      bookingName: 'TB-00042',
      status: 'Confirmed',
      meetingLink: 'https://vc.example.com/j/123456789',
      meetingLinkStatus: 'Ready',
      message: 'Your training is booked. The meeting link is ready.',
      notes: [],
    });
  });

  it('a taken slot is told in the words of the middleware', async () => {
    world.middleware.answerNext(409, fixture('Taken'));
    const result = await outcome('staff', 'book', { request: { trainerId: wei, ...request } });
    assert.equal(result, 'refused (slot_taken): Wei Tan has another training at this time.');
  });

  it('components are told code and details as JSON', async () => {
    world.middleware.answerNext(409, fixture('Taken'));
    const error = await world.twins
      .call(USERS.staff, 'TrainingBookingController.book', { request: { trainerId: wei, ...request } })
      .catch((thrown: unknown) => thrown as Error);
    const { code, message, details } = (JSON.parse(fixture('Taken')) as { error: Record<string, unknown> }).error;
    assert.deepEqual(JSON.parse((error as Error).message), { code, message, details });
  });

  it('a gateway that answers in the place of the middleware leaves open whether it was done', async () => {
    world.middleware.answerNext(504, '<html>Gateway Timeout</html>');
    const result = await outcome('staff', 'book', { request: { trainerId: wei, ...request } });
    assert.match(String(result), /^refused \(unreachable\): The booking service could not do this at the moment/);
  });

  for (const [name, status, body] of [
    ['a server in trouble', 503, '{"error":{"code":"internal","message":"TypeError at line 3"}}'],
    ['an answer that is no JSON', 404, '<html>'],
    ['an answer of another shape', 409, '"no"'],
  ] as const) {
    it(`${name} is told in a whole sentence`, async () => {
      world.middleware.answerNext(status, body);
      const result = await outcome('staff', 'book', { request: { trainerId: wei, ...request } });
      assert.match(String(result), /^refused(?: \(internal\))?: The booking service could not do this at the moment/);
    });
  }

  const changes = [
    [
      'reschedule',
      { bookDate: '2026-12-01', startTime: '10:00', endTime: '11:00', timeZone: 'Asia/Singapore' },
      'PATCH',
      '',
    ],
    ['reassign', { trainerId: 'a04000000000002AAA' }, 'PATCH', ''],
    ['cancelBooking', {}, 'DELETE', ''],
    ['regenerateLink', {}, 'POST', '/meeting-link'],
    ['setManualLink', { link: 'https://meet.example.com/1' }, 'POST', '/meeting-link'],
  ] as const;
  const bodies: Record<string, unknown> = {
    reschedule: { date: '2026-12-01', startTime: '10:00', endTime: '11:00', timeZone: 'Asia/Singapore' },
    reassign: { trainerId: 'a04000000000002AAA' },
    regenerateLink: { mode: 'regenerate' },
    setManualLink: { mode: 'manual', link: 'https://meet.example.com/1' },
  };
  for (const [method, parameters, verb, path] of changes) {
    it(`${method} is one call about a booking that staff see; trainers are refused before it, and so is everybody for no booking`, async () => {
      const bookingId = await bookingOf(wei);
      const given = { bookingId, ...parameters };
      const result = (await outcome('staff', method, given)) as Record<string, unknown>;
      assert.equal(result['bookingName'], 'TB-00042');
      assert.deepEqual(
        world.middleware.requests.map(({ method: seen, url, body }) => [seen, url, body]),
        [[verb, `/api/bookings/${bookingId}${path}`, bodies[method]]],
      );
      assert.equal(await outcome('wei', method, given), 'refused: You do not have the permission to change trainings.');
      assert.equal(
        await outcome('staff', method, { ...given, bookingId: 'a03000000000999AAA' }),
        'refused (booking_not_found): This booking does not exist, or you cannot see it.',
      );
      assert.equal(world.middleware.requests.length, 1);
    });
  }

  const bookingOf = async (trainer: string) => {
    const query = `SELECT Id FROM Training_Booking__c WHERE Trainer__c = '${trainer}' ORDER BY Name LIMIT 1`;
    const { records } = await connectAs(world.org, USERS.integration).query<{ Id: string }>(query);
    return records[0]?.Id ?? assert.fail('no booking');
  };

  it('a trainer, who may not create bookings, neither books nor reads availability', async () => {
    assert.equal(await outcome('wei', 'book', { request: { trainerId: wei, ...request } }), NOT_ALLOWED);
    assert.equal(await outcome('wei', 'getAvailability', { trainerIds: [wei], ...week }), NOT_ALLOWED);
    assert.equal(world.middleware.requests.length, 0);
  });

  it('a member that a booking request does not have is refused', async () => {
    const result = await outcome('staff', 'book', { request: { trainerId: wei, date: '2026-11-30' } });
    assert.match(String(result), /^refused: .*has no property date/);
  });

  it('a meeting comes with its timeline, newest first, and names people instead of ids', async () => {
    const integration = connectAs(world.org, USERS.integration);
    const [booking] = (
      await integration.query<{ Id: string; Name: string }>(
        `SELECT Id, Name FROM Training_Booking__c WHERE Trainer__c = '${wei}' ORDER BY Name LIMIT 1`,
      )
    ).records;
    const actor = world.org.apexUser(USERS.staff).world.userId;
    const entry = (key: string, at: string, by: string) =>
      integration.sobject('Booking_Timeline__c').create({
        Booking__c: booking?.Id ?? '',
        Key__c: key,
        Step__c: key,
        Outcome__c: 'Succeeded',
        Occurred_At__c: at,
        Actor__c: by,
        Duration_Ms__c: 12,
      });
    await entry('booked', '2026-11-26T10:00:00Z', actor);
    await entry('moved', '2026-11-26T11:00:00Z', 'portal');
    const meeting = (await outcome('wei', 'getMeeting', { bookingId: booking?.Id })) as Record<string, unknown>;
    assert.equal(meeting['bookingName'], booking?.Name);
    assert.equal(meeting['trainerName'], 'Wei Tan');
    assert.equal(meeting['mayChange'], false);
    assert.equal(
      ((await outcome('staff', 'getMeeting', { bookingId: booking?.Id })) as Record<string, unknown>)['mayChange'],
      true,
    );
    assert.match(String(meeting['startTime']), /^2026-.*\.000Z$/);
    const timeline = meeting['timeline'] as Record<string, unknown>[];
    assert.deepEqual(
      timeline.map(({ step, actorName, occurredAt, durationMs }) => [step, actorName, occurredAt, durationMs]),
      [
        ['moved', 'portal', '2026-11-26T11:00:00.000Z', 12],
        ['booked', 'Sam Porter', '2026-11-26T10:00:00.000Z', 12],
      ],
    );
    assert.equal(world.middleware.requests.length, 0);
    assert.equal(
      await world.outcome('li.na@trainer-connect.example', 'TrainingBookingController.getMeeting', {
        bookingId: booking?.Id,
      }),
      'refused (booking_not_found): This booking does not exist, or you cannot see it.',
    );
  });
});
