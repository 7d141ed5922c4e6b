import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getMerchants from '@salesforce/apex/TrainingBookingController.getMerchants';
import LOCALE from '@salesforce/i18n/locale';
import { format } from 'c/ldsUtils';
import MERCHANT from '@salesforce/label/c.TC_Book_Merchant';
import CHOOSE from '@salesforce/label/c.TC_Book_Choose_Merchant';
import ANOTHER from '@salesforce/label/c.TC_Book_Another_Merchant';
import OPTION from '@salesforce/label/c.TC_Book_Merchant_Option';
import REFERENCE from '@salesforce/label/c.TC_Book_Merchant_Reference';
import NAME from '@salesforce/label/c.TC_Book_Merchant_Name';
import SOME from '@salesforce/label/c.TC_Book_Merchants_Some';
import FAILED from '@salesforce/label/c.TC_Book_Merchants_Failed';

/** The list that Apex answers is no longer. */
const MOST_LISTED = 2_000;

const collator = new Intl.Collator(LOCALE, { numeric: true });
const nameOf = ({ name, reference }) => name ?? reference;

/** Not a reference: those are stored without blanks around them. A blank alone would count as no choice. */
const ANOTHER_VALUE = ' another ';

/**
 * A merchant that was booked before, or another one by reference and name.
 * @fires choose with `{ merchant: MerchantDto }`; reference and name may be empty while they are typed
 */
export default class MerchantPicker extends LightningElement {
  labels = { MERCHANT, CHOOSE, REFERENCE, NAME, FAILED };

  @api disabled = false;

  /** @type {readonly MerchantDto[]} */
  merchants = [];
  /** @type {unknown} */
  error;
  isReady = false;
  wiredMerchants;
  /** @type {string | undefined} reference of the chosen merchant, or ANOTHER_VALUE */
  choice;
  typed = { reference: '', name: '' };

  @wire(getMerchants)
  handleMerchants(wired) {
    this.wiredMerchants = wired;
    this.merchants = [...(wired.data ?? [])].sort((one, other) => collator.compare(nameOf(one), nameOf(other)));
    this.error = wired.error;
    this.isReady = Boolean(wired.data || wired.error);
    if (this.isReady && this.merchants.length === 0) {
      this.choice = ANOTHER_VALUE;
    }
  }

  /** Every field says what it misses. */
  @api
  reportValidity() {
    return this.fields.filter((field) => !field.reportValidity()).length === 0;
  }

  /** Focuses the first field that misses something. */
  @api
  focus() {
    const { fields } = this;
    (fields.find((field) => !field.checkValidity()) ?? fields[0]).focus();
  }

  /** Shows what was refused about a field. @param {'reference' | 'name'} name @param {string} words */
  @api
  showProblem(name, words) {
    const { fields } = this;
    // A merchant from the list was chosen whole.
    const field = fields.find(({ dataset }) => dataset.field === name) ?? fields[0];
    field.setCustomValidity(words);
    field.reportValidity();
  }

  /** Reads the merchants again: a new one was booked. */
  @api
  async refresh() {
    try {
      await refreshApex(this.wiredMerchants);
    } catch (error) {
      this.error = error;
    }
  }

  /** @returns {any[]} base components that validate */
  get fields() {
    return [...this.template.querySelectorAll('[data-field]')];
  }

  get isLoading() {
    return !this.isReady;
  }

  get options() {
    const known = this.merchants.map(({ reference, name }) => ({
      value: reference,
      label: name ? format(OPTION, name, reference) : reference,
    }));
    return [...known, { value: ANOTHER_VALUE, label: ANOTHER }];
  }

  get someHelp() {
    return this.merchants.length >= MOST_LISTED ? format(SOME, this.merchants.length) : undefined;
  }

  get isAnother() {
    return this.choice === ANOTHER_VALUE;
  }

  /** Once the list is there the button is not. */
  async handleRetry() {
    await this.refresh();
    if (!this.error) {
      this.fields[0].focus();
    }
  }

  handleChoice(event) {
    event.target.setCustomValidity('');
    this.choice = event.detail.value;
    this.tell();
  }

  handleTyped(event) {
    event.target.setCustomValidity('');
    this.typed = { ...this.typed, [event.target.dataset.field]: event.detail.value };
    this.tell();
  }

  tell() {
    const known = this.merchants.find(({ reference }) => reference === this.choice);
    // A merchant without a name is booked under its reference, because a booking needs one.
    const merchant = known ? { reference: known.reference, name: known.name || known.reference } : this.typed;
    this.dispatchEvent(new CustomEvent('choose', { detail: { merchant } }));
  }
}
