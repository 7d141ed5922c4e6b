import type { FieldValue, SaveContext } from '../../logic/save-context.ts';
import fs from 'node:fs';
import path from 'node:path';

export const FORCE_APP = path.join(import.meta.dirname, '../../../../force-app');
export const NOW = new Date('2026-11-23T09:30:00.000Z');

export interface SaveOptions {
  object?: string;
  prior?: Record<string, FieldValue> | null;
  permissions?: readonly string[];
  /** Values behind relationship paths, by the path joined with dots. */
  related?: Record<string, FieldValue>;
}

/** The save of one record: a create unless `prior` is given. */
export function saving(record: Record<string, FieldValue>, options: SaveOptions = {}): SaveContext {
  return {
    object: options.object ?? 'Thing__c',
    record,
    prior: options.prior ?? null,
    related: (steps) => options.related?.[steps.join('.')] ?? null,
    hasCustomPermission: (name) => options.permissions?.includes(name) ?? false,
    userId: '005000000000001AAA',
    now: NOW,
  };
}

/** A metadata file of the main package. */
export function readMain(...parts: string[]): string {
  return fs.readFileSync(path.join(FORCE_APP, 'main/default', ...parts), 'utf8');
}
