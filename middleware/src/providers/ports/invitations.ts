import type { CalendarEvent } from './calendar.ts';

/** Events on the app's own calendar to which a person is invited. All failures are `ProviderError`. */
export interface Invitations {
  /**
   * Repeatable: the same key answers with the same event, and a person is invited once. Without a subject the event is
   * made and nobody is told: to learn the id of one that may exist.
   * @param request.idempotencyKey 32 to 128 characters
   */
  invite(request: {
    idempotencyKey: string;
    subjectId: string | undefined;
    event: CalendarEvent;
  }): Promise<{ eventId: string; calendarId: string }>;
  /** The person is told of the change. */
  change(request: { calendarId: string; eventId: string; event: CalendarEvent }): Promise<void>;
  /** `gone` when it no longer existed. */
  withdraw(request: { calendarId: string; eventId: string; notify: boolean }): Promise<'deleted' | 'gone'>;
}
