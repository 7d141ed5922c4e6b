import { z } from 'zod';
import { USER_ID_TYPES } from './accounts.ts';
import { ownCalendar, pageSize } from './calendars.ts';
import type { Call } from './calls.ts';
import { badParameter } from './event-body.ts';
import { describeEvent } from './event-reply.ts';
import { eventsOn, latestChange, type StoredEvent } from './event-store.ts';
import { parseQuery, refuseBody } from './parse-body.ts';
import { allowUserIdType } from './user-ids.ts';

const seconds = z.string().regex(/^\d{1,10}$/, 'must be unix seconds');

const QUERY = z.strictObject({
  page_size: pageSize.default('500'),
  anchor_time: seconds.optional(),
  start_time: seconds.optional(),
  end_time: seconds.optional(),
  page_token: z.string().optional(),
  sync_token: z.string().optional(),
  user_id_type: z.enum(USER_ID_TYPES).optional(),
});

type Query = z.infer<typeof QUERY>;

const VIEW_QUERY = z.strictObject({
  start_time: seconds,
  end_time: seconds,
  user_id_type: z.enum(USER_ID_TYPES).optional(),
});

/** Rule 5: less than so much. */
const VIEW_MS = 40 * 86_400_000;

/**
 * `GET calendars/:calendar_id/events` (rule 5). Three ways: a window (start_time and end_time: unpaged, cut at page_size),
 * everything page by page (from anchor_time), or what changed since a sync token, deletions as `cancelled`.
 */
export function listEvents(call: Call): unknown {
  const { world, caller, request, response } = call;
  const query = parseQuery(QUERY, request);
  const type = allowUserIdType(caller, query.user_id_type);
  refuseBody(request, response);
  checkCombination(query);
  const events = eventsOn(world.store, ownCalendar(call).id);
  const size = Number(query.page_size);
  const describe = (event: StoredEvent) => describeEvent(world, caller.app, type, event);

  if (query.start_time && query.end_time) {
    const from = Number(query.start_time) * 1000;
    const to = Number(query.end_time) * 1000;
    const inside = events.filter((event) => !event.deleted && event.startsAt < to && event.endsAt > from);
    return { has_more: false, page_token: '', sync_token: '', items: inside.slice(0, size).map(describe) };
  }

  const page = query.page_token ? readToken('page', query.page_token) : undefined;
  const since = query.sync_token ? readToken('sync', query.sync_token).since : (page?.since ?? 0);
  const upTo = page?.upTo ?? latestChange(world.store);
  const anchor = Number(query.anchor_time ?? 0) * 1000;
  const chosen = events
    .filter((event) => event.change > since && event.endsAt > anchor && (since > 0 || !event.deleted))
    .sort((one, other) => one.change - other.change)
    .filter((event) => event.change > (page?.after ?? 0));
  const items = chosen.slice(0, size);
  const hasMore = chosen.length > size;
  return {
    has_more: hasMore,
    page_token: hasMore ? writeToken('page', { since, upTo, after: items.at(-1)?.change ?? 0 }) : '',
    sync_token: hasMore ? '' : writeToken('sync', { since: upTo, upTo, after: 0 }),
    items: items.map(describe),
  };
}

/** `GET calendars/:calendar_id/events/instance_view` (rule 5): what touches the span, by start, all of it at once. */
export function viewEvents(call: Call): unknown {
  const { world, caller, request, response } = call;
  const query = parseQuery(VIEW_QUERY, request);
  const type = allowUserIdType(caller, query.user_id_type);
  refuseBody(request, response);
  const [from, to] = [Number(query.start_time) * 1000, Number(query.end_time) * 1000];
  if (to <= from) throw badParameter('end_time');
  if (to - from >= VIEW_MS) throw badParameter('start_time and end_time must lie less than 40 days apart');
  const events = eventsOn(world.store, ownCalendar(call).id);
  const inside = events.filter((event) => !event.deleted && event.startsAt < to && event.endsAt > from);
  return { items: inside.map((event) => describeEvent(world, caller.app, type, event)) };
}

function checkCombination(query: Query): void {
  const { start_time, end_time, anchor_time, sync_token, page_token } = query;
  if ((start_time === undefined) !== (end_time === undefined)) throw badParameter('start_time and end_time together');
  if (start_time && end_time && Number(end_time) <= Number(start_time)) throw badParameter('end_time');
  if (start_time && (anchor_time || page_token)) throw badParameter('a window is not paged');
  if (sync_token && (start_time || anchor_time)) throw badParameter('sync_token takes no other restriction');
}

interface Position {
  /** Changes after this one are wanted. */
  since: number;
  /** The newest change when the first page was read. */
  upTo: number;
  after: number;
}

function writeToken(kind: 'page' | 'sync', { since, upTo, after }: Position): string {
  return Buffer.from(JSON.stringify([kind, since, upTo, after])).toString('base64url');
}

function readToken(kind: 'page' | 'sync', token: string): Position {
  const [found, since, upTo, after] = /^\["(page|sync)",(\d+),(\d+),(\d+)\]$/
    .exec(Buffer.from(token, 'base64url').toString('utf8'))
    ?.slice(1) ?? [''];
  if (found !== kind) throw badParameter(`${kind}_token`);
  return { since: Number(since), upTo: Number(upTo), after: Number(after) };
}
