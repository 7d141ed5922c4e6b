import path from 'node:path';
import type { SaveDeps } from '../save/save-record.ts';
import { loadRecords, readPlan, weeksSinceAnchor } from './load-records.ts';
import { deactivateUsers, loadUsers, readSampleUsers, sampleLoader, type SampleUser } from './load-users.ts';

export type SampleSize = 'administrator' | 'users' | 'trainers' | 'all';

/** Whom an org has before anything is deployed to it. */
export const ADMINISTRATOR: SampleUser = {
  username: 'setup@trainer-connect.example',
  name: 'Robin Setup',
  email: 'robin.setup@example.com',
  alias: 'rsetup',
  timeZone: 'UTC',
  language: 'en_US',
  isActive: true,
  profile: 'System Administrator',
  permissionSets: [],
  groups: [],
};

const TRAINER = 'Onboarding_Trainer__c';
const BOOKING = 'Training_Booking__c';

/** Fills an empty org. Date-times move by whole weeks, so that the data's week is the current one. */
export function loadSample(deps: SaveDeps, orgId: string, folder: string, size: SampleSize): void {
  deps.store.transaction(() => {
    if (size === 'administrator') {
      loadUsers(deps, orgId, [ADMINISTRATOR]);
      return;
    }
    // Every org has somebody who may deploy to it.
    const users = [...readSampleUsers(path.join(folder, 'users.json')), ADMINISTRATOR];
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
