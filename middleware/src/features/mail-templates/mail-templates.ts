import {
  mailTemplates,
  type Letter,
  type LetterValues,
  type MailTemplate,
  type WriteLetter,
} from '../../core/mail-templates.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';

export interface MailTemplatesDeps {
  records: Pick<SalesforceRecords, 'query'>;
  now: Now;
  log: Log;
}

/** `own`: the org's is sent; `built-in`: the org's cannot be used, it lacks the link; `missing`: the org has none. */
export type TemplateState = 'own' | 'built-in' | 'missing';

export interface MailTemplates {
  write: WriteLetter;
  /** Reads them now. Throws `SalesforceError`. */
  states(): Promise<{ name: MailTemplate; state: TemplateState }[]>;
}

const KEPT_MS = 10 * 60_000;
const LINK = /\{\{\s*link\s*\}\}/;
/** Longer ones are refused by the org's mail action. */
const LONGEST_SUBJECT = 255;

/** Mails whose words the customer can change in Setup. Read at most once in ten minutes. */
export function createMailTemplates(deps: MailTemplatesDeps): MailTemplates {
  let known: ReadonlyMap<string, Letter> = new Map();
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;

  const read = async () => {
    const rows = await deps.records.query(
      soql`SELECT DeveloperName, Subject, Body FROM EmailTemplate
        WHERE IsActive = true AND DeveloperName IN ${[...mailTemplates]}`,
    );
    known = new Map(
      rows.map(({ DeveloperName, Subject, Body }) => [
        text(DeveloperName),
        { subject: text(Subject), body: text(Body) },
      ]),
    );
    readAt = deps.now().getTime();
  };

  const current = async () => {
    if (deps.now().getTime() - readAt >= KEPT_MS) {
      // Not asked again for each mail of an hour without Salesforce.
      readAt = deps.now().getTime();
      reading = read().catch((error: unknown) => {
        deps.log.warn({ err: error }, 'the e-mail templates could not be read; the last ones known are used');
      });
    }
    await reading;
  };

  return {
    write: async (name, values, builtIn) => {
      await current();
      const template = known.get(name);
      return template && isUsable(template) ? fill(template, values) : builtIn;
    },
    states: async () => {
      await read();
      return mailTemplates.map((name) => ({ name, state: stateOf(known.get(name)) }));
    },
  };
}

function stateOf(template: Letter | undefined): TemplateState {
  if (!template) return 'missing';
  return isUsable(template) ? 'own' : 'built-in';
}

function isUsable({ subject, body }: Letter): boolean {
  return subject !== '' && LINK.test(body);
}

/** In one go, so that nothing that a value says is taken for a placeholder. */
function fill({ subject, body }: Letter, values: LetterValues): Letter {
  const named = new Map<string, string>(Object.entries(values) as [string, string][]);
  const inPlace = (written: string) =>
    written.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_placeholder, name: string) => named.get(name) ?? '');
  const oneLine = inPlace(subject).replaceAll(/\s+/g, ' ').trim();
  return { subject: oneLine.slice(0, LONGEST_SUBJECT), body: inPlace(body) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
