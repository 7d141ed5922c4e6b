import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const PACKAGE = path.join(process.cwd(), 'force-app/main/default');
/** Attributes that people read or hear. */
const SPOKEN = ['label', 'title', 'alternative-text', 'placeholder', 'aria-label', 'friendly-message'];
const LANGUAGES = ['fr', 'zh_CN'];

const read = (file) => readFileSync(path.join(PACKAGE, file), 'utf8');
const bundleFiles = (extension) =>
  globSync(`lwc/*/*.${extension}`, { cwd: PACKAGE }).filter((file) => !file.includes('__tests__'));

/** The members of a metadata file: `[name, text]` in the order they stand there. */
function entriesOf(xml, { element, name, text }) {
  const inner = (block, tag) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(block)?.[1].trim() ?? '';
  return [...xml.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'))].map(([, block]) => [
    inner(block, name),
    inner(block, text),
  ]);
}

const placesIn = (text) => [...new Set(text.match(/\{\d+\}/g))].sort();

const source = entriesOf(read('labels/CustomLabels.labels-meta.xml'), {
  element: 'labels',
  name: 'fullName',
  text: 'value',
});
const sourceNames = source.map(([name]) => name);
const usedNames = new Set(
  bundleFiles('js').flatMap((file) =>
    [...read(file).matchAll(/@salesforce\/label\/c\.(\w+)/g)].map(([, name]) => name),
  ),
);

describe('custom labels', () => {
  it('exist for every import, each once, and none is left over', () => {
    expect(sourceNames).toHaveLength(new Set(sourceNames).size);
    expect([...usedNames].sort()).toEqual([...sourceNames].sort());
  });

  it('have a text that the platform takes', () => {
    expect(source.filter(([, text]) => text === '' || text.length > 1000)).toEqual([]);
  });

  it.each(LANGUAGES)('are all translated into %s, with the same places to fill in', (language) => {
    const translated = entriesOf(read(`translations/${language}.translation-meta.xml`), {
      element: 'customLabels',
      name: 'name',
      text: 'label',
    });
    const texts = new Map(translated);

    expect(translated.map(([name]) => name).sort()).toEqual([...sourceNames].sort());
    expect(translated.filter(([, text]) => text === '')).toEqual([]);
    expect(source.filter(([name, text]) => String(placesIn(text)) !== String(placesIn(texts.get(name))))).toEqual([]);
  });
});

describe('templates', () => {
  it.each(bundleFiles('html'))('%s has no text of its own', (file) => {
    const template = read(file).replace(/<!--[^]*?-->/g, '');
    const tags = template.match(/<[^>]*>/g) ?? [];
    const texts = template
      .replace(/<[^>]*>/g, '\n')
      .replace(/\{[^}]*\}/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /\p{L}/u.test(line));
    const spoken = tags.flatMap((tag) =>
      [...tag.matchAll(/\s([\w-]+)="([^"]*)"/g)].filter(([, name]) => SPOKEN.includes(name)).map(([found]) => found),
    );

    expect([...texts, ...spoken]).toEqual([]);
  });
});
