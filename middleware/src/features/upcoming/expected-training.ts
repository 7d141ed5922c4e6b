import type { ConnectionId } from '../../core/connection.ts';

/** What a booking says and what is known to exist for it. */
export interface ExpectedTraining {
  bookingId: string;
  name: string;
  trainerId: string;
  trainerName: string;
  revision: number;
  connectionId: ConnectionId;
  start: Date;
  end: Date;
  timeZone: string;
  /** Confirmed and not over. */
  isDue: boolean;
  /** Another booking has the time. */
  isConflict: boolean;
  /** The last pass did all that the training itself needs. */
  isInStep: boolean;
  syncError: string | undefined;
  /** As Salesforce shows it. */
  link: string | undefined;
  /** A person typed it. */
  isTyped: boolean;
  needsLink: boolean;
  /** What the trainer's settings let us do in their calendar. */
  calendar: { mayCreate: boolean; mayUpdate: boolean };
  event:
    { key: string; calendarId: string; eventId: string; ownMeeting: boolean; link: string | undefined } | undefined;
  /** `endsAt`: how long it has to live. */
  reservation: { key: string; reserveId: string; link: string | undefined; topic: string; endsAt: Date } | undefined;
}

/** What the provider shows of it. `undefined`: nothing was to be looked at. */
export interface SeenTraining {
  event: { start: Date; end: Date; timeZone: string | undefined; meetingUrl: string | undefined } | 'gone' | undefined;
  reservation: 'there' | 'gone' | undefined;
}

/** See `Correction` of the ledger: what was known and is not so. */
export interface SeenDifference {
  key: string;
  externalId: string;
  as: 'gone' | 'changed' | 'meeting-gone';
  withLink?: boolean;
}
