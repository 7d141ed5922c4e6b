import type { ObservedEvent, ObservedReservation } from '../../standins/lark/index.ts';
import { byTime, emailOf, type Line, type Outcome, type Row } from './storm-outcome.ts';
import type { Sequence } from './storm.ts';

/** What is on a calendar, or reserved, for no booking of any sequence. */
export function foreignThings(outcome: Outcome, sequences: readonly Sequence[]): string[] {
  const names = new Set(sequences.flatMap(({ names: both }) => both));
  const known = (text: string) => names.has(/Storm \d{4}[ab]/.exec(text)?.[0] ?? '');
  return [
    ...outcome.events.filter(({ event }) => !known(event.summary)).map(({ event }) => `foreign event ${event.summary}`),
    ...outcome.reservations.filter(({ topic }) => !known(topic)).map(({ topic }) => `foreign reservation ${topic}`),
  ];
}

/** What is wrong with the bookings of a sequence, in words; nothing when everything is as it should be. */
export function judge(outcome: Outcome, sequence: Sequence): string[] {
  return sequence.names.flatMap((name) => {
    const rows = outcome.rows.filter((row) => row.Merchant_Name__c === name);
    const isDeleted = sequence.deleted.has(name);
    const wantedRows = sequence.made.has(name) && !isDeleted ? 1 : 0;
    const complaints = rows.length > 1 || rows.length < wantedRows ? [`${rows.length} bookings instead of one`] : [];
    const [row] = rows;
    complaints.push(...(row ? judgeBooking(outcome, sequence, row) : judgeNothing(outcome, name)));
    return complaints.map((complaint) => `${name} (${row?.Name ?? 'no booking'}): ${complaint}`);
  });
}

/** Deleted, or never made: only what its owner's lost access keeps may be there. */
function judgeNothing(outcome: Outcome, name: string): string[] {
  const events = outcome.events
    .filter(({ owner, event }) => event.summary.includes(name) && !(owner !== undefined && wasLost(outcome, owner)))
    .map(({ owner }) => `an event of no booking on the calendar of ${emailOf(outcome, owner) ?? 'the app'}`);
  const left = outcome.reservations.filter(({ topic, owner }) => topic.includes(name) && !wasLost(outcome, owner));
  const unknown = unknownOutcomes(outcome, name);
  return left.length > unknown ? [...events, `${left.length} reservations of no booking, ${unknown} unknown`] : events;
}

