import { LightningElement, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getMetrics from '@salesforce/apex/ConnectionMonitorController.getMetrics';
import { labels } from './labels';
import { pointsOf } from './rates';

const PERIODS = [7, 30, 90];

/**
 * The targets of the roll-out.
 * @type {readonly { rate: import('./rates').Rate, heading: string, explanation: string, target: number, isLimit?: boolean }[]}
 */
const CHARTS = [
  { rate: 'connection', heading: labels.CONNECTION, explanation: labels.CONNECTION_HELP, target: 0.9 },
  { rate: 'meeting', heading: labels.MEETING, explanation: labels.MEETING_HELP, target: 0.95 },
  { rate: 'refresh', heading: labels.REFRESH, explanation: labels.REFRESH_HELP, target: 1 },
  { rate: 'error', heading: labels.ERROR, explanation: labels.ERROR_HELP, target: 0.05, isLimit: true },
];

/** The rates of the last days, as the middleware counts them every hour. */
export default class ConnectionCharts extends LightningElement {
  labels = labels;

  /** @type {readonly MetricDto[] | undefined} */
  metrics;
  /** @type {unknown} */
  error;
  wired;
  period = 30;

  @wire(getMetrics)
  show(wired) {
    this.wired = wired;
    if (wired.data || wired.error) {
      this.metrics = wired.data ?? this.metrics;
      this.error = wired.error;
    }
  }

  get isLoading() {
    return !this.metrics && !this.error;
  }

  get hasMetrics() {
    return this.metrics?.length > 0;
  }

  get isEmpty() {
    return this.metrics?.length === 0;
  }

  get periods() {
    return PERIODS.map((days) => ({ label: labels[`DAYS_${days}`], value: String(days) }));
  }

  get chosen() {
    return String(this.period);
  }

  get charts() {
    return CHARTS.map((chart) => ({ ...chart, points: pointsOf(this.metrics, chart.rate, this.period) }));
  }

  handlePeriod(event) {
    this.period = Number(event.detail.value);
  }

  async handleRetry() {
    this.error = undefined;
    try {
      await refreshApex(this.wired);
    } catch (error) {
      this.error = error;
    }
  }
}
