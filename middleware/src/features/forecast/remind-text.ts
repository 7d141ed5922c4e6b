import { DateTime, IANAZone } from 'luxon';
import type { ProviderId } from '../../core/connection.ts';
import type { EndOfAccess } from './end-of-access.ts';

const names: Record<ProviderId, string> = {
  lark: 'Lark',
  google: 'Google Calendar',
  outlook: 'Outlook',
  calendly: 'Calendly',
};

export function nameOfProvider(provider: ProviderId): string {
  return names[provider];
}

/** The day as people write it, where the person lives: `3 March 2027`. A zone that nobody knows is read as UTC. */
export function dayInWords(instant: Date, timeZone: string): string {
  const zone = IANAZone.isValidZone(timeZone) ? timeZone : 'UTC';
  return DateTime.fromJSDate(instant, { zone }).setLocale('en-GB').toFormat('d LLLL yyyy');
}

/** One sentence that says what ends when: `Lark will ask for your consent again on 3 March 2027.` */
export function forecastSentence(provider: ProviderId, end: EndOfAccess, timeZone: string, now: Date): string {
  const name = nameOfProvider(provider);
  const day = dayInWords(end.endsAt, timeZone);
  if (end.endsAt <= now) return `The access to ${name} ended on ${day}.`;
  return end.reason === 'consent'
    ? `${name} will ask for your consent again on ${day}.`
    : `The access to ${name} cannot be renewed at the moment and ends on ${day}.`;
}

export interface Reminder {
  provider: ProviderId;
  end: EndOfAccess;
  trainer: { name: string; timeZone: string };
  invite: { url: string; expiresAt: Date };
  /** Where a new link can be asked for when this one is too old. */
  askUrl: string;
  now: Date;
}

/** The mail that announces an end. */
export function remindText(reminder: Reminder): { subject: string; body: string } {
  const { provider, end, trainer, invite, now } = reminder;
  const name = nameOfProvider(provider);
  return {
    subject: `Please connect ${name} again before ${dayInWords(end.endsAt, trainer.timeZone)}`,
    body: [
      `Hello ${trainer.name},`,
      '',
      forecastSentence(provider, end, trainer.timeZone, now),
      'Connect again before then, so that your trainings keep their links. It takes a minute:',
      invite.url,
      '',
      `This link works once, until ${dayInWords(invite.expiresAt, trainer.timeZone)}. Later you can ask for a new one at`,
      reminder.askUrl,
      '',
      'Once you have connected again, these mails stop.',
      '',
      'Trainer Connect',
    ].join('\n'),
  };
}
