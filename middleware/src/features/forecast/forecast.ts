import type { ProviderId } from '../../core/connection.ts';
import type { ConnectionState } from '../../tokens/port.ts';
import { endOfAccess, type EndReason } from './end-of-access.ts';
import { forecastSentence } from './remind-text.ts';

/** What is shown of a connection's end. */
export interface Forecast {
  endsAt: Date;
  reason: EndReason;
  /** One sentence in English, with the day in the trainer's zone. */
  text: string;
}

/** The end of a connection in words; null: not connected, or no end is known. */
export function forecastOf(
  input: { provider: ProviderId; state: ConnectionState; timeZone: string },
  now: Date,
): Forecast | null {
  const end = endOfAccess({ provider: input.provider, ...input.state }, now);
  return end ? { ...end, text: forecastSentence(input.provider, end, input.timeZone, now) } : null;
}
