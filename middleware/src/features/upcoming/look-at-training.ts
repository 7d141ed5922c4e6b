import { AppError } from '../../core/errors.ts';
import { ProviderError } from '../../core/provider-error.ts';
import type { EventReader } from '../../providers/ports/event-reader.ts';
import type { Meetings } from '../../providers/ports/meetings.ts';
import type { Tokens } from '../../tokens/port.ts';
import type { ExpectedTraining, SeenTraining } from './expected-training.ts';

export interface LookAtTrainingDeps {
  tokens: Pick<Tokens, 'accessTokenFor' | 'withAccessToken'>;
  events: EventReader;
  meetings: Pick<Meetings, 'extend'>;
}

/** What keeps us from knowing. */
export interface Trouble {
  /** `connect`: only the trainer can mend it. `passing`: it may be better in a while. */
  kind: 'connect' | 'passing' | 'other';
  /** For people. */
  reason: string;
}

/** Asks the provider, by the trainer's own token, what there is of a training. What is none of its failures is thrown. */
export async function lookAtTraining(
  deps: LookAtTrainingDeps,
  expected: ExpectedTraining,
): Promise<SeenTraining | { trouble: Trouble }> {
  const { connectionId, event, reservation } = expected;
  try {
    await deps.tokens.accessTokenFor(connectionId);
    return {
      event: event && (await deps.tokens.withAccessToken(connectionId, (token) => deps.events.readEvent(token, event))),
      reservation:
        reservation && (await deps.tokens.withAccessToken(connectionId, (token) => ask(deps, token, reservation))),
    };
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/**
 * Whether a reservation still exists. Reading one takes a permission that trainers are not asked for; writing the end it
 * should have anyway takes none more, sets a wrong end right, and tells the same.
 */
async function ask(
  { meetings }: Pick<LookAtTrainingDeps, 'meetings'>,
  token: string,
  reservation: NonNullable<ExpectedTraining['reservation']>,
): Promise<'there' | 'gone'> {
  try {
    await meetings.extend(token, reservation);
    return 'there';
  } catch (error) {
    if (error instanceof ProviderError && error.failure === 'not-found') return 'gone';
    throw error;
  }
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof ProviderError) {
    const needsConsent = ['token-invalid', 'scope-missing', 'grant-dead', 'grant-consumed'].includes(error.failure);
    return { kind: needsConsent ? 'connect' : error.retryable ? 'passing' : 'other', reason: error.message };
  }
  if (error instanceof AppError && error.code !== 'internal') {
    const needsConsent = error.code === 'not_connected' || error.code === 'needs_reconnect';
    return { kind: needsConsent ? 'connect' : error.retryable ? 'passing' : 'other', reason: error.message };
  }
  throw error;
}
