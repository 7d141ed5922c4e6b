import type { Letter, MailTemplate } from '../../core/mail-templates.ts';

const DISCONNECTED = 'Needs Reconnect';

export function templateFor(status: string): MailTemplate {
  return status === DISCONNECTED ? 'Trainer_Connect_Disconnected' : 'Trainer_Connect_Reminder';
}

/** The text that is sent where the org has no template of its own. */
export function builtInLetter(to: {
  name: string;
  status: string;
  provider: string;
  reason: string;
  invite: { url: string; expiresAt: Date };
  askUrl: string;
}): Letter {
  const { name, provider, invite } = to;
  const isDisconnected = to.status === DISCONNECTED;
  const why = isDisconnected
    ? `The access to your ${provider} account has ended: ${to.reason} Until you connect it again, your remote trainings get no meeting link and do not come into your calendar.`
    : `Your ${provider} account is not connected yet. Until it is, your remote trainings get no meeting link and do not come into your calendar.`;
  return {
    subject: isDisconnected ? `Please connect ${provider} again` : `Please connect your ${provider} account`,
    body: [
      `Hello ${name},`,
      '',
      why,
      '',
      `Please open this link, sign in to ${provider} and allow the access. It takes a minute:`,
      invite.url,
      '',
      `The link works once, until ${invite.expiresAt.toUTCString()}. Later you can ask for a new one at`,
      to.askUrl,
      '',
      'Once you are connected, these mails stop.',
      '',
      'Trainer Connect',
    ].join('\n'),
  };
}
