// Records of this page, one copy of each for everybody who shows it.
import { ask } from './server.js';

const entries = new Map();

function entryOf(id) {
  if (!entries.has(id)) entries.set(id, { listeners: new Set(), record: undefined, loading: undefined });
  return entries.get(id);
}

function publish(entry, record) {
  entry.record = record;
  for (const listener of [...entry.listeners]) listener(record);
}

/** Calls back with the record (or `{ missing }`) now, if it is known, and whenever it changes. */
export function watchRecord(id, listener) {
  const entry = entryOf(id);
  entry.listeners.add(listener);
  if (entry.record) listener(entry.record);
  else refreshRecord(id).catch((error) => listener({ failed: error.message }));
  return () => {
    entry.listeners.delete(listener);
    // What nobody shows any more is read anew the next time.
    if (entry.listeners.size === 0) entries.delete(id);
  };
}

/** Reads a record again; several who ask at once share one request. */
export function refreshRecord(id) {
  const entry = entryOf(id);
  entry.loading ??= ask(`/ui/records/${encodeURIComponent(id)}`)
    .then((record) => publish(entry, record))
    .finally(() => {
      entry.loading = undefined;
    });
  return entry.loading;
}

/** Saves field values. Resolves with the platform's errors, none when it was saved. */
export async function saveRecord(id, values) {
  const answer = await ask(`/ui/records/${encodeURIComponent(id)}`, values, 'PATCH');
  if (answer.errors) return answer.errors;
  publish(entryOf(id), answer.record);
  return [];
}
