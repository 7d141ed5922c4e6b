import type { ProviderId } from '../../core/connection.ts';
import { connectionIdOf } from '../../core/connection.ts';
import type { FindTrainer, TrainerReference } from '../../core/trainer.ts';
import type { Database } from '../../storage/database.ts';
import type { ConnectionLifecycle, ConnectionState } from '../../tokens/port.ts';

export interface ConnectionStatusDeps {
  db: Database;
  findTrainer: FindTrainer;
  lifecycle: ConnectionLifecycle;
  isProviderOn: (provider: ProviderId) => boolean;
  /** When the connection ends, and why, in words; null: nobody knows, or it is not connected. */
  forecastOf: (connection: { provider: ProviderId; state: ConnectionState; timeZone: string }) => Forecast | null;
}

export interface Forecast {
  endsAt: Date;
  reason: string;
  text: string;
}

/** What a trainer's card and the portal show of one connection. Never a token. */
export async function connectionStatus(
  deps: ConnectionStatusDeps,
  input: { provider: ProviderId; trainer: TrainerReference },
) {
  const trainer = await deps.findTrainer(input.trainer);
  const connectionId = connectionIdOf(input.provider, trainer.id);
  const [state, held] = await Promise.all([
    deps.lifecycle.stateOf(connectionId),
    deps.db
      .selectFrom('held_identity')
      .select(['account_label', 'allowed_at'])
      .where('connection_id', '=', connectionId)
      .orderBy('held_at', 'desc')
      .executeTakeFirst(),
  ]);
  return {
    connected: state.status === 'Connected',
    status: state.status,
    account: state.accountEmail ?? null,
    heldAccount: held?.allowed_at === null ? held.account_label : null,
    providerOff: !deps.isProviderOn(input.provider),
    connectedAt: state.connectedAt ?? null,
    lastRefresh: state.lastRefresh ?? null,
    tokenExpiresAt: state.tokenExpiresAt ?? null,
    refreshExpiresAt: state.refreshExpiresAt ?? null,
    consentExpiresAt: state.consentExpiresAt ?? null,
    forecast: deps.forecastOf({ provider: input.provider, state, timeZone: trainer.timeZone }),
    scopes: state.scopes,
    error: state.error ?? null,
  };
}
