import { format } from 'c/ldsUtils';
import { nearnessOf } from './describeForecast';
import { labels } from './labels';

const LOOKS = {
  Connected: {
    label: labels.STATUS_CONNECTED,
    icon: 'utility:success',
    variant: 'success',
    badge: 'slds-theme_success',
  },
  'Not Connected': { label: labels.STATUS_NOT_CONNECTED, icon: 'utility:unlinked', variant: '', badge: '' },
  'Needs Reconnect': {
    label: labels.STATUS_NEEDS_RECONNECT,
    icon: 'utility:error',
    variant: 'error',
    badge: 'slds-theme_error',
  },
  'On Hold': { label: labels.STATUS_ON_HOLD, icon: 'utility:warning', variant: 'warning', badge: 'slds-theme_warning' },
};

const ENDS_SOON = {
  label: labels.STATUS_ENDS_SOON,
  icon: 'utility:warning',
  variant: 'warning',
  badge: 'slds-theme_warning',
};
const ENDED = { label: labels.STATUS_ENDED, icon: 'utility:error', variant: 'error', badge: 'slds-theme_error' };
const OFF = { label: labels.STATUS_OFF, icon: 'utility:ban', variant: '', badge: '' };

/**
 * @param {string} provider its id in the interface of the middleware
 * @returns {string} as people call it; the id when we have no name for it
 */
export function nameOfProvider(provider) {
  return { lark: labels.PROVIDER_LARK }[provider] ?? provider;
}

/**
 * How a state looks. A provider that is off hides the state behind it: nothing can be done about that state now.
 * @param {ConnectionDto} connection
 */
export function lookOf(connection) {
  if (connection.providerOff) {
    return OFF;
  }
  const ending = { soon: ENDS_SOON, over: ENDED }[nearnessOf(connection)];
  return ending ?? LOOKS[connection.status] ?? LOOKS['Not Connected'];
}

/**
 * The sentences that explain a state, in reading order. A connection that works as it should needs none.
 * @param {ConnectionDto} connection
 * @param {string | undefined} trainerName who has to sign in
 * @returns {string[]}
 */
export function explain(connection, trainerName) {
  const provider = nameOfProvider(connection.provider);
  const signInAs = trainerName ? [format(labels.SIGN_IN_AS, provider, trainerName)] : [];
  if (connection.providerOff) {
    return [format(labels.OFF_TEXT, provider)];
  }
  switch (connection.status) {
    case 'Connected':
      // Another account was tried after this one and was held; the error is gone once that is settled.
      return connection.error ? [heldBeside(connection)] : [];
    case 'Needs Reconnect': {
      const reason = connection.error ? [format(labels.REASON, connection.error)] : [];
      return [format(labels.NEEDS_RECONNECT_TEXT, provider), ...reason, ...signInAs];
    }
    case 'On Hold': {
      const { heldAccount } = connection;
      const held = heldAccount ? format(labels.HELD_TEXT, heldAccount) : labels.HELD_TEXT_NO_ACCOUNT;
      return [held, format(labels.HELD_NEXT, provider)];
    }
    default:
      return [format(labels.NOT_CONNECTED_TEXT, provider), ...signInAs];
  }
}

/** @param {ConnectionDto} connection */
function heldBeside({ heldAccount, error }) {
  return heldAccount ? format(labels.HELD_OTHER, heldAccount) : format(labels.REASON, error);
}
