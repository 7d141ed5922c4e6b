import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createMailTemplates } from '../../../src/features/mail-templates/mail-templates.ts';
import { SalesforceError, type Row } from '../../../src/salesforce/records.ts';
import { silentLog } from '../../tokens/kit.ts';

const values = { trainerName: 'Ana {{link}}', provider: 'Lark', link: 'https://x.example/t', endsOn: '3 March 2027' };
const builtIn = { subject: 'Built in', body: 'Built in' };

function room(rows: readonly Row[]) {
  let time = Date.UTC(2027, 2, 1);
  const asked = { times: 0, isDown: false };
  const templates = createMailTemplates({
    records: {
      query: async <T>() => {
        asked.times++;
        await setImmediate();
        if (asked.isDown) throw new SalesforceError('unreachable', 'down');
        return rows as T[];
      },
    },
    now: () => new Date(time),
    log: silentLog,
  });
  return { templates, asked, advance: (ms: number) => void (time += ms) };
}

const row = (name: string, Subject: string | null, Body: string | null): Row => ({
  DeveloperName: `Trainer_Connect_${name}`,
  Subject,
  Body,
});

test("the org's template is filled in one go; what nobody knows is left out", async () => {
  const { templates } = room([
    row('Reminder', 'Hi {{ trainerName }},\n{{provider}}', '{{trainerName}} {{link}} {{reason}}.'),
  ]);
  assert.deepEqual(await templates.write('Trainer_Connect_Reminder', values, builtIn), {
    subject: 'Hi Ana {{link}}, Lark',
    body: 'Ana {{link}} https://x.example/t .',
  });
});

test('without a template, or without the link in it, the built-in text is sent, and the set-up page knows', async () => {
  const { templates } = room([row('Reminder', 'S', 'No way to connect'), row('Forecast', 'S', '{{link}}')]);
  assert.equal(await templates.write('Trainer_Connect_Reminder', values, builtIn), builtIn);
  assert.equal(await templates.write('Trainer_Connect_Disconnected', values, builtIn), builtIn);
  assert.deepEqual(await templates.states(), [
    { name: 'Trainer_Connect_Reminder', state: 'built-in' },
    { name: 'Trainer_Connect_Forecast', state: 'own' },
    { name: 'Trainer_Connect_Disconnected', state: 'missing' },
  ]);
});

test('read once in ten minutes; without Salesforce the last ones known serve', async () => {
  const { templates, asked, advance } = room([row('Reminder', 'S', '{{link}}')]);
  const write = () => templates.write('Trainer_Connect_Reminder', values, builtIn);
  for (let mail = 0; mail < 20; mail++) await write();
  assert.equal(asked.times, 1);
  asked.isDown = true;
  advance(10 * 60_000);
  for (let mail = 0; mail < 20; mail++) assert.equal((await write()).body, 'https://x.example/t');
  assert.equal(asked.times, 2);
});

test('mails that are written at the same time all wait for the templates', async () => {
  const { templates, asked } = room([row('Reminder', 'S', '{{link}}')]);
  const letters = await Promise.all(
    [1, 2, 3, 4].map(() => templates.write('Trainer_Connect_Reminder', values, builtIn)),
  );
  assert.deepEqual(
    letters.map(({ subject }) => subject),
    ['S', 'S', 'S', 'S'],
  );
  assert.equal(asked.times, 1);
});
