import type { Log, Step } from '../core/runtime.ts';
import { advanceRun, readRun, setRunState, setTotal, type Run, type RunError } from '../storage/runs.ts';
import type { LoadHeadDeps } from './load-head.ts';
import { resealHeadsPage, resealJournalPage, sealedRows, staleRows, type ResealedPage } from './reseal-pages.ts';
import { enter, nextRound, readPosition, writePosition, type Position } from './rotation-position.ts';
import { checkSavedPage, sealedPlaces } from './saved-keys.ts';

export interface RotateKeysDeps extends LoadHeadDeps {
  log: Log;
  step: Step;
  /** Makes sure that the database knows every connection of Salesforce. Throws when Salesforce does not answer. */
  loadEverything: () => Promise<void>;
  /** How many rows a page has; 200 unless told. */
  pageRows?: number;
  /** Something is to be written to Salesforce soon. */
  changed: () => void;
  /** Whether this process is about to end: another one, or the next one, goes on. */
  isStopping: () => boolean;
  /** Writes all that is unsaved. Throws when Salesforce does not answer. */
  flush: () => Promise<unknown>;
}

const ROWS = 200;
/** Then another job goes on: none runs long enough to be taken for crashed. */
const PAGES_PER_JOB = 10;
/** A row that Salesforce refuses stays unsaved; after so many attempts the verification looks at what is there. */
const SAVE_ATTEMPTS = 5;
const ROUNDS = 4;

/** Whether to go on: at once, in a while, since Salesforce is still being written, or not at all. */
export type Outcome = 'more' | 'wait' | 'over';

/**
 * Seals everything anew that another key than the current one has sealed, some pages of it: heads, journal, and through
 * the flush Salesforce; then counts what Salesforce names. Takes no lease and holds no transaction, so that bookings and
 * refreshes go on beside it; whatever changes a row first wins, and a later round looks at it again.
 */
export async function rotateKeys(deps: RotateKeysDeps, runId: string): Promise<Outcome> {
  for (let pages = 0; pages < PAGES_PER_JOB; pages++) {
    const run = await readRun(deps, runId);
    if (run?.state !== 'running') return 'over';
    if (run.scope !== deps.sealer.sealingKeyId) return stopForOtherKey(deps, run);
    const position = readPosition(run.position);
    const page = await doPage(deps, run, position);
    // What was cut short is done again.
    if (deps.isStopping()) return 'over';
    if (position.phase !== 'load') await deps.step('rotation.page');
    const advanced = await advanceRun(deps, run.id, run.position, { ...page, position: writePosition(page.next) });
    // Another process counted this page already and goes on.
    if (!advanced) return 'over';
    if (page.next.phase === 'finished') {
      await setTotal(deps, run.id, advanced.done);
      await setRunState(deps, run.id, { from: ['running', 'paused'], to: 'done' });
      return 'over';
    }
    if (page.next.attempts > 0) return 'wait';
  }
  return 'more';
}

async function stopForOtherKey(deps: RotateKeysDeps, run: Run): Promise<Outcome> {
  const note =
    `This rotation seals with the key ${run.scope}, but a server now seals with ${deps.sealer.sealingKeyId}. ` +
    'Start it again as soon as every server has the same ENCRYPTION_SECRET.';
  await setRunState(deps, run.id, { from: ['running'], to: 'stopped', note });
  deps.log.warn({ runId: run.id }, note);
  return 'over';
}

interface PageDone {
  next: Position;
  succeeded: number;
  skipped: number;
  failed: number;
  errors: RunError[];
}

const uncounted = { succeeded: 0, skipped: 0, failed: 0, errors: [] };

async function doPage(deps: RotateKeysDeps, run: Run, position: Position): Promise<PageDone> {
  switch (position.phase) {
    case 'load':
      await deps.loadEverything();
      await setTotal(deps, run.id, await sealedRows(deps));
      return { ...uncounted, next: enter('heads', position) };
    case 'heads': {
      const page = await resealHeadsPage(deps, position.after, deps.pageRows ?? ROWS);
      if (page.resealed > 0) deps.changed();
      return counted(position, page, enter('journal', position));
    }
    case 'journal': {
      const page = await resealJournalPage(deps, position.after, deps.pageRows ?? ROWS);
      return counted(position, page, { ...enter('save', position), since: deps.now().toISOString() });
    }
    case 'save':
      return save(deps, position);
    case 'verify':
      return verify(deps, position);
    case 'finished':
      return { ...uncounted, next: position };
  }
}

/** Each row counts once: a later round only mends. */
function counted(position: Position, page: ResealedPage, afterwards: Position): PageDone {
  const stuck = position.stuck + page.failed.length;
  const next = page.last === undefined ? { ...afterwards, stuck } : { ...position, after: page.last, stuck };
  if (position.round > 1) return { ...uncounted, next };
  return { next, succeeded: page.resealed, skipped: page.current, failed: page.failed.length, errors: page.failed };
}

/** Until everything that was sealed anew is in Salesforce. What changes meanwhile is sealed with the current key anyway. */
async function save(deps: RotateKeysDeps, position: Position): Promise<PageDone> {
  await deps.flush();
  const { left } = await deps.db
    .selectFrom('token_head')
    .select(({ fn }) => fn.countAll().as('left'))
    .where('unsaved_since', '<=', new Date(position.since ?? deps.now()))
    .executeTakeFirstOrThrow();
  const attempts = position.attempts + 1;
  const isOver = Number(left) === 0 || attempts >= SAVE_ATTEMPTS;
  return { ...uncounted, next: isOver ? enter('verify', position) : { ...position, attempts } };
}

async function verify(deps: RotateKeysDeps, position: Position): Promise<PageDone> {
  const places = await sealedPlaces(deps);
  const place = places[position.place];
  if (!place) return { ...uncounted, next: await afterVerification(deps, position) };
  const page = await checkSavedPage(deps, place, position.after, deps.pageRows ?? ROWS);
  const sums: Position = {
    ...position,
    counts: sumOf(position.counts, page.counts),
    verified: position.verified + page.rows,
    behind: position.behind + page.behind.length,
  };
  const errors = [
    // What the database knows was named with the heads already.
    ...(position.round === 1 ? page.unreadable : []),
    ...(position.round >= ROUNDS ? page.behind.map((id) => ({ id, message: NOT_WRITTEN })) : []),
  ];
  const next = page.last === undefined ? { ...sums, place: sums.place + 1, after: '' } : { ...sums, after: page.last };
  return { ...uncounted, failed: errors.length, errors, next };
}

async function afterVerification(deps: RotateKeysDeps, position: Position): Promise<Position> {
  const isClean = position.behind === 0 && (await staleRows(deps)) <= position.stuck;
  return isClean || position.round >= ROUNDS ? { ...position, phase: 'finished' } : nextRound(position);
}

const NOT_WRITTEN =
  'Salesforce still holds this connection under another key: what was sealed anew could not be written there. The log names the reason; mend it and start the rotation again.';

function sumOf(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const sum = { ...one };
  for (const [id, count] of Object.entries(other)) sum[id] = (sum[id] ?? 0) + count;
  return sum;
}
