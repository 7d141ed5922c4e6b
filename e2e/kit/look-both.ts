import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { look } from './look.ts';
import { phone, wide, type Visitor } from './stage.ts';

/** Looks at the screen as it is, wide and as narrow as a phone: nothing reaches out of the place where it belongs. */
export async function lookBoth(visitor: Visitor, name: string, component = 'c-book-training'): Promise<void> {
  const { page } = visitor;
  for (const [size, viewport] of [
    ['phone', phone],
    ['wide', wide],
  ] as const) {
    await page.setViewportSize(viewport);
    await assertInside(page, component, `${name}, ${size}`);
    await look({ ...visitor, shot: (shown) => visitor.shot(shown, viewport) }, `${name}-${size}`);
  }
}

/** Fails on anything that reaches out of a component to the left or to the right. */
export async function assertInside(page: Page, component: string, what: string): Promise<void> {
  const [place, ...parts] = await page
    .locator(`${component}, ${component} *`)
    .evaluateAll((elements: { getBoundingClientRect(): Box; tagName: string; className: string }[]) =>
      elements.map((element) => {
        const { left, right, width, height } = element.getBoundingClientRect();
        return { left, right, isSeen: width > 1 && height > 1, name: `${element.tagName}.${element.className}` };
      }),
    );
  assert.ok(place, `${what}: no ${component}`);
  const outside = parts.filter(
    ({ left, right, isSeen }) => isSeen && (left < place.left - 1 || right > place.right + 1),
  );
  assert.deepEqual(
    outside.map(({ name }) => name),
    [],
    `${what}: reaches out`,
  );
}

interface Box {
  left: number;
  right: number;
  width: number;
  height: number;
}
