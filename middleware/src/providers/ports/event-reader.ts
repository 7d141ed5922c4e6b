/** What an event says of itself for machines: written by us, kept by people who change or copy the event. */
export interface EventMark {
  bookingId: string;
  /** When the event took place when the mark was written. */
  start: Date;
  end: Date;
}

/** An event as the calendar shows it now. */
export interface SeenEvent {
  eventId: string;
  calendarId: string;
  start: Date;
  end: Date;
  /** As the calendar names it; absent for whole days. */
  timeZone: string | undefined;
  /** The link that the event offers for joining. */
  meetingUrl: string | undefined;
  createdAt: Date | undefined;
  /** The provider's id of the person whose event it is; absent: nobody's, or not told. */
  organizerId: string | undefined;
  /** Only of events that this installation has made. */
  mark: EventMark | undefined;
}

/** Events in the calendar of the person whose token is given. All failures are `ProviderError`. */
export interface EventReader {
  /** `gone` when it was deleted or never existed. */
  readEvent(accessToken: string, place: { calendarId: string; eventId: string }): Promise<SeenEvent | 'gone'>;
  /**
   * The events with a mark of this installation that end after `from` and start before `to`; all of them or an error,
   * never a part. The calendar is read page by page and nothing else of it is kept.
   * @param request.calendarId absent: the main calendar
   */
  listMarked(
    accessToken: string,
    request: { calendarId?: string | undefined; from: Date; to: Date },
  ): Promise<SeenEvent[]>;
}
