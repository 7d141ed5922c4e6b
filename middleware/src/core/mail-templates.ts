/** Classic e-mail templates of the org, in the folder `Trainer_Connect`. */
export const mailTemplates = [
  'Trainer_Connect_Reminder',
  'Trainer_Connect_Forecast',
  'Trainer_Connect_Disconnected',
] as const;
export type MailTemplate = (typeof mailTemplates)[number];

/** What a template's `{{placeholders}}` stand for. */
export interface LetterValues {
  trainerName: string;
  provider: string;
  /** The one-time link: a template without it is not used. */
  link: string;
  endsOn?: string;
  reason?: string;
}

export interface Letter {
  subject: string;
  /** Plain text. */
  body: string;
}

/** Fills the org's template, or answers with the built-in text where there is none that can be used. Never throws. */
export type WriteLetter = (template: MailTemplate, values: LetterValues, builtIn: Letter) => Promise<Letter>;
