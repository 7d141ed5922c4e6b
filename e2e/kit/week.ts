import type { Locator, Page } from 'playwright-core';

/** Opens a combobox and takes an option. */
export async function choose(page: Page, field: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Shows the week that begins with a day, YYYY-MM-DD. A phone has the browser's own date field, which takes ISO dates. */
export async function goToDay(page: Page, day: string): Promise<void> {
  const field = page.getByLabel('Go to day');
  const isNative = (await field.getAttribute('type')) === 'date';
  const shown = { timeZone: 'UTC', month: 'short', day: 'numeric', year: 'numeric' } as const;
  await field.fill(isNative ? day : new Date(day).toLocaleDateString('en-US', shown));
  await field.press('Tab');
}

/** The free times of a day, YYYY-MM-DD, in the week that is shown. */
export function slotsOf(page: Page, day: string, time: RegExp = /\d:\d\d/): Locator {
  return page.locator(`[role="group"][data-day="${day}"] button[data-start]`).filter({ hasText: time });
}
