import { LightningElement, api } from 'lwc';
import { labels } from './labels';

const LOOKS = {
  ready: { label: labels.READY, badge: 'slds-theme_success', text: labels.READY_TEXT },
  off: { label: labels.OFF, badge: '', text: labels.OFF_TEXT },
  incomplete: { label: labels.INCOMPLETE, badge: 'slds-theme_warning', text: labels.INCOMPLETE_TEXT },
  failing: { label: labels.FAILING, badge: 'slds-theme_error', text: labels.FAILING_TEXT },
};

const ICONS = {
  lark: 'standard:video',
  google: 'standard:event',
  outlook: 'standard:outcome',
  calendly: 'standard:date_time',
};

/**
 * How one provider is set up: its state, what to enter there, and what is missing.
 * @fires checked
 */
export default class SetupProvider extends LightningElement {
  labels = labels;

  /** @type {SetupProviderDto} */
  @api provider;

  get look() {
    return LOOKS[this.provider.state] ?? LOOKS.incomplete;
  }

  get icon() {
    return ICONS[this.provider.id] ?? 'standard:connected_apps';
  }

  get scopes() {
    return this.provider.scopes.join('\n');
  }

  get isLacking() {
    return this.provider.missing.length > 0;
  }

  /** There is nothing to try before it is set up. */
  get canBeChecked() {
    return this.provider.state !== 'off';
  }

  handleChecked() {
    this.dispatchEvent(new CustomEvent('checked'));
  }
}
