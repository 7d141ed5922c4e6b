import { connectionIdOf, type ProviderId } from '../../core/connection.ts';
import { AppError } from '../../core/errors.ts';
import { ProviderError } from '../../core/provider-error.ts';
import { isTimeZone } from '../../core/zoned-time.ts';
import type { BusySource, CalendarKind, FreeBusy } from '../../providers/ports/free-busy.ts';
import type { ConnectionLifecycle, Tokens } from '../../tokens/port.ts';

export interface ConnectedCalendarDeps {
  provider: ProviderId;
  /** Absent: the provider has no credentials on this server. */
  freeBusy: FreeBusy | undefined;
  tokens: Pick<Tokens, 'withAccessToken'>;
  /** Says who has connected, always from the database. */
  connections: Pick<ConnectionLifecycle, 'stateOf'>;
}

export const providerNames: Readonly<Record<ProviderId, string>> = {
  lark: 'Lark',
  google: 'Google',
  outlook: 'Outlook',
  calendly: 'Calendly',
};

/**
 * Calendars that are read with the token of the trainer's connection: the main one, and the one that the trainer's
 * settings name for trainings. A connection that needs help is still one.
 */
export function connectedCalendar(deps: ConnectedCalendarDeps): CalendarKind {
  const { provider, freeBusy } = deps;
  return {
    provider,
    sourceOf: async (trainer): Promise<BusySource | undefined> => {
      const connectionId = connectionIdOf(provider, trainer.id);
      const state = await deps.connections.stateOf(connectionId);
      if (state.status === 'Not Connected') return undefined;
      const calendarId = provider === 'lark' ? trainer.lark.settings?.calendarId : undefined;
      const timeZone = isTimeZone(trainer.timeZone) ? trainer.timeZone : 'UTC';
      const other = calendarId === undefined ? undefined : { calendarId, timeZone };
      return {
        provider,
        connectionId,
        account: [
          state.status,
          state.subjectId,
          state.connectedAt?.toISOString(),
          other?.calendarId,
          other?.timeZone,
        ].join(' '),
        read: async ({ start, end }) => {
          if (!freeBusy) throw new AppError('provider_off', `${providerNames[provider]} is not set up on this server.`);
          return deps.tokens.withAccessToken(connectionId, (token) => {
            const { subjectId } = state;
            if (subjectId === undefined) throw unknownPerson(provider);
            return freeBusy.busy(token, { subjectId, from: start, to: end, ...(other && { other }) });
          });
        },
      };
    },
  };
}

function unknownPerson(provider: ProviderId): ProviderError {
  const name = providerNames[provider];
  return new ProviderError(provider, 'refused', `Who the trainer is at ${name} is not known: they must connect again.`);
}
