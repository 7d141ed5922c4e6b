import { connectionIdOf, type ProviderId } from '../../core/connection.ts';
import type { FindTrainer, TrainerReference } from '../../core/trainer.ts';
import type { ConnectionLifecycle } from '../../tokens/port.ts';

export interface DisconnectAccountDeps {
  findTrainer: FindTrainer;
  lifecycle: ConnectionLifecycle;
}

/**
 * Forgets a trainer's tokens, here and in Salesforce. Lark has no call to revoke them; they die unused. Doing it twice is
 * no error.
 */
export async function disconnectAccount(
  deps: DisconnectAccountDeps,
  input: { provider: ProviderId; trainer: TrainerReference },
): Promise<void> {
  const trainer = await deps.findTrainer(input.trainer);
  await deps.lifecycle.disconnect(connectionIdOf(input.provider, trainer.id));
}
