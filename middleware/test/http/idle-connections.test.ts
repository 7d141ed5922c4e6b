import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import { listen } from '../../src/http/server.ts';

test('an idle connection is kept longer than the minute after which callers and proxies end it', async () => {
  const server = await listen(
    express().get('/', (_request, response) => void response.send('here')),
    0,
  );
  try {
    const response = await fetch(`http://127.0.0.1:${server.port}/`);
    assert.equal(await response.text(), 'here');
    const [, seconds = '0'] = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '') ?? [];
    assert.ok(Number(seconds) > 60, `${seconds} s`);
  } finally {
    await server.close(1_000);
  }
});
