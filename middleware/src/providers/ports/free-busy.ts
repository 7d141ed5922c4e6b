import type { ConnectionId, ProviderId } from '../../core/connection.ts';
import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';

/** What a provider can tell about anybody's time, given a token. */
export interface FreeBusy {
  /**
   * When the person is busy between `from` and `to`. Throws `ProviderError`; never answers "free" instead of failing.
   * @param request.other another calendar of theirs that counts like the main one; its whole days are days in the zone
   */
  busy(
    accessToken: string,
    request: { subjectId: string; from: Date; to: Date; other?: { calendarId: string; timeZone: string } | undefined },
  ): Promise<Interval[]>;
}

/** One calendar that a trainer has connected. */
export interface BusySource {
  provider: ProviderId;
  connectionId: ConnectionId;
  /** Changes when an account is connected anew, or another calendar counts: what was said before does not. */
  account: string;
  /**
   * When the trainer is busy, as this calendar knows it. Throws for everything that keeps it from knowing; `AppError`
   * `not_connected` when the calendar was disconnected meanwhile.
   */
  read(interval: Interval): Promise<Interval[]>;
}

/** A kind of calendar that trainers may connect. */
export interface CalendarKind {
  provider: ProviderId;
  /** The trainer's calendar of this kind, also one that cannot be read just now; undefined: none is connected. Throws. */
  sourceOf(trainer: Pick<Trainer, 'id' | 'timeZone' | 'lark'>): Promise<BusySource | undefined>;
}
