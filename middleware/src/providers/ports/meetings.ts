export interface Reservation {
  reserveId: string;
  url: string;
  meetingNumber: string;
}

/** Video meetings that are reserved apart from any calendar event. All failures are `ProviderError`. */
export interface Meetings {
  /** A reservation may not end later than this many milliseconds from now. */
  horizonMs: number;
  /** Has no idempotency key and no list: never repeated after an `unknown-outcome`. */
  reserve(accessToken: string, request: { topic: string; endsAt: Date }): Promise<Reservation>;
  /** Moves the end of the reservation; its link stays. */
  extend(accessToken: string, request: { reserveId: string; topic: string; endsAt: Date }): Promise<void>;
  /** `gone` when it no longer existed. */
  release(accessToken: string, reserveId: string): Promise<'released' | 'gone'>;
}
