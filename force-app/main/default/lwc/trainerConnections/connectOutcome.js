import ACCESS_DENIED from '@salesforce/label/c.TC_Error_Access_Denied';
import CONNECT_OTHER from '@salesforce/label/c.TC_Error_Connect_Other';
import IDENTITY_ON_HOLD from '@salesforce/label/c.TC_Error_Identity_On_Hold';
import OFFLINE_ACCESS_MISSING from '@salesforce/label/c.TC_Error_Offline_Access_Missing';
import PROVIDER_CONFIGURATION from '@salesforce/label/c.TC_Error_Provider_Configuration';
import PROVIDER_OFF from '@salesforce/label/c.TC_Error_Provider_Off';
import PROVIDER_REFUSED from '@salesforce/label/c.TC_Error_Provider_Refused';
import PROVIDER_UNAVAILABLE from '@salesforce/label/c.TC_Error_Provider_Unavailable';
import SCOPES_MISSING from '@salesforce/label/c.TC_Error_Scopes_Missing';
import STATE_INVALID from '@salesforce/label/c.TC_Error_State_Invalid';
import WRONG_ACCOUNT from '@salesforce/label/c.TC_Error_Wrong_Account';
import WRONG_TENANT from '@salesforce/label/c.TC_Error_Wrong_Tenant';
import { format } from 'c/ldsUtils';

const CONNECTED = 'c__lark_connected';
const ERROR = 'c__error';

/** @type {Map<string, string>} */
const ERRORS_IN_WORDS = new Map([
  ['access_denied', ACCESS_DENIED],
  ['identity_on_hold', IDENTITY_ON_HOLD],
  ['offline_access_missing', OFFLINE_ACCESS_MISSING],
  ['provider_configuration', PROVIDER_CONFIGURATION],
  ['provider_off', PROVIDER_OFF],
  ['provider_refused', PROVIDER_REFUSED],
  ['provider_unavailable', PROVIDER_UNAVAILABLE],
  ['scopes_missing', SCOPES_MISSING],
  ['state_invalid', STATE_INVALID],
  ['wrong_account', WRONG_ACCOUNT],
  ['wrong_tenant', WRONG_TENANT],
]);

/**
 * How connecting ended, out of the address the middleware sent the person back to.
 * @param {PageReference | null | undefined} page
 * @returns {{ connected: true } | { connected: false, message: string } | undefined} undefined when nobody just came back
 */
export function readOutcome(page) {
  const code = page?.state?.[ERROR];
  if (code) {
    return { connected: false, message: ERRORS_IN_WORDS.get(code) ?? format(CONNECT_OTHER, codeOrUnknown(code)) };
  }
  return page?.state?.[CONNECTED] === 'true' ? { connected: true } : undefined;
}

/**
 * The same page without the outcome, so that it is told once: not again on reload, and not to whom the address is sent.
 * @param {PageReference} page
 * @returns {PageReference}
 */
export function withoutOutcome(page) {
  const kept = Object.entries(page.state ?? {}).filter(([name]) => ![CONNECTED, ERROR].includes(name));
  return { ...page, state: Object.fromEntries(kept) };
}

/**
 * Anybody can write an address: only what looks like a code is repeated to the person.
 * @param {string} code
 */
function codeOrUnknown(code) {
  return /^[a-z_]{1,40}$/.test(code) ? code : 'unknown';
}
