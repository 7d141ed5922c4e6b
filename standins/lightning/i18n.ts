/** Values of `@salesforce/i18n/*` by name, where they differ from what the base components bring. */
export type I18n = Record<string, string | number>;

/** Languages of the package's labels, as Setup names them. */
export const LANGUAGES = [
  { key: 'en_US', code: 'en-US', label: 'English', locale: 'en_US' },
  { key: 'fr', code: 'fr', label: 'Français', locale: 'fr_FR' },
  { key: 'zh_CN', code: 'zh-CN', label: '中文（简体）', locale: 'zh_CN' },
] as const;

/** Date and time patterns of the platform's ICU locales. */
const PATTERNS: Record<string, { short: string; medium: string; long: string; time: string; seconds: string }> = {
  'en-US': { short: 'M/d/yyyy', medium: 'MMM d, yyyy', long: 'MMMM d, yyyy', time: 'h:mm a', seconds: 'h:mm:ss a' },
  'fr-FR': { short: 'dd/MM/yyyy', medium: 'd MMM yyyy', long: 'd MMMM yyyy', time: 'HH:mm', seconds: 'HH:mm:ss' },
  'zh-CN': { short: 'yyyy/M/d', medium: 'yyyy年M月d日', long: 'yyyy年M月d日', time: 'HH:mm', seconds: 'HH:mm:ss' },
};

/** `fr_FR` → `fr-FR`; a bare language gets its own country. */
export function bcp47(locale: string): string {
  return new Intl.Locale(locale.replace('_', '-'))
    .maximize()
    .toString()
    .replace(/-[A-Z][a-z]{3}-/, '-');
}

/** What a user's locale, language and time zone mean for formats. */
export function i18nFor(user: { language: string; locale: string; timeZone: string }): I18n {
  const locale = bcp47(user.locale);
  const pattern = PATTERNS[locale];
  const part = (type: Intl.NumberFormatPartTypes) =>
    new Intl.NumberFormat(locale).formatToParts(1234567.5).find((one) => one.type === type)?.value ?? '';
  return {
    lang: user.language.replace('_', '-'),
    locale,
    timeZone: user.timeZone,
    // Sunday is 1, as the base components count.
    firstDayOfWeek: locale === 'en-US' ? 1 : 2,
    'number.decimalSeparator': part('decimal'),
    'number.groupingSeparator': part('group'),
    ...(pattern === undefined
      ? {}
      : {
          'dateTime.shortDateFormat': pattern.short,
          'dateTime.mediumDateFormat': pattern.medium,
          'dateTime.longDateFormat': pattern.long,
          'dateTime.shortTimeFormat': pattern.time,
          'dateTime.mediumTimeFormat': pattern.seconds,
          'dateTime.shortDateTimeFormat': `${pattern.short} ${pattern.time}`,
          'dateTime.mediumDateTimeFormat': `${pattern.medium} ${pattern.seconds}`,
          'dateTime.longDateTimeFormat': `${pattern.long} ${pattern.seconds}`,
        }),
  };
}
