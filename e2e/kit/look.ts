import assert from 'node:assert/strict';
import type { Visitor } from './stage.ts';
import { assertAccessible } from './accessible.ts';

/** What a program says to a program: codes, names of labels, places of a text that nobody filled, values that are none. */
const TECHNICAL =
  /\b[a-z]+(?:_[a-z]+)+\b|\b[A-Z][A-Za-z]*_[A-Za-z_]+\b|\{\d\}|\[object |\bundefined\b|\bnull\b|\bNaN\b|Invalid Date|\bHTTP \d{3}\b|\b[45]\d\d\b|Exception|Pending Trainer Setup|Not Needed/g;

/** Names of time zones are for people too. */
const TIME_ZONE = /\b[A-Z][A-Za-z]+\/[A-Z]\w+/g;

/** Looks at the screen as it is: everybody can use it, nothing is wider than it, and it speaks to people; keeps a picture. */
export async function look(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  await assertAccessible(page, name);
  const tooWide = await page.locator('html, [role="dialog"], [role="dialog"] *').evaluateAll((elements: Measured[]) => {
    const view = globalThis as unknown as { getComputedStyle(of: Measured): { overflowX: string } };
    return (
      elements
        .filter((element) => element.tagName === 'HTML' || view.getComputedStyle(element).overflowX !== 'visible')
        // What is for the ear only has no room, and an entry may be longer than its field.
        .filter(({ tagName, clientWidth }) => tagName !== 'INPUT' && clientWidth > 1)
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
        .map(({ tagName, className }) => `${tagName}.${className}`)
    );
  });
  assert.deepEqual(tooWide, [], `${name} is wider than the screen`);
  const places = page.locator('c-book-training, c-booking-meeting, [role="dialog"], [role="status"], [role="alert"]');
  const texts = (await places.allInnerTexts()).join('\n').replaceAll(TIME_ZONE, '');
  assert.deepEqual(texts.match(TECHNICAL) ?? [], [], `${name} speaks to programs`);
  await visitor.shot(name);
}

interface Measured {
  scrollWidth: number;
  clientWidth: number;
  tagName: string;
  className: string;
}
