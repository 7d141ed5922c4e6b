import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import { labels } from './labels';

const number = new Intl.NumberFormat(LOCALE);

const LOOKS = {
  ready: { label: labels.READY, badge: 'slds-theme_success' },
  incomplete: { label: labels.INCOMPLETE, badge: 'slds-theme_warning' },
  failing: { label: labels.FAILING, badge: 'slds-theme_error' },
};

const TEMPLATE_NAMES = {
  Trainer_Connect_Reminder: labels.TEMPLATE_REMINDER,
  Trainer_Connect_Forecast: labels.TEMPLATE_FORECAST,
  Trainer_Connect_Disconnected: labels.TEMPLATE_DISCONNECTED,
};

const TEMPLATE_STATES = {
  own: { text: labels.TEMPLATE_OWN, icon: 'utility:success', variant: 'success' },
  'built-in': { text: labels.TEMPLATE_BUILT_IN, icon: 'utility:warning', variant: 'warning' },
  missing: { text: labels.TEMPLATE_MISSING, icon: 'utility:warning', variant: 'warning' },
};

/**
 * As whom the middleware works in Salesforce, what mail it can send, and with which texts.
 * @fires checked
 */
export default class SetupSalesforce extends LightningElement {
  labels = labels;

  /** @type {SetupSalesforceDto} */
  @api salesforce;
  /** @type {readonly { name: string, state: string }[]} */
  @api templates = [];

  get look() {
    return LOOKS[this.salesforce.state] ?? LOOKS.incomplete;
  }

  get isLacking() {
    return this.salesforce.missing.length > 0;
  }

  get facts() {
    const { orgId, user, mailSender, mailRemaining } = this.salesforce;
    return [
      { key: 'org', term: labels.ORG, text: orgId ?? labels.UNKNOWN },
      { key: 'user', term: labels.USER, text: user ?? labels.UNKNOWN },
      { key: 'sender', term: labels.SENDER, text: mailSender ?? labels.UNKNOWN },
      {
        key: 'mail',
        term: labels.MAIL_REMAINING,
        text: typeof mailRemaining === 'number' ? number.format(mailRemaining) : labels.UNKNOWN,
      },
    ];
  }

  get rows() {
    return this.templates.map(({ name, state }) => ({
      name,
      title: TEMPLATE_NAMES[name] ?? name,
      ...(TEMPLATE_STATES[state] ?? TEMPLATE_STATES.missing),
    }));
  }

  handleChecked() {
    this.dispatchEvent(new CustomEvent('checked'));
  }
}
