import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { mailMerchantJob } from '../../src/features/merchant-mail/mail-merchant.ts';
import { createPgBossQueue } from '../../src/queue/pg-boss-queue.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { book, bookingOf, bookingRow, timelineOf } from '../kit/bookings.ts';
import { openMemoryDatabase } from '../kit/memory-database.ts';
import { startMiddleware } from '../kit/processes.ts';
import {
  connectThrough,
  dayAhead,
  PUBLIC_URL,
  startWorld,
  until,
  type SampleTrainer,
  type World,
} from '../kit/world.ts';
import { silentLog } from '../tokens/kit.ts';

let world: World;
let trainer: SampleTrainer;
let unconnected: SampleTrainer;
before(async () => {
  world = await startWorld({ environment: { MERCHANT_MAIL_ENABLED: 'true' } });
  [trainer, unconnected] = [await world.trainer(0), await world.trainer(1)];
  await world.connect(trainer.Email__c);
});
after(() => world.close());

let contacts = 0;
const newContact = () => `contact${++contacts}@shop.example`;
const mailsTo = (address: string, from = world) =>
  from.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(address));
const mailNumber = (address: string, count: number) =>
  until(() => mailsTo(address).length >= count && mailsTo(address)[count - 1], `mail ${count}`);
/** Mails are written by jobs, so that none comes is only sure after a while. */
const noFurtherMail = async (address: string, count: number) => {
  await sleep(2_500);
  assert.deepEqual(
    mailsTo(address)
      .map(({ subject }) => subject)
      .slice(count),
    [],
  );
};
const patch = (id: string, body: object) => world.call('PATCH', `/api/bookings/${id}`, { body });

async function fetchCalendar(body: string): Promise<{ raw: string; lines: string[]; response: Response }> {
  const url = new RegExp(`${PUBLIC_URL}(/calendar/[\\w-]+\\.ics)`).exec(body)?.[1] ?? assert.fail(body);
  const response = await fetch(world.base() + url);
  const raw = await response.text();
  return { raw, lines: raw.replaceAll('\r\n ', '').split('\r\n'), response };
}

test('booked, moved, linked anew and cancelled: one mail each, in the time zone of the booking, with a calendar file that follows', async () => {
  const contactEmail = newContact();
  const request = bookingOf(world, trainer, 5, {
    merchantName: 'Mail Shop',
    contactName: 'Mei\nBcc: x',
    contactEmail,
    timeZone: 'Asia/Singapore',
    startTime: '15:00',
    endTime: '16:00',
    idempotencyKey: 'mail-1',
  });
  const { body: booked } = await book(world, request);
  const first = await mailNumber(contactEmail, 1);
  assert.match(first.subject, /^Booked: Training on .* 15:00–16:00 \(Asia\/Singapore\)$/);
  assert.match(first.body, /^Hello Mei Bcc: x,\n/);
  assert.ok(first.body.includes(`Trainer: ${trainer.Name}`));
  assert.ok(first.body.includes(`Meeting: ${booked.meetingLink}`), first.body);
  const file = await fetchCalendar(first.body);
  assert.equal(file.response.headers.get('content-type'), 'text/calendar; charset=utf-8; method=PUBLISH');
  assert.ok(file.lines.includes('METHOD:PUBLISH') && file.lines.includes('STATUS:CONFIRMED'), file.raw);
  assert.ok(file.lines.includes('SEQUENCE:1'));
  const uid = file.lines.find((line) => line.startsWith('UID:'));

  await book(world, request);
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [booked.bookingId] } });
  await noFurtherMail(contactEmail, 1);

  await patch(booked.bookingId, { startTime: '16:30', endTime: '17:30' });
  const moved = await mailNumber(contactEmail, 2);
  assert.match(moved.subject, /^Changed: /);
  assert.match(moved.body, /- Time: .*15:00–16:00 \(Asia\/Singapore\) → .*16:30–17:30 \(Asia\/Singapore\)/);
  const movedFile = await fetchCalendar(first.body);
  assert.ok(movedFile.lines.includes(uid ?? '?'), 'the first link serves the same entry, moved');
  const { Revision__c } = await bookingRow(world, booked.bookingId);
  assert.ok(Revision__c > 1 && movedFile.lines.includes(`SEQUENCE:${Revision__c}`));
  const start = new Date(`${String(request['date'])}T16:30:00+08:00`);
  assert.ok(movedFile.lines.includes(`DTSTART:${start.toISOString().replaceAll(/[-:]|\.000/g, '')}`), movedFile.raw);

  await world.call('POST', `/api/bookings/${booked.bookingId}/meeting-link`, { body: { mode: 'regenerate' } });
  const relinked = await mailNumber(contactEmail, 3);
  const { Remote_Training_Meeting_Link__c: link } = await bookingRow(world, booked.bookingId);
  assert.notEqual(link, booked.meetingLink);
  assert.match(relinked.body, /The meeting link is a new one/);
  assert.ok(relinked.body.includes(`Meeting: ${link}`));

  await patch(booked.bookingId, { notes: 'Nothing that a merchant has to hear.' });
  await noFurtherMail(contactEmail, 3);

  await world.call('DELETE', `/api/bookings/${booked.bookingId}`);
  const cancelled = await mailNumber(contactEmail, 4);
  assert.match(cancelled.subject, /^Cancelled: /);
  assert.doesNotMatch(cancelled.body, /Meeting:/);
  const cancelledFile = await fetchCalendar(cancelled.body);
  assert.equal(cancelledFile.response.headers.get('content-type'), 'text/calendar; charset=utf-8; method=CANCEL');
  assert.ok(cancelledFile.lines.includes('METHOD:CANCEL') && cancelledFile.lines.includes('STATUS:CANCELLED'));
  assert.ok(cancelledFile.lines.includes(uid ?? '?'));
  await noFurtherMail(contactEmail, 4);
  const steps = (await timelineOf(world, booked.bookingId)).filter(({ Step__c }) => Step__c === 'Merchant mail');
  assert.deepEqual(
    steps.map(({ Outcome__c }) => Outcome__c),
    ['created', 'changed', 'changed', 'cancelled'],
  );
});

