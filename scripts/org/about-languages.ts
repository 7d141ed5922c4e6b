import { keyOf, ofType, type Components } from '../../standins/salesforce/metadata/component.ts';
import { rowsOf, type Rows } from './queries.ts';
import type { Finding } from './report.ts';
import { SfError } from './sf.ts';

const WHERE = 'Setup → Translation Language Settings';

/** An org refuses translations into languages that it does not translate, and with them the whole deployment. */
export function aboutLanguages(ours: Components, theirs: Components, languages: Rows | SfError): Finding[] {
  const needed = ofType(ours, 'Translations').map(({ name }) => name);
  const settings = theirs.get(keyOf({ type: 'Settings', name: 'Language' }))?.xml ?? '';
  if (/<enableTranslationWorkbench>\s*false/.test(settings)) {
    return [
      {
        level: 'warning',
        what: 'Translation is not enabled: the org will refuse the deployment',
        remedy: `enable it in ${WHERE}, and add ${needed.join(' and ')} there`,
      },
    ];
  }
  if (languages instanceof SfError) {
    const what = `Which languages the org translates cannot be read: if the deployment refuses translations, add ${needed.join(' and ')} in ${WHERE}`;
    return [{ level: 'info', what }];
  }
  const there = rowsOf(languages).map((row) => row['Language']);
  const lacking = needed.filter((language) => !there.includes(language));
  if (lacking.length === 0) return [{ level: 'info', what: `The org translates into ${needed.join(' and ')}` }];
  return [
    {
      level: 'warning',
      what: `The org does not translate into ${lacking.join(' and ')}: it will refuse the deployment`,
      remedy: `add ${lacking.length === 1 ? 'the language' : 'the languages'} in ${WHERE}`,
    },
  ];
}
