import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ORG_WIDE_ADDRESS } from '../index.ts';
import { call, startTestOrg, START, USERS, type TestOrg } from './support.ts';

const ACTION = '/actions/standard/emailSimple';
const MAIL = { emailAddresses: 'wei.tan@example.com', emailSubject: 'Hello', emailBody: 'Open https://x.example\n<b>' };

describe('mail of the local org', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
  });
  after(() => org.close());

  const send = (input: object) => call(org, USERS.integration, 'POST', ACTION, { inputs: [input] });

  it('a mail lands in the outbox, with the organisation-wide sender', async () => {
    const sender = { senderType: 'OrgWideEmailAddress', senderAddress: ORG_WIDE_ADDRESS };
    const answer = await send({ ...MAIL, ...sender });
    assert.equal(answer.status, 200);
    assert.equal((answer.body as { isSuccess: boolean }[])[0]?.isSuccess, true);
    const [mail] = (await (await fetch(`${org.url}/__standin/outbox`)).json()) as { sentAt: string }[];
    assert.deepEqual(mail, {
      sentAt: mail?.sentAt,
      sentBy: USERS.integration,
      from: ORG_WIDE_ADDRESS,
      to: ['wei.tan@example.com'],
      subject: 'Hello',
      body: 'Open https://x.example\n<b>',
    });
    assert.ok(new Date(mail?.sentAt ?? 0) >= START);
  });

  it('the outbox page shows the mail as text, links can be followed, and it can be emptied', async () => {
    await send(MAIL);
    const page = await (await fetch(`${org.url}/outbox`)).text();
    assert.match(page, /<a href="https:\/\/x\.example">/);
    assert.match(page, /&lt;b&gt;/);
    await fetch(`${org.url}/__standin/outbox`, { method: 'DELETE' });
    assert.deepEqual(org.outbox.mails(), []);
  });

  const refused: [string, object, string][] = [
    ['an unknown input', { ...MAIL, htmlBody: 'x' }, 'INVALID_API_INPUT'],
    ['no address', { ...MAIL, emailAddresses: '' }, 'REQUIRED_FIELD_MISSING'],
    ['no subject', { ...MAIL, emailSubject: undefined }, 'REQUIRED_FIELD_MISSING'],
    ['six addresses', { ...MAIL, emailAddresses: Array(6).fill('a@b.example').join(',') }, 'LIMIT_EXCEEDED'],
    ['what is no address', { ...MAIL, emailAddresses: 'nobody' }, 'INVALID_EMAIL_ADDRESS'],
    [
      'an unverified sender',
      { ...MAIL, senderType: 'OrgWideEmailAddress', senderAddress: 'x@y.example' },
      'INVALID_API_INPUT',
    ],
    ['a sender address without its type', { ...MAIL, senderAddress: ORG_WIDE_ADDRESS }, 'INVALID_API_INPUT'],
    ['an unknown sender type', { ...MAIL, senderType: 'Somebody' }, 'INVALID_API_INPUT'],
  ];
  for (const [situation, input, expected] of refused) {
    it(`${situation} is refused with ${expected}`, async () => {
      const { status, body } = await send(input);
      const [result] = body as { isSuccess: boolean; errors: { statusCode: string }[] }[];
      assert.deepEqual([status, result?.isSuccess, result?.errors[0]?.statusCode], [400, false, expected]);
    });
  }

  it('the daily limit is told, refuses what goes beyond it, and begins anew at midnight UTC', async () => {
    const left = async () =>
      ((await call(org, USERS.integration, 'GET', '/limits')).body as { SingleEmail: { Remaining: number } })
        .SingleEmail.Remaining;
    org.mailLimit.max -= (await left()) - 1;
    assert.equal((await send(MAIL)).status, 200);
    assert.equal(await left(), 0);
    const refused = await send(MAIL);
    assert.equal(refused.status, 400);
    const [result] = refused.body as { errors: { statusCode: string }[] }[];
    assert.equal(result?.errors[0]?.statusCode, 'SINGLE_EMAIL_LIMIT_EXCEEDED');
    org.clock.advance(24 * 3_600_000);
    assert.equal(await left(), org.mailLimit.max);
  });

  it('templates and organisation-wide addresses can be read, as the metadata and Setup have them', async () => {
    const read = async (soql: string) => {
      const answer = await call(org, USERS.integration, 'GET', `/query?q=${encodeURIComponent(soql)}`);
      return (answer.body as { records: Record<string, unknown>[] }).records;
    };
    const templates = await read(
      "SELECT DeveloperName, Subject, Body FROM EmailTemplate WHERE IsActive = true AND DeveloperName LIKE 'Trainer_Connect%'",
    );
    assert.deepEqual(templates.map(({ DeveloperName }) => DeveloperName).toSorted(), [
      'Trainer_Connect_Disconnected',
      'Trainer_Connect_Forecast',
      'Trainer_Connect_Reminder',
    ]);
    for (const { Subject, Body } of templates) {
      assert.match(String(Subject), /\{\{provider\}\}/);
      assert.match(String(Body), /\{\{link\}\}/);
    }
    const [address] = await read('SELECT Address FROM OrgWideEmailAddress');
    assert.equal(address?.['Address'], ORG_WIDE_ADDRESS);
  });
});
