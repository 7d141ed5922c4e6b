import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** Fails on anything axe finds on the page as it is now. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // Half-faded text has no contrast: what moves comes to rest first, except for spinners, which never do.
  await page.evaluate(`Promise.allSettled(
    document.getAnimations()
      .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished),
  ).then(() => undefined)`);
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await loaded.run()).violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html }) => ({ html })),
    }));
  });
  assert.deepEqual(
    violations.map(({ id, help, nodes }) => `${what}: ${id} (${help}) ${nodes[0]?.html.slice(0, 200)}`),
    [],
  );
}
