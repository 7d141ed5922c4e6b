import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { labelsIn, readLabels } from '../../standins/lightning/metadata/read-labels.ts';

const labels = readLabels(path.resolve(import.meta.dirname, '../../force-app/main/default'));

/** What a label says in a language. */
export function say(language: string, name: string): string {
  return labelsIn(labels, language)[name] ?? assert.fail(name);
}

/** Fails on every line of a component that says in English what there are words for in this language. */
export async function assertSpeaks(page: Page, language: string, component: string): Promise<void> {
  const own = labelsIn(labels, language);
  const english = [...labels.source]
    .filter(([name, text]) => own[name] !== text && /\p{L}/u.test(text.replaceAll(/\{\d\}/g, '')))
    .map(
      ([, text]) =>
        new RegExp(
          `^${text
            .split(/\{\d\}/)
            .map(literally)
            .join('.+')}$`,
        ),
    );
  const place = page.locator(component);
  // What stands beside something else shares its line.
  const texts = [await place.innerText(), ...(await place.locator('button, a, label, span').allInnerTexts())];
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => line.trim());
  assert.ok(lines.length > 1, `nothing to read in ${component}`);
  assert.deepEqual(
    lines.filter((line) => english.some((text) => text.test(line))),
    [],
  );
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
