// npm run demo: the main job, line by line. Each line is checked against Salesforce (SOQL) or a vendor's journal.
import assert from 'node:assert/strict';
import process from 'node:process';
import { createBrowser, dayAhead, keys, openLink, startWorld, until } from '../middleware/test/kit/world.ts';
import { approve } from '../standins/lark/index.ts';

interface Line {
  step: number;
  what: string;
  ms: number;
  outsideCalls: number;
  inSequence: number;
  checkedBy: string;
}

const asJson = process.argv.includes('--json');
const lines: Line[] = [];
if (!asJson) console.log('Trainer Connect, the main job offline. Starting the outside world and the middleware ...\n');
const startedAt = performance.now();
const world = await startWorld({ sample: 'trainers' });

/** Does one step of the story, then checks it. */
async function step<T>(what: string, checkedBy: string, work: () => Promise<T>): Promise<T> {
  const outside = world.watchOutside();
  const begin = performance.now();
  const result = await work();
  const ms = Math.round(performance.now() - begin);
  const { entries, inSequence } = outside();
  const line = { step: lines.length + 1, what, ms, outsideCalls: entries.length, inSequence, checkedBy };
  lines.push(line);
  if (!asJson) {
    const calls = `${line.outsideCalls} outside calls, ${line.inSequence} in sequence`;
    console.log(
      `${String(line.step).padStart(2)}  ${what.padEnd(86)} ${String(ms).padStart(5)} ms  ${calls.padEnd(32)} ${checkedBy}`,
    );
  }
  return result;
}

interface BookedAnswer {
  bookingId: string;
  meetingLink: string | null;
  meetingLinkStatus: string;
}

const trainer = await world.trainer(0);
const browser = createBrowser(world.base);

async function book(merchantId: string, merchantName: string, days: number): Promise<BookedAnswer> {
  const answer = await world.call<BookedAnswer>('POST', '/api/lark/book-training', {
    key: keys.portal,
    body: {
      merchantId,
      merchantName,
      trainerEmail: trainer.Email__c,
      date: dayAhead(world.clock, days),
      startTime: '10:00',
      endTime: '11:00',
      bookingType: 'Training',
    },
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

async function bookingRow(id: string) {
  const [row] = await world.soql<Record<string, unknown>>(
    `SELECT Remote_Training_Meeting_Link__c, Meeting_Link_Status__c, Sync_Status__c FROM Training_Booking__c WHERE Id = '${id}'`,
  );
  return row ?? assert.fail(`no booking ${id}`);
}

try {
  const waiting = await step(
    `A training is booked with ${trainer.Name}, who is not connected: it stands`,
    'SOQL',
    async () => {
      const booked = await book('M-1001', 'Harbour Coffee', 7);
      assert.equal((await bookingRow(booked.bookingId))['Meeting_Link_Status__c'], 'Pending Trainer Setup');
      return booked;
    },
  );

  const link = await step('The trainer gets a mail with a link to connect', 'outbox of Salesforce', () =>
    until(() => {
      const mail = world.standins.salesforce.outbox.mails().find(({ to }) => to.includes(trainer.Email__c));
      return mail && /(http\S+ticket=\S+)/.exec(mail.body)?.[1];
    }, 'the mail'),
  );

  const authorizeUrl = await step('The trainer opens the link and presses the button', 'redirect to Lark', () =>
    openLink(browser, link),
  );

  await step('The trainer allows the access at Lark and comes back connected', 'journal of Lark', async () => {
    const page = await browser.open(await approve(authorizeUrl, { email: trainer.Email__c }));
    assert.equal(page.status, 200, await page.text());
    assert.equal(world.standins.lark.journal.entries({ path: /oauth\/token$/ }).length, 1);
  });

  await step(
    'The tokens are sealed in Salesforce, and an administrator cannot read them',
    'SOQL as two users',
    async () => {
      const query = `SELECT Lark_Refresh_Token__c, Lark_Access_Token__c FROM Onboarding_Trainer__c WHERE Id = '${trainer.Id}'`;
      const [row] = await world.soql(query);
      assert.match(String(row?.['Lark_Refresh_Token__c']), /^v1\./);
      assert.match(String(row?.['Lark_Access_Token__c']), /^v1\./);
      await assert.rejects(world.soql(query, 'admin@trainer-connect.example'), /INVALID_FIELD/);
    },
  );

  await step('The training that waited gets its meeting by itself', 'SOQL', () =>
    until(async () => (await bookingRow(waiting.bookingId))['Meeting_Link_Status__c'] === 'Ready', 'the link'),
  );

  const booked = await step('A remote training is booked with the connected trainer', 'journals of both vendors', () =>
    book('M-1002', 'Lotus Tea House', 8),
  );
  const warm = lines.at(-1) ?? assert.fail();
  assert.ok(warm.outsideCalls <= 5, `${warm.outsideCalls} outside calls`);
  assert.ok(warm.inSequence <= 4, `${warm.inSequence} in sequence`);

  await step("The meeting is the trainer's own, and the event with the link is in their calendar", 'Lark', async () => {
    const { lark } = world.standins;
    const account = lark.accounts.find(({ email }) => email === trainer.Email__c);
    const event = lark.events(account?.openId).find(({ summary }) => summary.includes('Lotus Tea House'));
    assert.ok(event, 'no event');
    assert.ok(JSON.stringify(event).includes(booked.meetingLink ?? 'no link'));
    return Promise.resolve();
  });

  const shown = await step('The link is on the booking in Salesforce', 'SOQL', async () => {
    const row = await bookingRow(booked.bookingId);
    assert.equal(row['Remote_Training_Meeting_Link__c'], booked.meetingLink);
    assert.equal(row['Sync_Status__c'], 'Synced');
    return String(row['Remote_Training_Meeting_Link__c']);
  });

  const total = Math.round(performance.now() - startedAt);
  if (asJson) {
    console.log(JSON.stringify({ ok: true, ms: total, link: shown, warmBooking: warm, lines }, null, 2));
  } else {
    console.log(
      `\nA warm booking took ${warm.ms} ms with ${warm.outsideCalls} outside calls, ${warm.inSequence} of them in sequence.`,
    );
    console.log(`Meeting link, read back from Salesforce: ${shown}`);
    console.log(`All of it took ${(total / 1000).toFixed(1)} s.`);
  }
} catch (error) {
  console.error(asJson ? JSON.stringify({ ok: false, lines, error: String(error) }) : error);
  process.exitCode = 1;
} finally {
  await world.close();
}
