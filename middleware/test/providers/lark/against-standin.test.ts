import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CalendarEvent } from '../../../src/providers/ports/calendar.ts';
import { printed } from '../printed.ts';
import { providerErrorOf } from './lark-under-test.ts';
import { ANN, startLarkWorld } from './lark-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const eventAt = (start: Date, change: Partial<CalendarEvent> = {}): CalendarEvent => ({
  title: 'Remote Training: Corner Shop',
  description: 'Please bring the till.',
  start,
  end: new Date(start.getTime() + HOUR),
  timeZone: 'Asia/Singapore',
  meeting: { kind: 'none' },
  location: undefined,
  ...change,
});
const inHours = (now: Date, hours: number) => new Date(Math.floor(now.getTime() / 1000) * 1000 + hours * HOUR);

test('A trainer consents once: tokens, account, all scopes, then a refresh with a new pair', async () => {
  await using world = await startLarkWorld();
  const first = await world.connect();
  assert.deepEqual([...first.scopes].sort(), [...world.lark.oauth.scopes].sort());
  assert.ok(first.accessExpiresAt > world.clock.now());
  assert.ok((first.refreshExpiresAt?.getTime() ?? 0) > world.clock.now().getTime() + 6 * DAY);
  const account = await world.lark.oauth.account(first.accessToken);
  assert.equal(account.email, ANN);
  assert.equal(account.name, 'Ann Trainer');
  assert.equal(account.tenantId, world.vendor.app.tenantKey);
  assert.equal(await world.lark.directory.findSubjectByEmail(ANN.toUpperCase()), account.subjectId);

  const second = await world.lark.oauth.refresh({ refreshToken: first.refreshToken ?? '' });
  assert.notEqual(second.refreshToken, first.refreshToken);
  assert.notEqual(second.accessToken, first.accessToken);
  assert.equal((await world.lark.oauth.account(second.accessToken)).subjectId, account.subjectId);
});

test('A refresh token that is used again is grant-consumed', async () => {
  await using world = await startLarkWorld();
  const { refreshToken = '' } = await world.connect();
  await world.lark.oauth.refresh({ refreshToken });
  assert.equal((await providerErrorOf(world.lark.oauth.refresh({ refreshToken }))).failure, 'grant-consumed');
});

test('A refresh token past its end is grant-dead', async () => {
  await using world = await startLarkWorld();
  const { refreshToken = '' } = await world.connect();
  world.clock.advance(8 * DAY);
  assert.equal((await providerErrorOf(world.lark.oauth.refresh({ refreshToken }))).failure, 'grant-dead');
});

test('A code with another verifier, used twice or too old is refused', async () => {
  await using world = await startLarkWorld();
  const { code } = await world.consent();
  const otherVerifier = 'o'.repeat(43);
  assert.equal(
    (await providerErrorOf(world.lark.oauth.exchangeCode({ code, codeVerifier: otherVerifier }))).failure,
    'refused',
  );
  const fresh = await world.consent();
  await world.lark.oauth.exchangeCode(fresh);
  assert.equal((await providerErrorOf(world.lark.oauth.exchangeCode(fresh))).failure, 'refused');
  const old = await world.consent();
  world.clock.advance(6 * 60_000);
  assert.equal((await providerErrorOf(world.lark.oauth.exchangeCode(old))).failure, 'refused');
});

test('A wrong app secret is our configuration, for the sign-in and for the health check', async () => {
  await using world = await startLarkWorld({ appSecret: 'not-the-secret' });
  const error = await providerErrorOf(world.connect());
  assert.equal(error.failure, 'configuration');
  assert.ok(error.providerRequestId);
  const health = await providerErrorOf(world.lark.tenantCheck());
  assert.equal(health.failure, 'configuration');
  assert.ok(!(printed(error) + printed(health) + world.log.lines.join()).includes('not-the-secret'));
});

test('An access token past its end is token-invalid', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  world.clock.advance(3 * HOUR);
  const error = await providerErrorOf(world.lark.meetings.release(accessToken, '1'));
  assert.equal(error.failure, 'token-invalid');
  assert.equal((await providerErrorOf(world.lark.oauth.account(accessToken))).failure, 'token-invalid');
});

test('A reservation is made, moved and released; released again it is gone', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const endsAt = inHours(world.clock.now(), 3);
  const { reserveId, url, meetingNumber } = await world.lark.meetings.reserve(accessToken, { topic: 'T', endsAt });
  assert.match(url, /^https?:\/\//);
  assert.match(meetingNumber, /^\d+$/);
  await world.lark.meetings.extend(accessToken, { reserveId, topic: 'T 2', endsAt: inHours(endsAt, 24) });
  assert.equal(await world.lark.meetings.release(accessToken, reserveId), 'released');
  assert.equal(await world.lark.meetings.release(accessToken, reserveId), 'gone');
});

