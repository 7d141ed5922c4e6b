import path from 'node:path';
import type { SaveDeps } from '../save/save-record.ts';
import { loadRecords, readPlan, weeksSinceAnchor } from './load-records.ts';
import { deactivateUsers, loadUsers, readSampleUsers, sampleLoader } from './load-users.ts';

export type SampleSize = 'users' | 'trainers' | 'all';

const TRAINER = 'Onboarding_Trainer__c';
const BOOKING = 'Training_Booking__c';

/** Fills an empty org. Date-times move by whole weeks, so that the data's week is the current one. */
export function loadSample(deps: SaveDeps, orgId: string, folder: string, size: SampleSize): void {
  deps.store.transaction(() => {
    const users = readSampleUsers(path.join(folder, 'users.json'));
    const ids = loadUsers(deps, orgId, users);
    const loader = sampleLoader(users, ids);
    const options = {
      folder,
      weeks: weeksSinceAnchor(folder, deps.now()),
      references: new Map<string, string>(),
      extra: new Map(
        users.flatMap(({ username, trainer }) => {
          const id = ids.get(username);
          return trainer === undefined || id === undefined ? [] : [[trainer, { User__c: id, OwnerId: id }] as const];
        }),
      ),
    };
    const steps = size === 'users' ? [] : readPlan(folder);
    for (const step of steps.filter(({ sobject }) => sobject === TRAINER)) loadRecords(deps, loader, step, options);
    // A user who left owned records while active, and gets no new ones.
    deactivateUsers(deps, users, ids);
    if (size !== 'all') return;
    for (const step of steps.filter(({ sobject }) => sobject !== TRAINER && sobject !== BOOKING)) {
      loadRecords(deps, loader, step, options);
    }
    for (const step of steps.filter(({ sobject }) => sobject === BOOKING)) loadRecords(deps, loader, step, options);
  });
}
