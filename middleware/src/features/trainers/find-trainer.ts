import { AppError } from '../../core/errors.ts';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { FindTrainer, FindTrainers, Trainer, TrainerReference } from '../../core/trainer.ts';
import { soql, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';
import { toTrainer, trainersWhere } from './trainer-row.ts';

export interface FindTrainerDeps {
  records: Pick<SalesforceRecords, 'query'>;
  now: Now;
}

interface Known {
  trainer: Trainer;
  /** Milliseconds of the clock when the read was sent. */
  readAt: number;
  order: number;
}

/** Longest time that a change made in Salesforce may go unnoticed here (design, section 8). */
const KEPT_MS = 60_000;
/** More references than this are not remembered: an attacker's guesses must not fill the memory. */
const KEPT_REFERENCES = 5_000;

/** The lookup of one trainer alone. */
export function createFindTrainer(deps: FindTrainerDeps): FindTrainer {
  return createTrainerLookup(deps).findTrainer;
}

/**
 * Makes the lookup of trainers: one Salesforce query for each reference and minute, whatever the number of callers, and
 * one for all of several ids. Failures and misses are not remembered.
 */
export function createTrainerLookup(deps: FindTrainerDeps): { findTrainer: FindTrainer; findTrainers: FindTrainers } {
  const known = new Map<string, Known>();
  const running = new Map<string, Promise<Trainer>>();
  let reads = 0;

  function remember(key: string, entry: Known): void {
    for (const name of new Set([key, keyOf({ trainerId: entry.trainer.id })])) {
      // A slow read must not replace what a later one has found.
      if ((known.get(name)?.order ?? 0) > entry.order) continue;
      known.delete(name);
      known.set(name, entry);
    }
    for (const oldest of known.keys()) {
      if (known.size <= KEPT_REFERENCES) break;
      known.delete(oldest);
    }
  }

  function read(key: string, reference: TrainerReference): Promise<Trainer> {
    const sent = { order: ++reads, readAt: deps.now().getTime() };
    const request = readTrainer(deps, reference)
      .then((trainer) => {
        remember(key, { trainer, ...sent });
        return trainer;
      })
      .finally(() => {
        if (running.get(key) === request) running.delete(key);
      });
    running.set(key, request);
    return request;
  }

  function recall(key: string): Trainer | undefined {
    const entry = known.get(key);
    return entry && deps.now().getTime() - entry.readAt < KEPT_MS ? entry.trainer : undefined;
  }

  return {
    findTrainer: async (reference, options = {}) => {
      const key = keyOf(reference);
      // A fresh read may not join one that was sent before it was asked for.
      if (options.fresh === true) return read(key, reference);
      return recall(key) ?? running.get(key) ?? read(key, reference);
    },
    findTrainers: async (trainerIds) => {
      const ids = [...new Set(trainerIds.map(longIdOf))];
      const found = new Map(ids.map((id) => [id, recall(keyOf({ trainerId: id }))]));
      const unknown = ids.filter((id) => found.get(id) === undefined);
      const sent = { order: ++reads, readAt: deps.now().getTime() };
      const rows = unknown.length === 0 ? [] : await deps.records.query(trainersWhere(soql`Id IN ${unknown}`));
      for (const trainer of rows.map(toTrainer)) {
        remember(keyOf({ trainerId: trainer.id }), { trainer, ...sent });
        found.set(trainer.id, trainer);
      }
      const missing = ids.filter((id) => found.get(id) === undefined);
      if (missing.length > 0) {
        const text = `There is no trainer with the id ${missing.join(', ')}.`;
        throw new AppError('trainer_not_found', text, { details: { trainerIds: missing } });
      }
      return ids.flatMap((id) => found.get(id) ?? []);
    },
  };
}

async function readTrainer(deps: FindTrainerDeps, reference: TrainerReference): Promise<Trainer> {
  const rows = await deps.records.query(trainersWhere(conditionOf(reference)));
  const [row, other] = rows;
  if (!row) {
    throw new AppError('trainer_not_found', `There is no trainer with ${inWords(reference)}.`, { details: reference });
  }
  if (other) {
    throw new AppError(
      'ambiguous_trainer',
      `${rows.length} trainers have ${inWords(reference)}. Ask by trainerId, or correct the records in Salesforce.`,
      { details: { ...reference, trainerIds: rows.map(({ Id }) => String(Id)) } },
    );
  }
  return toTrainer(row);
}

function conditionOf(reference: TrainerReference): Soql {
  // SOQL compares text without regard to case.
  if ('email' in reference) return soql`Email__c = ${reference.email.trim()}`;
  if ('name' in reference) return soql`Name = ${reference.name.trim()}`;
  return soql`Id = ${longIdOf(reference.trainerId)}`;
}

function longIdOf(trainerId: string): string {
  const id = toLongId(trainerId);
  if (id !== undefined) return id;
  throw new AppError('trainer_not_found', `"${trainerId}" is not the id of a Salesforce record.`, {
    details: { trainerId },
  });
}

function keyOf(reference: TrainerReference): string {
  if ('email' in reference) return `email:${reference.email.trim().toLowerCase()}`;
  if ('name' in reference) return `name:${reference.name.trim().toLowerCase()}`;
  return `id:${toLongId(reference.trainerId) ?? reference.trainerId}`;
}

function inWords(reference: TrainerReference): string {
  if ('email' in reference) return `the e-mail address ${reference.email}`;
  if ('name' in reference) return `the name "${reference.name}"`;
  return `the id ${reference.trainerId}`;
}
