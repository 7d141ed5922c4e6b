import { AppError } from '../../core/errors.ts';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { FindTrainer, Trainer, TrainerReference } from '../../core/trainer.ts';
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

/**
 * Makes the lookup of trainers: one Salesforce query for each reference and minute, whatever the number of callers.
 * Failures and misses are not remembered.
 */
export function createFindTrainer(deps: FindTrainerDeps): FindTrainer {
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

  return async (reference, options = {}) => {
    const key = keyOf(reference);
    // A fresh read may not join one that was sent before it was asked for.
    if (options.fresh === true) return read(key, reference);
    const entry = known.get(key);
    if (entry && deps.now().getTime() - entry.readAt < KEPT_MS) return entry.trainer;
    return running.get(key) ?? read(key, reference);
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
  const id = toLongId(reference.trainerId);
  if (id === undefined) {
    throw new AppError('trainer_not_found', `"${reference.trainerId}" is not the id of a Salesforce record.`, {
      details: reference,
    });
  }
  return soql`Id = ${id}`;
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
