import assert from 'node:assert/strict';
import test from 'node:test';
import { STAFF, startWorld } from './support.ts';

test('An Apex call runs as the user of the session with the parameters as they were sent', async (t) => {
  const calls: unknown[] = [];
  const { ask } = await startWorld(t, {
    apex: {
      call: (...call) => {
        calls.push(call);
        return Promise.resolve({ id: '1' });
      },
    },
  });
  const answer = await ask('/apex/Some.method', { as: STAFF, body: { day: '2027-01-18' } });
  assert.deepEqual(answer, { status: 200, body: { id: '1' } });
  assert.deepEqual(calls, [[STAFF, 'Some.method', { day: '2027-01-18' }]]);
});

test('A void method is answered null', async (t) => {
  const { ask } = await startWorld(t, { apex: { call: () => Promise.resolve(undefined) } });
  assert.deepEqual(await ask('/apex/Some.method', { body: {} }), { status: 200, body: null });
});

test('What Apex throws reaches the page as status 500 with its words', async (t) => {
  const { ask } = await startWorld(t, {
    apex: { call: () => Promise.reject(new Error('This slot has just been taken.')) },
  });
  assert.deepEqual(await ask('/apex/Some.method', { body: {} }), {
    status: 500,
    body: { message: 'This slot has just been taken.' },
  });
});

test('A call that another site could send without being asked is refused', async (t) => {
  const { lightning } = await startWorld(t);
  const response = await fetch(`${lightning.url}/apex/Some.method`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain' },
    body: '{}',
  });
  assert.equal(response.status, 400);
});
