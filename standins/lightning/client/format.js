const { i18n } = globalThis.__SF__;

const dateTime = new Intl.DateTimeFormat(i18n.locale, {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: i18n.timeZone,
});
const date = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'medium', timeZone: 'UTC' });

/** A field's value as the user reads it, in their locale and time zone. */
export function formatValue({ type, value, text }) {
  if (value === null || value === undefined || value === '') return '';
  if (text !== undefined && text !== null) return text;
  switch (type) {
    case 'datetime':
      return dateTime.format(new Date(value));
    case 'date':
      return date.format(new Date(value));
    case 'double':
      return new Intl.NumberFormat(i18n.locale).format(value);
    case 'percent':
      return new Intl.NumberFormat(i18n.locale, { style: 'percent', maximumFractionDigits: 2 }).format(value / 100);
    case 'multipicklist':
      return value.split(';').join('; ');
    default:
      return String(value);
  }
}
