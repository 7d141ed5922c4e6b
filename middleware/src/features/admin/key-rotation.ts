import { AppError } from '../../core/errors.ts';
import type { KeyRotation, KeyRotationStatus } from '../../tokens/port.ts';

export interface ChangeKeyRotationDeps {
  keyRotation: KeyRotation;
}

export const keyRotationActions = ['start', 'pause', 'resume'] as const;
export type KeyRotationAction = (typeof keyRotationActions)[number];

/** Starts, pauses or resumes the rotation of the encryption key. Throws `key_rotation_not_open`. */
export async function changeKeyRotation(
  deps: ChangeKeyRotationDeps,
  input: { action: KeyRotationAction; startedBy: string },
): Promise<PresentedKeyRotation> {
  if (input.action === 'start') await deps.keyRotation.start(input.startedBy);
  else if (!(await deps.keyRotation[input.action]())) {
    throw new AppError(
      'key_rotation_not_open',
      `There is no key rotation to ${input.action}: none is under way. Start one with the action "start".`,
    );
  }
  return showKeyRotation(deps);
}

/** How the present rotation, or else the last one, stands; null where there is nothing to say. */
export async function showKeyRotation(deps: ChangeKeyRotationDeps): Promise<PresentedKeyRotation> {
  const status = await deps.keyRotation.status();
  return {
    ...status,
    phase: status.phase ?? null,
    note: status.note ?? null,
    startedAt: status.startedAt ?? null,
    finishedAt: status.finishedAt ?? null,
    countedAt: status.countedAt ?? null,
  };
}

type Maybe = 'phase' | 'note' | 'startedAt' | 'finishedAt' | 'countedAt';
export type PresentedKeyRotation = Omit<KeyRotationStatus, Maybe> & {
  [Name in Maybe]: Exclude<KeyRotationStatus[Name], undefined> | null;
};