test('A reservation just inside the horizon is made, one beyond it is refused', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const horizon = world.clock.now().getTime() + world.lark.meetings.horizonMs;
  await world.lark.meetings.reserve(accessToken, { topic: 'T', endsAt: new Date(horizon - 5_000) });
  const beyond = world.lark.meetings.reserve(accessToken, { topic: 'T', endsAt: new Date(horizon + HOUR) });
  assert.equal((await providerErrorOf(beyond)).failure, 'refused');
});

test('Somebody else’s reservation is refused, not gone', async () => {
  await using world = await startLarkWorld();
  const ann = await world.connect();
  const bob = await world.connect('bob@trainers.example');
  const request = { topic: 'T', endsAt: inHours(world.clock.now(), 3) };
  const { reserveId } = await world.lark.meetings.reserve(ann.accessToken, request);
  assert.equal((await providerErrorOf(world.lark.meetings.release(bob.accessToken, reserveId))).failure, 'refused');
});

test('The same key makes the same event, which is then changed and deleted once', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const start = inHours(world.clock.now(), 24);
  const event = eventAt(start, { meeting: { kind: 'link', url: 'https://vc.larksuite.com/j/112000358' } });
  const request = { idempotencyKey: 'booking-1-generation-1'.padEnd(64, '0'), event };
  const created = await world.lark.calendar.createEvent(accessToken, request);
  assert.deepEqual(await world.lark.calendar.createEvent(accessToken, request), created);
  assert.equal(created.meetingUrl, 'https://vc.larksuite.com/j/112000358');
  assert.notEqual(created.calendarId, 'primary');

  const { subjectId } = await world.lark.oauth.account(accessToken);
  const window = { subjectId, from: start, to: inHours(start, 48) };
  assert.deepEqual(await world.lark.freeBusy.busy(accessToken, window), [{ start, end: event.end }]);

  const moved = eventAt(inHours(start, 5), { location: '1 Main Street' });
  await world.lark.calendar.updateEvent(accessToken, { ...created, event: moved });
  assert.deepEqual(await world.lark.freeBusy.busy(accessToken, window), [{ start: moved.start, end: moved.end }]);

  assert.equal(await world.lark.calendar.deleteEvent(accessToken, created), 'deleted');
  assert.equal(await world.lark.calendar.deleteEvent(accessToken, created), 'gone');
  assert.deepEqual(await world.lark.freeBusy.busy(accessToken, window), []);
});

test('An event with its own meeting has a link, which stays when the event moves', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const start = inHours(world.clock.now(), 24);
  const event = eventAt(start, { meeting: { kind: 'own' } });
  const request = { idempotencyKey: 'k'.repeat(32), event };
  const created = await world.lark.calendar.createEvent(accessToken, request);
  assert.match(created.meetingUrl ?? '', /^https?:\/\//);
  const moved = eventAt(inHours(start, 5), { meeting: { kind: 'own' } });
  await world.lark.calendar.updateEvent(accessToken, { ...created, event: moved });
  assert.equal((await world.lark.calendar.createEvent(accessToken, request)).meetingUrl, created.meetingUrl);
});

test('Free-busy over half a year is read although Lark answers for 90 days at once', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const start = inHours(world.clock.now(), 24 * 150);
  await world.lark.calendar.createEvent(accessToken, { idempotencyKey: 'k'.repeat(32), event: eventAt(start) });
  const { subjectId } = await world.lark.oauth.account(accessToken);
  const busy = await world.lark.freeBusy.busy(accessToken, {
    subjectId,
    from: world.clock.now(),
    to: inHours(start, 24 * 30),
  });
  assert.deepEqual(busy, [{ start, end: inHours(start, 1) }]);
});

test('An unknown e-mail is nobody', async () => {
  await using world = await startLarkWorld();
  assert.equal(await world.lark.directory.findSubjectByEmail('nobody@trainers.example'), undefined);
});

test('The tenant token is fetched once for many look-ups and again after its end', async () => {
  await using world = await startLarkWorld();
  const path = '/open-apis/auth/v3/tenant_access_token/internal';
  await Promise.all([ANN, ANN, ANN].map((email) => world.lark.directory.findSubjectByEmail(email)));
  assert.equal(world.vendor.journal.entries({ path }).length, 1);
  world.clock.advance(3 * HOUR);
  assert.ok(await world.lark.directory.findSubjectByEmail(ANN));
  assert.equal(world.vendor.journal.entries({ path }).length, 2);
});
