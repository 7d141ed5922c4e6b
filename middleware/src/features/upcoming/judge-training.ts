import type { ExpectedTraining, SeenDifference, SeenTraining } from './expected-training.ts';

export interface Verdict {
  /** `skipped`: not as it should be, and by the trainer's own settings not ours to change. */
  outcome: 'ok' | 'repaired' | 'skipped';
  /** For the timeline: what was found and what becomes of it. */
  text: string;
  differences: SeenDifference[];
  /** A pass over the booking brings Salesforce in step, also where the ledger has no mistake. */
  needsPass: boolean;
  /** What the trainer did to the event and is undone. */
  undone: 'deleted' | 'moved' | undefined;
}

/** Is everything there that the training needs, and as the booking says? */
export function judgeTraining(expected: ExpectedTraining, seen: SeenTraining): Verdict {
  const found = [judgeEvent(expected, seen.event), judgeReservation(expected, seen)].filter((one) => one !== undefined);
  const differences = found.flatMap(({ difference }) => (difference ? [difference] : []));
  const known = (expected.event?.ownMeeting === true ? expected.event.link : undefined) ?? expected.reservation?.link;
  const hasOldLink = known !== undefined && expected.needsLink && !expected.isTyped && expected.link !== known;
  const texts = found.map(({ text }) => text);
  if (hasOldLink) texts.push('Salesforce did not show the link of the meeting; it is written again.');
  return {
    outcome: differences.length > 0 || hasOldLink ? 'repaired' : found.length > 0 ? 'skipped' : 'ok',
    text: texts.length > 0 ? texts.join(' ') : allWell(expected),
    differences,
    needsPass: hasOldLink,
    undone: found.find(({ undone }) => undone !== undefined)?.undone,
  };
}

interface Finding {
  text: string;
  /** Absent: left as it is. */
  difference?: SeenDifference;
  undone?: 'deleted' | 'moved';
}

const THEIRS = "The trainer's settings leave the calendar to the trainer, so nothing was changed.";

function judgeEvent({ event, ...expected }: ExpectedTraining, seen: SeenTraining['event']): Finding | undefined {
  if (!event || seen === undefined) return undefined;
  const { mayCreate, mayUpdate } = expected.calendar;
  const effect = { key: event.key, externalId: event.eventId };
  if (seen === 'gone') {
    if (!mayCreate || !mayUpdate) return { text: `The event was deleted in Lark. ${THEIRS}` };
    const link = event.ownMeeting ? ' Its meeting went with it, so the link changes.' : '';
    return {
      text: `The event was deleted in Lark and is made again.${link}`,
      difference: { ...effect, as: 'gone', withLink: event.ownMeeting },
      undone: 'deleted',
    };
  }
  if (seen.start.getTime() !== expected.start.getTime() || seen.end.getTime() !== expected.end.getTime()) {
    if (!mayUpdate) return { text: `The event was moved in Lark. ${THEIRS}` };
    return {
      text: 'The event was moved in Lark and is moved back. A training is moved in Salesforce.',
      difference: { ...effect, as: 'changed' },
      undone: 'moved',
    };
  }
  if (event.ownMeeting && (seen.meetingUrl === undefined || seen.meetingUrl !== event.link)) {
    if (!mayCreate || !mayUpdate) return { text: `The event has another meeting than before. ${THEIRS}` };
    return {
      text: 'The meeting of the event is not there any more. A new one is made, so the link changes.',
      difference: { ...effect, as: 'meeting-gone' },
    };
  }
  const isOtherLink = !event.ownMeeting && seen.meetingUrl !== event.link;
  if (!isOtherLink && seen.timeZone === expected.timeZone) return undefined;
  const what = isOtherLink ? 'The event shows another link' : 'The event shows another time zone';
  if (!mayUpdate) return { text: `${what}. ${THEIRS}` };
  return { text: `${what} and is written again.`, difference: { ...effect, as: 'changed' } };
}

function judgeReservation({ reservation }: ExpectedTraining, seen: SeenTraining): Finding | undefined {
  if (!reservation || seen.reservation !== 'gone') return undefined;
  return {
    text: 'The reserved meeting does not exist any more. A new one is made, so the link changes.',
    difference: { key: reservation.key, externalId: reservation.reserveId, as: 'gone', withLink: true },
  };
}

function allWell({ reservation, event }: ExpectedTraining): string {
  const parts = [
    ...(reservation || event?.ownMeeting === true ? ['the meeting exists'] : []),
    ...(event ? ["the event is in the trainer's calendar, unmoved"] : []),
  ];
  return `All is ready: the trainer is connected${parts.map((part) => `, ${part}`).join('')}.`;
}
