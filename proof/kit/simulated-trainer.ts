import assert from 'node:assert/strict';
import type { SeededTrainer } from '../../middleware/test/kit/seed-trainers.ts';
import { until, type World } from '../../middleware/test/kit/world.ts';

const DAY_MS = 86_400_000;
export const CONSENT_MS = 365 * DAY_MS;
/** How many days ahead of its end a trainer is told. */
const STAGES = [14, 7, 3, 1];

/** A trainer and what they did themselves: only that may end their connection. */
export interface SimulatedTrainer extends SeededTrainer {
  /** Nobody uses their token. */
  idle: boolean;
  consentEndsAt: Date;
  /** Connects again when this mail comes; undefined: lets the consent end. */
  heeds: number | undefined;
  /** Since when the owner does not want the connection, and how. */
  ended: { how: 'revoked' | 'disconnected' | 'consent'; at: Date } | undefined;
}

export async function connectAgain(world: World, trainer: SimulatedTrainer): Promise<void> {
  const { status, html } = await world.connect(trainer.Email__c);
  assert.equal(status, 200, html);
  trainer.consentEndsAt = new Date(world.clock.now().getTime() + CONSENT_MS);
  trainer.ended = undefined;
}

export async function disconnect(world: World, trainer: SimulatedTrainer): Promise<void> {
  const route = `/api/lark/trainer/oauth/disconnect?email=${encodeURIComponent(trainer.Email__c)}`;
  assert.equal((await world.call('DELETE', route)).status, 200);
  trainer.ended = { how: 'disconnected', at: world.clock.now() };
}

export function revoke(world: World, trainer: SimulatedTrainer): void {
  world.standins.lark.revoke(trainer.openId);
  trainer.ended = { how: 'revoked', at: world.clock.now() };
}

/**
 * The end of a consent comes closer: whoever passed a stage within this hour must have their mail, and some heed it.
 * @returns how many mails were due
 */
export async function expectAnnouncements(
  world: World,
  trainers: readonly SimulatedTrainer[],
  hourAgo: Date,
): Promise<number> {
  const now = world.clock.now();
  for (const trainer of trainers) {
    if (trainer.consentEndsAt <= now) trainer.ended ??= { how: 'consent', at: trainer.consentEndsAt };
  }
  const due = trainers
    .filter(({ ended }) => !ended)
    .map((trainer) => ({ trainer, stage: stagePassed(trainer, hourAgo, now) }))
    .filter(({ stage }) => stage !== undefined);
  for (const { trainer, stage } of due) {
    await until(
      () => wasMailed(world, trainer, hourAgo),
      `the mail ${stage} days ahead to ${trainer.Name}, whose consent ends at ${trainer.consentEndsAt.toISOString()}`,
    );
    if (trainer.heeds === stage) await connectAgain(world, trainer);
  }
  return due.length;
}

function stagePassed({ consentEndsAt }: SimulatedTrainer, since: Date, now: Date): number | undefined {
  return STAGES.find((days) => {
    const passedAt = consentEndsAt.getTime() - days * DAY_MS;
    return passedAt > since.getTime() && passedAt <= now.getTime();
  });
}

function wasMailed(world: World, { Email__c, Name }: SimulatedTrainer, since: Date): boolean {
  return world.standins.salesforce.outbox.mails().some(
    ({ to, body, sentAt }) =>
      to.includes(Email__c) &&
      new Date(sentAt) >= since &&
      body.includes(Name) &&
      // Our own text, or the one of the org's template.
      /ask for your consent again|works today and ends on/.test(body),
  );
}