test('a link that waits for the trainer is said in plain words; when it is there, it is mailed', async () => {
  const contactEmail = newContact();
  const { body } = await book(world, bookingOf(world, unconnected, 6, { contactEmail }));
  const first = await mailNumber(contactEmail, 1);
  assert.match(first.body, /Meeting link pending trainer setup/);
  await world.connect(unconnected.Email__c);
  const second = await mailNumber(contactEmail, 2);
  assert.match(second.body, /- The meeting link is ready\./);
  const { Remote_Training_Meeting_Link__c: link } = await bookingRow(world, body.bookingId);
  assert.ok(link !== null && second.body.includes(link));
  await noFurtherMail(contactEmail, 2);
});

test('Lark is in trouble at first: no mail until the link is there, then one; a mail that Salesforce does not take is tried again', async () => {
  const contactEmail = newContact();
  for (const path of ['/reserves/apply$', '/events$']) {
    world.standins.lark.faults.add({ kind: 'status', status: 503, path, times: 1 });
  }
  const unavailable = [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }];
  world.standins.salesforce.faults.add({ kind: 'status', status: 503, path: 'emailSimple', body: unavailable });
  const { body } = await book(world, bookingOf(world, trainer, 7, { contactEmail }));
  assert.equal(body.meetingLinkStatus, 'Pending');
  const mail = await mailNumber(contactEmail, 1);
  const { Remote_Training_Meeting_Link__c: link } = await bookingRow(world, body.bookingId);
  assert.ok(link !== null && mail.body.includes(`Meeting: ${link}`), mail.body);
  await noFurtherMail(contactEmail, 1);
});

