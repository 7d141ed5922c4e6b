import { AppError } from '../../core/errors.ts';
import { connectionIdOf, type ConnectionStatus } from '../../core/connection.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { FindTrainer } from '../../core/trainer.ts';
import type { Upkeep } from '../../tokens/port.ts';

export interface RefreshConnectionDeps {
  findTrainer: FindTrainer;
  upkeep: Upkeep;
}

export interface RefreshedConnection {
  connectionId: string;
  status: ConnectionStatus;
  lastRefresh: string | null;
  tokenExpiresAt: string | null;
  refreshExpiresAt: string | null;
  consentExpiresAt: string | null;
  error: string | null;
}

/**
 * Renews one connection now and tells how it stands afterwards. Throws `invalid_input`, `trainer_not_found`, and what
 * keeps a renewal from being tried (`provider_unavailable`, …).
 */
export async function refreshConnection(
  deps: RefreshConnectionDeps,
  input: { connectionId: string },
): Promise<RefreshedConnection> {
  const [, trainerId] = /^lark:([a-zA-Z0-9]{18})$/.exec(input.connectionId) ?? [];
  if (trainerId === undefined || toLongId(trainerId) === undefined) {
    throw new AppError(
      'invalid_input',
      'Please check the address: a connection id is "lark:" and the 18 characters of the trainer\'s id.',
      { details: { fields: [{ field: 'id', problem: 'is not a connection id' }] } },
    );
  }
  const trainer = await deps.findTrainer({ trainerId });
  const connectionId = connectionIdOf('lark', trainer.id);
  const state = await deps.upkeep.renew(connectionId);
  return {
    connectionId,
    status: state.status,
    lastRefresh: inIso(state.lastRefresh),
    tokenExpiresAt: inIso(state.tokenExpiresAt),
    refreshExpiresAt: inIso(state.refreshExpiresAt),
    consentExpiresAt: inIso(state.consentExpiresAt),
    error: state.error ?? null,
  };
}

function inIso(instant: Date | undefined): string | null {
  return instant?.toISOString() ?? null;
}
