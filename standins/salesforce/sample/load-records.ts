import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DateTime } from 'luxon';
import type { Actor } from '../access/actor.ts';
import { SalesforceError } from '../errors.ts';
import { readPayload } from '../save/read-payload.ts';
import { createRecord, type SaveDeps } from '../save/save-record.ts';
import { findField, objectOf } from '../schema/types.ts';

/** One step of the plan of `sf data import tree`. */
export interface PlanStep {
  sobject: string;
  files: string[];
}

interface TreeFile {
  records: ({ attributes: { type: string; referenceId: string } } & Record<string, unknown>)[];
}

export function readPlan(folder: string): PlanStep[] {
  return JSON.parse(readFileSync(path.join(folder, 'sample-data-plan.json'), 'utf8')) as PlanStep[];
}

/** Whole weeks between the week for which the data were written and the current one; a weekend belongs to the week ahead. */
export function weeksSinceAnchor(folder: string, now: Date): number {
  const { anchor } = JSON.parse(readFileSync(path.join(folder, 'anchor.json'), 'utf8')) as { anchor: string };
  const monday = (instant: DateTime) => instant.startOf('week');
  const from = monday(DateTime.fromISO(anchor, { zone: 'utc' }));
  return Math.round(monday(DateTime.fromJSDate(now, { zone: 'utc' }).plus({ days: 2 })).diff(from, 'weeks').weeks);
}

/**
 * Creates the records of one step through the usual save path.
 * @param references ids by reference id, of this step and those before; `"@Ref"` in a lookup names one
 * @param extra further fields by reference id
 */
export function loadRecords(
  deps: SaveDeps,
  actor: Actor,
  step: PlanStep,
  options: {
    folder: string;
    weeks: number;
    references: Map<string, string>;
    extra?: ReadonlyMap<string, Record<string, string>>;
  },
): void {
  const object = objectOf(deps.schema, step.sobject);
  for (const file of step.files) {
    const { records } = JSON.parse(readFileSync(path.join(options.folder, file), 'utf8')) as TreeFile;
    for (const { attributes, ...fields } of records) {
      const json: Record<string, unknown> = { ...options.extra?.get(attributes.referenceId) };
      for (const [name, value] of Object.entries(fields)) {
        const field = findField(object, name);
        if (typeof value !== 'string') json[name] = value;
        else if (field?.reference && value.startsWith('@')) json[name] = options.references.get(value.slice(1));
        else if (field?.type === 'datetime') json[name] = shifted(value, options.weeks);
        else json[name] = value;
      }
      try {
        const id = createRecord(deps, actor, object, readPayload(deps.schema, actor, object, json));
        options.references.set(attributes.referenceId, id);
      } catch (error) {
        if (!(error instanceof SalesforceError)) throw error;
        throw new Error(`${file}, ${attributes.referenceId}: ${error.errorCode} ${error.message}`, { cause: error });
      }
    }
  }
}

/** The same time of the week, so many weeks later. */
export function shifted(instant: string, weeks: number): string {
  return DateTime.fromISO(instant, { zone: 'utc' }).plus({ weeks }).toISO() ?? instant;
}
