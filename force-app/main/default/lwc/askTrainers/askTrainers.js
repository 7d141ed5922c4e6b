import { MOST_TRAINERS, answersIn } from 'c/freeTimes';
import { reduceErrors } from 'c/ldsUtils';

/** Asking for everybody means a call for every twenty. */
export const MOST_ASKED = 100;

/**
 * Those of many trainers who are asked when they are free; those whose link is made at once come first.
 * @param {readonly BookableTrainerDto[]} trainers
 */
export function firstAsked(trainers) {
  const isConnectedFirst = [...trainers].sort((one, other) => Number(other.larkConnected) - Number(one.larkConnected));
  return isConnectedFirst.slice(0, MOST_ASKED);
}

/**
 * When trainers are free, asked in groups. A group that gets no answer is unknown, with the reason; throws only when no
 * group gets one.
 * @param {(parameters: { trainerIds: readonly string[], fromTime: string, toTime: string }) => Promise<AvailabilityAnswer>} ask
 * @param {readonly { id: string, name: string }[]} trainers
 * @param {{ fromTime: string, toTime: string }} question
 * @param {SlotDto} span holds all that is asked about
 * @returns {Promise<AvailabilityDto[]>}
 */
export async function askInGroups(ask, trainers, { fromTime, toTime }, span) {
  const groups = groupsOf(trainers);
  const outcomes = await Promise.allSettled(
    groups.map((group) => ask({ trainerIds: group.map(({ id }) => id), fromTime, toTime })),
  );
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failures.length > 0 && failures.length === groups.length) {
    throw failures[0].reason;
  }
  return outcomes.flatMap((outcome, index) => {
    const isAnswered = outcome.status === 'fulfilled';
    return isAnswered ? answersIn(outcome.value) : unread(groups[index], span, outcome.reason);
  });
}

/** @param {readonly { id: string, name: string }[]} trainers */
function groupsOf(trainers) {
  const count = Math.ceil(trainers.length / MOST_TRAINERS);
  return Array.from({ length: count }, (_, index) =>
    trainers.slice(index * MOST_TRAINERS, (index + 1) * MOST_TRAINERS),
  );
}

/** @returns {AvailabilityDto[]} */
function unread(trainers, span, error) {
  const [reason = ''] = reduceErrors(error);
  return trainers.map(({ id, name }) => ({
    trainer: { id, name },
    timeZone: undefined,
    slots: [],
    busy: [],
    unknown: [{ ...span, reason }],
    notes: [],
  }));
}
