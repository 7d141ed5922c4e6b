const DAY_MS = 24 * 60 * 60 * 1000;

/** @typedef {'connection' | 'meeting' | 'refresh' | 'error'} Rate */

/**
 * What is divided by what.
 * @type {Record<Rate, (metric: Record<string, number>) => number[]>}
 */
const RATES = {
  connection: ({ connected, trainers }) => [connected, trainers],
  meeting: ({ meetingsMade, meetingsWanted }) => [meetingsMade, meetingsWanted],
  refresh: ({ exchangesOk, exchangesFailed }) => [exchangesOk, exchangesOk + exchangesFailed],
  error: ({ errors, bookings, exchangesOk, exchangesFailed }) => [errors, bookings + exchangesOk + exchangesFailed],
};

/**
 * A rate for each day of a period that ends with the newest day counted. Providers are counted together: a rate of
 * rates would make a provider with two trainers as important as one with two hundred.
 * @param {readonly MetricDto[]} metrics in the order of their days, not empty
 * @param {Rate} rate
 * @param {number} days
 * @returns {{ day: string, rate: number | null }[]} null for days on which nothing was counted
 */
export function pointsOf(metrics, rate, days) {
  const until = Date.parse(metrics.at(-1).day);
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(until - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    const [part, whole] = metrics
      .filter((metric) => metric.day === day)
      .map((metric) => RATES[rate](withoutBlanks(metric)))
      .reduce(([parts, wholes], [one, other]) => [parts + one, wholes + other], [0, 0]);
    return { day, rate: whole > 0 ? part / whole : null };
  });
}

/**
 * A count that was never written is none.
 * @returns {Record<string, number>}
 */
function withoutBlanks(metric) {
  return Object.fromEntries(Object.entries(metric).map(([name, value]) => [name, value ?? 0]));
}