test('a calendar file is well-formed whatever people typed: folded at 75 octets, escaped, CRLF', async () => {
  const contactEmail = newContact();
  const storeAddress = `1; Main, "Street" \\ 北京市朝阳区${'街道很长'.repeat(20)}`;
  await book(world, bookingOf(world, trainer, 8, { contactEmail, storeAddress, bookingType: 'installation' }));
  const { raw, lines } = await fetchCalendar((await mailNumber(contactEmail, 1)).body);
  assert.ok(raw.endsWith('END:VCALENDAR\r\n'));
  assert.equal(raw.replaceAll('\r\n', '').match(/[\r\n]/), null);
  for (const line of raw.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
  assert.ok(!raw.includes('\uFFFD'));
  const escaped = storeAddress.replaceAll('\\', '\\\\').replaceAll(';', '\\;').replaceAll(',', '\\,');
  assert.equal(
    lines.find((line) => line.startsWith('LOCATION:')),
    `LOCATION:${escaped}`,
  );
  for (const name of ['UID', 'DTSTAMP', 'DTSTART', 'DTEND', 'SEQUENCE', 'SUMMARY', 'ORGANIZER', 'STATUS']) {
    assert.equal(lines.filter((line) => new RegExp(`^${name}[:;]`).test(line)).length, 1, name);
  }
  for (const name of ['DTSTAMP', 'DTSTART', 'DTEND']) {
    assert.match(lines.find((line) => line.startsWith(`${name}:`)) ?? '', /:\d{8}T\d{6}Z$/);
  }
});

test('a calendar link cannot be made by anybody else, and ends a month after the training, wherever that was moved', async () => {
  const contactEmail = newContact();
  const { body: booked } = await book(world, bookingOf(world, trainer, 9, { contactEmail }));
  const { body } = await mailNumber(contactEmail, 1);
  for (const token of ['A'.repeat(43), `${booked.bookingId}-${'A'.repeat(43)}`, `${booked.bookingId}-`]) {
    assert.equal((await fetch(`${world.base()}/calendar/${token}.ics`)).status, 404, token);
  }
  const moved = await patch(booked.bookingId, { date: dayAhead(world.clock, 70) });
  assert.equal(moved.status, 200, moved.text);
  await mailNumber(contactEmail, 2);
  try {
    world.clock.advance(60 * 86_400_000);
    assert.equal((await fetchCalendar(body)).response.status, 200, 'the training is still to come');
    world.clock.advance(45 * 86_400_000);
    assert.equal((await fetchCalendar(body)).response.status, 404);
  } finally {
    world.clock.reset();
  }
});

test('after the database was lost: what is as it was told is not told again, a move and a cancellation are, and calendar links still work', async () => {
  const contactEmail = newContact();
  const { body: booked } = await book(world, bookingOf(world, trainer, 10, { contactEmail }));
  const first = await mailNumber(contactEmail, 1);
  await world.restart({ loseDatabase: true });
  assert.equal((await fetchCalendar(first.body)).response.status, 200);
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [booked.bookingId] } });
  await noFurtherMail(contactEmail, 1);

  await world.restart({ loseDatabase: true });
  const moved = await patch(booked.bookingId, { date: dayAhead(world.clock, 11) });
  assert.equal(moved.status, 200, moved.text);
  const second = await mailNumber(contactEmail, 2);
  assert.match(second.subject, /^Changed: /);
  assert.match(second.body, /This is how it stands now:/);

  await world.restart({ loseDatabase: true });
  await world.call('DELETE', `/api/bookings/${booked.bookingId}`);
  assert.match((await mailNumber(contactEmail, 3)).subject, /^Cancelled: /);
  await world.restart({ loseDatabase: true });
  await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [booked.bookingId] } });
  await noFurtherMail(contactEmail, 3);
});

test('nobody is mailed while MERCHANT_MAIL_ENABLED is off; a process that dies after saving leaves the mail to the next one', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  const other = await startWorld({ withoutApp: true });
  try {
    const environment = { ...other.environment, DATA_DIR: directory };
    const mailing = { ...environment, MERCHANT_MAIL_ENABLED: 'true' };
    const [one, someone] = [await other.trainer(0), 'crash@shop.example'];
    const quiet = await startMiddleware(environment);
    await connectThrough(quiet, one.Email__c);
    await book(quiet, bookingOf(other, one, 4, { contactEmail: 'quiet@shop.example' }));
    await quiet.stop();
    const victim = await startMiddleware(mailing, { stopAt: 'write-back.after' });
    const request = book(victim, bookingOf(other, one, 5, { contactEmail: someone })).catch(() => undefined);
    await victim.reached;
    await victim.kill();
    await request;
    assert.deepEqual(mailsTo(someone, other), []);
    // The minute that the net waits is over at once.
    const database = await openDatabase({ directory: path.join(directory, 'middleware') });
    const due = await sql`update pgboss.job set start_after = now() where name = 'merchant-mail'`.execute(database.db);
    await database.close();
    assert.equal(due.numAffectedRows, 1n);
    const next = await startMiddleware(mailing);
    await until(() => mailsTo(someone, other).length > 0, 'the mail');
    await next.stop();
    assert.equal(mailsTo(someone, other).length, 1);
    assert.deepEqual(mailsTo('quiet@shop.example', other), []);
  } finally {
    await other.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a mail that waits when MERCHANT_MAIL_ENABLED is switched off is not sent', async () => {
  const other = await startWorld();
  const contactEmail = newContact();
  try {
    const { body } = await book(other, bookingOf(other, await other.trainer(0), 4, { contactEmail }));
    for (const [isOn, count] of [
      ['false', 0],
      ['true', 1],
    ] as const) {
      const environment: Record<string, string | undefined> = { ...other.environment, MERCHANT_MAIL_ENABLED: isOn };
      const { CLOCK_URL: _same, ...settings } = environment;
      const database = await openMemoryDatabase();
      const app = await createApp({ config: parseConfig(settings), log: silentLog, now: other.clock.now, database });
      await app.start();
      const queue = createPgBossQueue({ database, log: silentLog });
      await queue.start();
      try {
        await queue.enqueue(mailMerchantJob, { bookingId: body.bookingId, isPatienceOver: true });
        await until(async () => (await queue.waitingKeys(mailMerchantJob)).size === 0, 'the end of the job');
        assert.equal(mailsTo(contactEmail, other).length, count, isOn);
      } finally {
        await queue.stop(2_000);
        await app.stop(2_000);
      }
    }
  } finally {
    await other.close();
  }
});
