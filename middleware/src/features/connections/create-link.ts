import { AppError } from '../../core/errors.ts';
import type { ProviderId } from '../../core/connection.ts';
import type { FindTrainer, TrainerReference } from '../../core/trainer.ts';
import { issueTicket, type TicketDeps } from './tickets.ts';

export interface CreateLinkDeps extends TicketDeps {
  findTrainer: FindTrainer;
  publicUrl: string;
  returnUrlOrigins: readonly string[];
  isProviderOn: (provider: ProviderId) => boolean;
}

export interface CreateLinkInput {
  provider: ProviderId;
  trainer: TrainerReference;
  purpose: 'now' | 'invite';
  returnUrl: string | undefined;
  /** The server mails it; nobody waits for it. */
  isMailed?: boolean;
}

const LIFE_MS = { now: 10 * 60_000, invite: 7 * 24 * 60 * 60_000 };

/** A one-time link by which one trainer connects one provider. */
export async function createLink(
  deps: CreateLinkDeps,
  input: CreateLinkInput,
): Promise<{ url: string; expiresAt: Date }> {
  if (!deps.isProviderOn(input.provider)) {
    throw new AppError('provider_off', `${input.provider} is not set up on this server.`);
  }
  if (input.returnUrl !== undefined) assertAllowed(deps, input.returnUrl);
  const trainer = await deps.findTrainer(input.trainer);
  if (!trainer.active) throw new AppError('trainer_inactive', `${trainer.name} is not an active trainer.`);
  const { secret, expiresAt } = await issueTicket(
    deps,
    { provider: input.provider, trainerId: trainer.id, returnUrl: input.returnUrl },
    { lifeMs: LIFE_MS[input.purpose], isMailed: input.isMailed ?? false },
  );
  const url = new URL(`${deps.publicUrl}/api/lark/trainer/oauth/authorize`);
  url.searchParams.set('ticket', secret);
  return { url: url.href, expiresAt };
}

function assertAllowed(deps: CreateLinkDeps, returnUrl: string): void {
  const origin = URL.canParse(returnUrl) ? new URL(returnUrl).origin : undefined;
  if (origin === undefined || !deps.returnUrlOrigins.includes(origin)) {
    throw new AppError('return_url_not_allowed', 'returnUrl must lead to one of the origins in RETURN_URL_ORIGINS.');
  }
}
