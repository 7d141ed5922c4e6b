import { LightningElement, api } from 'lwc';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import disconnect from '@salesforce/apex/TrainerConnectionsController.disconnect';
import startConnect from '@salesforce/apex/TrainerConnectionsController.startConnect';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import DisconnectModal from 'c/disconnectModal';
import { format, leaveFor } from 'c/ldsUtils';
import { explain, lookOf, nameOfProvider } from './describeConnection';
import { describeForecast, nearnessOf } from './describeForecast';
import { labels } from './labels';

/**
 * One connection of a trainer: its state in words, and what can be done about it.
 * @fires changed after the connection was changed here, so that the parent reads it again
 */
export default class ConnectionCard extends LightningElement {
  labels = labels;
  timeZone = TIME_ZONE;

  /** @type {ConnectionDto} */
  @api connection;

  /** @type {string} Salesforce id of the trainer */
  @api trainerId;

  /** @type {string | undefined} who has to sign in at the provider */
  @api trainerName;

  connecting = false;
  disconnecting = false;

  /** @type {{ heading: string, error: unknown, retry: () => void } | undefined} */
  failure;

  /** The button that had the focus is gone: the one that takes its place gets it. */
  focusNext = false;

  /** The browser may bring the page back as it was left, when the person comes back by the Back button. */
  handlePageShow = () => {
    this.connecting = false;
  };

  connectedCallback() {
    window.addEventListener('pageshow', this.handlePageShow);
  }

  disconnectedCallback() {
    window.removeEventListener('pageshow', this.handlePageShow);
  }

  renderedCallback() {
    if (!this.focusNext || this.canDisconnect) {
      return;
    }
    /** @type {HTMLElement | null} */
    const next = this.template.querySelector('[data-action="connect"]');
    if (next) {
      this.focusNext = false;
      next.focus();
    }
  }

  get providerName() {
    return nameOfProvider(this.connection.provider);
  }

  get look() {
    return lookOf(this.connection);
  }

  get explanations() {
    return explain(this.connection, this.trainerName);
  }

  get isConnected() {
    return this.connection.status === 'Connected' && !this.connection.providerOff;
  }

  get isBusy() {
    return this.connecting || this.disconnecting;
  }

  get canConnect() {
    return !this.connection.providerOff && (!this.isConnected || this.isEnding);
  }

  get canDisconnect() {
    return ['Connected', 'Needs Reconnect'].includes(this.connection.status);
  }

  get connectLabel() {
    if (this.isEnding) {
      return labels.AGAIN;
    }
    const isFirst = this.connection.status === 'Not Connected';
    return format(isFirst ? labels.CONNECT : labels.RECONNECT, this.providerName);
  }

  get disconnectLabel() {
    return format(labels.DISCONNECT, this.providerName);
  }

  get connectingText() {
    return format(labels.CONNECTING, this.providerName);
  }

  /** What ends when; undefined when nothing does. */
  get forecast() {
    return describeForecast(this.connection, this.providerName);
  }

  /** The access ends soon or has ended: then connecting again is what the person should do now. */
  get isEnding() {
    return ['soon', 'over'].includes(nearnessOf(this.connection));
  }

  async handleConnect() {
    this.failure = undefined;
    this.connecting = true;
    try {
      const url = await startConnect({
        trainerId: this.trainerId,
        provider: this.connection.provider,
        returnUrl: window.location.origin + window.location.pathname,
      });
      leaveFor(url);
    } catch (error) {
      this.connecting = false;
      this.fail(labels.CONNECT_FAILED, error, () => this.handleConnect());
    }
  }

  async handleDisconnect() {
    this.failure = undefined;
    try {
      const decision = await DisconnectModal.open({
        label: format(labels.DISCONNECT_TITLE, this.providerName),
        size: 'small',
        providerName: this.providerName,
        account: this.connection.account,
      });
      if (decision === 'disconnect') {
        await this.disconnectAccount();
      }
    } catch (error) {
      this.fail(labels.DISCONNECT_FAILED, error, () => this.handleDisconnect());
    }
  }

  async disconnectAccount() {
    this.failure = undefined;
    this.disconnecting = true;
    try {
      await disconnect({ trainerId: this.trainerId, provider: this.connection.provider });
      this.focusNext = true;
      this.dispatchEvent(
        new ShowToastEvent({ title: format(labels.DISCONNECTED, this.providerName), variant: 'success' }),
      );
      this.dispatchEvent(new CustomEvent('changed'));
    } catch (error) {
      this.fail(labels.DISCONNECT_FAILED, error, () => this.disconnectAccount());
    } finally {
      this.disconnecting = false;
    }
  }

  handleRetry() {
    this.failure.retry();
  }

  /**
   * @param {string} heading with {0} for the provider
   * @param {unknown} error
   * @param {() => void} retry
   */
  fail(heading, error, retry) {
    this.failure = { heading: format(heading, this.providerName), error, retry };
  }
}