function judgeBooking(outcome: Outcome, sequence: Sequence, row: Row): string[] {
  const complaints: string[] = [];
  const check = (isRight: boolean, complaint: string) => void (isRight || complaints.push(complaint));
  const trainer = outcome.people.find(({ Id }) => Id === row.Trainer__c);
  const isConnected = trainer?.Lark_Connection_Status__c === 'Connected';
  const ownCalendar = outcome.openIds.get(trainer?.Email__c ?? '');
  const link = row.Remote_Training_Meeting_Link__c;
  const isTyped = row.Meeting_Link_Status__c === 'Manual';
  const effects = outcome.effects.filter(({ Booking__c }) => Booking__c === row.Id);
  const lines = outcome.lines.filter(({ Booking__c }) => Booking__c === row.Id).sort(byTime);

  check(row.Sync_Status__c !== 'Pending', `Sync_Status__c is Pending: ${row.Sync_Error__c}`);
  check(row.Sync_Key__c === null, `waits with Sync_Key__c ${row.Sync_Key__c}`);
  check(row.Synced_Revision__c === row.Revision__c, `revision ${row.Revision__c}, synced ${row.Synced_Revision__c}`);

  const holders = rivalsOf(outcome, row).filter(({ Sync_Status__c }) => Sync_Status__c !== 'Conflict');
  const isConflict = row.Sync_Status__c === 'Conflict';
  if (isConflict) {
    check(holdsTime(row, outcome.now), 'is in Conflict without wanting any time');
    check(
      holders.some(({ Name }) => row.Sync_Error__c?.includes(Name)),
      `Conflict names nobody who has the slot: ${row.Sync_Error__c}`,
    );
    check(
      lines.some((line) => line.Outcome__c === 'conflict' && line.Message__c === row.Sync_Error__c),
      'the timeline does not name the conflict',
    );
  } else if (holdsTime(row, outcome.now)) {
    check(holders.length === 0, `shares its slot with ${holders.map(({ Name }) => Name).join()}`);
  }

  const isWanted = row.Status__c === 'Confirmed' && new Date(row.End__c) > outcome.now && !isConflict;
  const all = outcome.events.filter(({ event }) => event.summary.includes(row.Merchant_Name__c));
  const invitations = all.filter(({ owner }) => owner === undefined);
  const abandoned = new Set(
    effects
      .filter(({ Status__c }) => Status__c === 'Abandoned')
      .map(({ External_Event_ID__c }) => External_Event_ID__c),
  );
  const own = all.filter(
    ({ owner, event }) => isWanted && owner !== undefined && owner === ownCalendar && !abandoned.has(event.eventId),
  );
  const others = all.filter((one) => one.owner !== undefined && !own.includes(one));

  // What its owner alone could remove, whether it exists or is only not known not to.
  const hasLeftover = effects.some(({ Kind__c, Status__c, Connection_ID__c }) => {
    const owner = outcome.people.find(({ Id }) => Connection_ID__c === `lark:${Id}`);
    const isTheirs = Kind__c !== 'Invitation' && (Status__c === 'Active' || Status__c === 'Pending');
    return isTheirs && owner?.Lark_Connection_Status__c !== 'Connected';
  });
  const explain = (kind: 'Event' | 'Meeting', id: string, owner: string): string | undefined => {
    const person = outcome.people.find(({ Email__c }) => outcome.openIds.get(Email__c) === owner);
    const known = effects.find((effect) => effect.Kind__c === kind && effect.External_Event_ID__c === id);
    const maybe = effects.find(
      (effect) =>
        effect.Kind__c === kind &&
        effect.External_Event_ID__c === null &&
        (effect.Status__c === 'Pending' || effect.Status__c === 'Abandoned') &&
        effect.Connection_ID__c === `lark:${person?.Id}`,
    );
    const status = (known ?? maybe)?.Status__c;
    if (status === 'Abandoned') {
      if (!wasLost(outcome, owner)) return 'abandoned although its owner never lost access';
      return lines.some(({ Outcome__c }) => Outcome__c === 'abandoned') ? undefined : 'abandoned without a line';
    }
    if (person?.Lark_Connection_Status__c === 'Connected') return `not removed (${status ?? 'unknown to Salesforce'})`;
    return status === 'Active' || status === 'Pending' ? undefined : `not known to be there (${status ?? 'no row'})`;
  };

  for (const { owner, event } of others) {
    const complaint = explain('Event', event.eventId, owner ?? '');
    check(complaint === undefined, `event on the calendar of ${emailOf(outcome, owner)}: ${complaint}`);
  }

  const live = outcome.reservations.filter(({ topic }) => topic.includes(row.Merchant_Name__c));
  const unexplained = live.filter(({ id, url, owner }) => {
    const isUsed = isWanted && url === link && owner === ownCalendar;
    return !isUsed && explain('Meeting', id, owner) !== undefined;
  });
  const unknown = unknownOutcomes(outcome, row.Merchant_Name__c);
  check(unexplained.length <= unknown, `${unexplained.length} unused reservations, ${unknown} unknown outcomes`);
  const uncertain = lines.filter(({ Step__c, Outcome__c }) => Step__c === 'Meeting' && Outcome__c === 'uncertain');
  check(unexplained.length <= uncertain.length, `${unexplained.length} unused reservations, ${uncertain.length} named`);
  for (const { published, endTime } of unexplained) {
    check(!published, 'a reservation is shown that is not the link');
    check(endTime !== undefined, 'an unused reservation does not end by itself');
  }

  const [mine] = own;
  // An event without an outcome, in a calendar that nobody may read any more: what it shows is compared on reconnecting.
  const isUnknown =
    !isConnected &&
    effects.some(
      ({ Kind__c, Status__c, External_Event_ID__c }) =>
        Kind__c === 'Event' && (Status__c === 'Pending' || (Status__c === 'Failed' && External_Event_ID__c === null)),
    );
  if (isWanted && isConnected) {
    check(own.length === 1, `${own.length} events on the trainer's calendar`);
    check(invitations.length === 0, `${invitations.length} invitations of a trainer with an event`);
    check(
      row.Sync_Status__c === 'Synced' || (row.Sync_Status__c === 'Failed' && hasLeftover),
      `${row.Sync_Status__c}: ${row.Sync_Error__c}`,
    );
  } else if (isWanted) {
    const canBeInvited = trainer !== undefined && ownCalendar !== undefined;
    // Nobody knows whether it is there, so they are invited all the same.
    check(
      invitations.length === (own.length === 0 && canBeInvited ? 1 : 0) || (isUnknown && invitations.length === 1),
      `${invitations.length} invitations, ${own.length} events, of a trainer who is ${trainer?.Lark_Connection_Status__c}`,
    );
    for (const { event } of invitations) check(isAt(event, row), 'the invitation is at another time');
    for (const { event } of own) {
      const complaint = explain('Event', event.eventId, ownCalendar ?? '');
      check(complaint === undefined, `the event of a trainer without access: ${complaint}`);
    }
    // A second one without an outcome can be found by its key when the trainer is back.
    // So can one that was replaced and is said to be still there.
    check(
      own.length <= (isUnknown || row.Sync_Status__c === 'Failed' ? 2 : 1),
      `${own.length} events on the trainer's calendar`,
    );
    if (own.length === 0 && row.Service_Type__c === 'Remote' && !isTyped) {
      // Access can end between meeting and event: the meeting stands, and its link works.
      const isReserved = live.some(({ url, owner }) => url === link && owner === ownCalendar);
      check(
        (row.Meeting_Link_Status__c === 'Pending Trainer Setup' && link === null) || isReserved,
        `link ${link} without an event or a reservation`,
      );
    }
  } else {
    check(invitations.length === 0, `${invitations.length} invitations to nothing`);
    if (row.Status__c === 'Cancelled' && !isTyped && !hasLeftover) {
      check(link === null && row.Meeting_Link_Status__c === 'Not Needed', `cancelled with ${link}`);
    }
    if (isConflict && !isTyped && !hasLeftover) check(link === null, `a conflict with ${link}`);
  }
  if (isWanted && mine && !isUnknown && (isConnected || row.Sync_Status__c === 'Synced')) {
    check(isAt(mine.event, row), `event at ${JSON.stringify(mine.event.start)}, booking at ${row.Start__c}`);
    complaints.push(...judgeLink(row, mine.event, outcome.reservations));
  }
  complaints.push(...judgeLines(lines, link, sequence.seenLinks.get(row.Merchant_Name__c) ?? new Set()));
  return complaints;
}

