export interface CalendarEvent {
  title: string;
  description: string;
  start: Date;
  end: Date;
  /** IANA name, always sent. */
  timeZone: string;
  /** `own`: the calendar makes a meeting for the event; `link`: this link is shown; `none`: explicitly no meeting. */
  meeting: { kind: 'own' } | { kind: 'link'; url: string } | { kind: 'none' };
  /** Onsite trainings only. */
  location: string | undefined;
  /** The booking it stands for: the event carries a mark by which it is known again. */
  bookingId?: string | undefined;
}

export interface CreatedEvent {
  eventId: string;
  calendarId: string;
  /** The link people join by, when the event shows one. */
  meetingUrl: string | undefined;
}

/** Events on the calendar of the person whose token is given. All failures are `ProviderError`. */
export interface Calendar {
  /** Repeatable: the same key answers with the same event. 32 to 128 characters. */
  createEvent(
    accessToken: string,
    request: {
      idempotencyKey: string;
      event: CalendarEvent;
      /** Another calendar of the person than the main one. */
      calendarId?: string | undefined;
    },
  ): Promise<CreatedEvent>;
  /** Start and end are always sent together; the meeting of an `own` event is left as it is. */
  updateEvent(
    accessToken: string,
    request: { calendarId: string; eventId: string; event: CalendarEvent },
  ): Promise<void>;
  /** `gone` when it no longer existed. */
  deleteEvent(accessToken: string, request: { calendarId: string; eventId: string }): Promise<'deleted' | 'gone'>;
}
