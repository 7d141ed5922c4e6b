import { connectionIdOf, type ConnectionId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { EventReader, SeenEvent } from '../../providers/ports/event-reader.ts';
import type { ConnectionLifecycle, Tokens } from '../../tokens/port.ts';

export interface ListCalendarDeps {
  now: Now;
  tokens: Pick<Tokens, 'withAccessToken'>;
  connections: Pick<ConnectionLifecycle, 'stateOf'>;
  lark: { events: EventReader };
}

/** What one connected trainer's calendars show of ours. */
export interface ListedCalendar {
  trainer: Trainer;
  connectionId: ConnectionId;
  /** The provider's id of the trainer. */
  subjectId: string | undefined;
  events: readonly SeenEvent[];
}

const DAY_MS = 24 * 3_600_000;
const BACK_MS = 7 * DAY_MS;
const AHEAD_MS = 400 * DAY_MS;
/** An event is shown no longer after it was first seen. */
export const SHOWN_FOR_MS = BACK_MS + AHEAD_MS;

/**
 * In the main calendar and the one that the trainer's settings name, each event once.
 * Throws `ProviderError`, `AppError` and `SalesforceError` when a calendar or the token cannot be read.
 */
export async function listCalendar(deps: ListCalendarDeps, trainer: Trainer): Promise<ListedCalendar> {
  const connectionId = connectionIdOf('lark', trainer.id);
  const { subjectId } = await deps.connections.stateOf(connectionId);
  const now = deps.now().getTime();
  const found = new Map<string, SeenEvent>();
  for (const calendarId of new Set([undefined, trainer.lark.settings?.calendarId])) {
    const events = await deps.tokens.withAccessToken(connectionId, (token) =>
      deps.lark.events.listMarked(token, {
        calendarId,
        from: new Date(now - BACK_MS),
        to: new Date(now + AHEAD_MS),
      }),
    );
    for (const event of events) found.set(event.eventId, event);
  }
  return { trainer, connectionId, subjectId, events: [...found.values()] };
}
