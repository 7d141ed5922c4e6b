import { format, problemOf } from 'c/ldsUtils';
import { labels } from './labels';

/**
 * What was refused about single fields.
 * @param {unknown} error as `book` threw it
 * @returns {{ field: string, words: string }[]} names as in the request; empty when it is about something else
 */
export function fieldProblemsOf(error) {
  const { code, details } = problemOf(error);
  const fields = code === 'invalid_input' ? (details?.fields ?? []) : [];
  return fields.map(({ field, problem }) => ({
    field,
    words: field === 'contactEmail' ? labels.EMAIL_INVALID : format(labels.FIELD_REFUSED, problem),
  }));
}