/** The link in Salesforce is the one that the event shows, and it works. */
function judgeLink(row: Row, event: ObservedEvent, reservations: readonly ObservedReservation[]): string[] {
  const link = row.Remote_Training_Meeting_Link__c;
  const status = row.Meeting_Link_Status__c;
  const meeting = event.vchat as { vc_type: string; meeting_url?: string } | undefined;
  const shown = meeting?.vc_type === 'no_meeting' ? null : (meeting?.meeting_url ?? null);
  if (shown !== link) return [`the event shows ${shown}, Salesforce ${link}`];
  if (status === 'Manual') return link === null ? ['Manual without a link'] : [];
  if (row.Service_Type__c === 'Onsite') {
    return link === null && status === 'Not Needed' ? [] : [`onsite with ${link}, ${status}`];
  }
  if (link === null || status !== 'Ready') return [`remote with ${link}, ${status}`];
  const works = meeting?.vc_type === 'vc' || reservations.some(({ url }) => url === link);
  return works ? [] : [`${link} does not work`];
}

/**
 * Each line tells a change, and what was there before it: the link, or the last one while there is none. The last line
 * tells what is shown, and no link that anybody saw is missing.
 */
function judgeLines(lines: readonly Line[], link: string | null, seen: ReadonlySet<string>): string[] {
  const changes = lines.filter(({ Step__c, Outcome__c }) => Step__c === 'Meeting link' && Outcome__c === 'changed');
  const story = changes.map(({ Old_Link__c, New_Link__c }) => `${Old_Link__c} → ${New_Link__c}`).join('; ');
  const complaints: string[] = [];
  const last = changes.at(-1)?.New_Link__c ?? null;
  if (last !== link) complaints.push(`the timeline ends with ${last}, Salesforce shows ${link}: ${story}`);
  let shown: string | null = null;
  let latest: string | null = null;
  changes.forEach(({ Old_Link__c, New_Link__c }, index) => {
    if (Old_Link__c !== shown && !(shown === null && Old_Link__c === latest)) {
      complaints.push(`a link changed without a line before ${index + 1}: ${story}`);
    }
    if (New_Link__c === shown) complaints.push(`line ${index + 1} tells no change: ${story}`);
    shown = New_Link__c;
    latest = New_Link__c ?? latest;
  });
  for (const one of seen) {
    if (!changes.some(({ New_Link__c }) => New_Link__c === one)) complaints.push(`no line of ${one}: ${story}`);
  }
  return complaints;
}

/** How many reservations may exist without anybody knowing: no answer came, or nobody lived to write it down. */
function unknownOutcomes({ applied, crashes }: Outcome, name: string): number {
  return applied.filter(({ body, fault, startedAt, endedAt = Infinity }) => {
    if (!(JSON.stringify(body) ?? '').includes(name)) return false;
    // What a process sent as it died may arrive later, on a busy machine by seconds.
    return fault === 'effect-then-drop' || crashes.some((at) => startedAt < at + 5_000 && endedAt > at - 10_000);
  }).length;
}

function rivalsOf({ rows, now }: Outcome, row: Row): Row[] {
  return rows.filter(
    (other) =>
      other !== row &&
      other.Trainer__c === row.Trainer__c &&
      holdsTime(other, now) &&
      other.Start__c < row.End__c &&
      row.Start__c < other.End__c,
  );
}

function holdsTime(row: Row, now: Date): boolean {
  return (row.Status__c === 'Confirmed' || row.Status__c === 'Requested') && new Date(row.End__c) > now;
}

function isAt({ start, end }: ObservedEvent, row: Row): boolean {
  const isSame = (time: ObservedEvent['start'], wanted: string) =>
    'timestamp' in time && time.timestamp === String(Math.floor(Date.parse(wanted) / 1000));
  return isSame(start, row.Start__c) && isSame(end, row.End__c);
}

function wasLost(outcome: Outcome, openId: string): boolean {
  return outcome.everLost.has(emailOf(outcome, openId) ?? '');
}
