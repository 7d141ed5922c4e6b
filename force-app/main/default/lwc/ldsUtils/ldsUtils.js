import { isOutcomeUnknown, wordsFor } from './problemWords';

/**
 * The texts a person should read, out of whatever a wire, an Apex method or a script threw.
 * Understands Apex errors ({body:{message}}), LDS errors ({body:[{message}]}), record errors
 * ({body:{output:{errors, fieldErrors}}}), page and field errors of Apex DML, and JavaScript errors.
 * @param {any} errors one error or many; empty ones are left out
 * @returns {string[]} each text once, in the order they came
 */
export function reduceErrors(errors) {
  const list = Array.isArray(errors) ? errors : [errors];
  const texts = list.filter(Boolean).flatMap(textsOf);
  return [...new Set(texts.filter((text) => typeof text === 'string' && text.trim() !== ''))];
}

/**
 * @param {any} error
 * @returns {string[]}
 */
function textsOf(error) {
  if (typeof error === 'string') {
    return [error];
  }
  const body = error.body;
  if (Array.isArray(body)) {
    return body.map((item) => item?.message);
  }
  if (body && typeof body === 'object') {
    const detailed = detailsOf(body);
    return detailed.length > 0 ? detailed : wordsFor(toldIn(body.message));
  }
  return [error.message ?? error.statusText];
}

/**
 * What our Apex tells about an error: a code for programs, a sentence for people, and details.
 * @param {any} error as an Apex call threw it or a wire gave it
 * @returns {{ code?: string, message?: string, details?: any }} without a code for anything else
 */
export function problemOf(error) {
  return toldIn(error?.body?.message);
}

/**
 * Whether nobody knows if what was asked for was done: it was sent, and no answer came.
 * @param {any} errors one error or many
 */
export function leavesOutcomeOpen(errors) {
  return [errors].flat().some((error) => isOutcomeUnknown(problemOf(error).code));
}

/** Apex can hand over a text only, so ours holds JSON. */
function toldIn(text) {
  try {
    const told = JSON.parse(text);
    return typeof told?.code === 'string' ? told : { message: text };
  } catch {
    return { message: text };
  }
}

/**
 * Prefers what a validation rule said about a field over "An error occurred while trying to update the record".
 * @param {any} body
 * @returns {string[]}
 */
function detailsOf(body) {
  const { errors, pageErrors, fieldErrors } = body.output ?? body;
  return [errors, pageErrors, ...Object.values(fieldErrors ?? {})]
    .filter(Array.isArray)
    .flat()
    .map((item) => item?.message)
    .filter(Boolean);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether the text is on the clipboard; false where the browser forbids it
 */
export async function copyToClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Leaves the page for another site. NavigationMixin would open a new tab, where the way back is lost.
 * @param {string} url absolute address
 */
export function leaveFor(url) {
  window.location.assign(url);
}

/**
 * Fills {0}, {1} … of a label.
 * @param {string} text
 * @param {...(string | number)} values
 * @returns {string} places without a value stay as they are
 */
export function format(text, ...values) {
  return text.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
}
