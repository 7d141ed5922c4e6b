import { classifyFailure, type Failure } from './classify-failure.ts';
import type { BookingSettings, DesiredEffects } from './desired-effects.ts';
import type { Effect } from './effect.ts';
import { readEffects } from './ledger.ts';
import { performAction, type PerformDeps } from './perform-action.ts';
import { planDifference, type Action, type PlanOptions } from './plan-difference.ts';
import type { PassContext } from './timeline.ts';

export interface RunEffectsDeps extends PerformDeps {
  /** Keeps the booking's lease while the pass goes on. Throws when somebody else has it. */
  keepLease: () => Promise<void>;
}

/** How a pass over the effects ended. */
export interface EffectsRun {
  effects: readonly Effect[];
  /** The trainer has to connect (again) before the rest can be done. */
  setup: Failure | undefined;
  /** The rest may work later. */
  temporary: Failure | undefined;
  /** The provider refused something for good. */
  permanent: Failure | undefined;
  /** Something that has to go stays until its owner has access again; the rest was done. */
  leftOver: Failure | undefined;
  /** The trainer could not be invited. The booking is none the worse for it. */
  invitation: Failure | undefined;
}

export const noFailures = {
  setup: undefined,
  temporary: undefined,
  permanent: undefined,
  leftOver: undefined,
  invitation: undefined,
} satisfies Partial<EffectsRun>;

/** A pass that needs more actions than this goes round in circles. */
const MOST_ACTIONS = 16;
const creating: readonly Action['do'][] = ['reserve', 'extend', 'create-event', 'update-event'];

/** Does the difference between what should exist and what does, one action after the other. */
export async function runEffects(
  deps: RunEffectsDeps,
  context: PassContext,
  given: {
    desired: DesiredEffects;
    effects: readonly Effect[];
    settings: Pick<BookingSettings, 'larkMeeting'>;
    /** The id of the trainer at the provider, to invite them while their own access is missing. Throws `ProviderError`. */
    findInvitee: () => Promise<string | undefined>;
  },
): Promise<EffectsRun> {
  const run: EffectsRun = { effects: given.effects, ...noFailures };
  const options: PlanOptions = {};
  const left = new Set<string>();
  const isOpen = (action: Action) =>
    !(options.cannotMake === true && isCreating(action)) && !left.has(action.effect.providerKey);

  for (let count = 0; count < MOST_ACTIONS; count++) {
    const action = planDifference(given.desired, run.effects, options).find(isOpen);
    if (!action) return run;
    await deps.keepLease();
    const failure = await performAction(deps, context, action, given.desired);
    run.effects = await readEffects(deps.db, context.bookingId);
    if (!failure) continue;
    if (action.effect.kind === 'invitation') {
      run.invitation = failure;
      left.add(action.effect.providerKey);
      continue;
    }
    if (given.desired.calendar.mayCreate && fallsBackToCalendar(action, failure, given.settings)) {
      options.withoutReservation = true;
      continue;
    }
    if (failure.kind === 'temporary') return { ...run, temporary: failure };
    if (!isCreating(action)) {
      run.leftOver = failure;
      left.add(action.effect.providerKey);
      continue;
    }
    // What cannot be made must not keep what has to go.
    options.cannotMake = true;
    if (failure.kind !== 'setup') {
      run.permanent = failure;
      continue;
    }
    run.setup = failure;
    if (given.desired.wantsEvent) {
      try {
        options.invitee = await given.findInvitee();
      } catch (error) {
        run.invitation = classifyFailure(error);
      }
    }
  }
  throw new Error(`Booking ${context.bookingId}: no end after ${MOST_ACTIONS} actions.`);
}

function isCreating(action: Action): boolean {
  return creating.includes(action.do) || (action.do === 'repeat-event' && action.isWanted);
}

/** Trouble with a reservation is not trouble with the booking: the calendar can make the meeting. */
function fallsBackToCalendar(
  action: Action,
  failure: Failure,
  settings: Pick<BookingSettings, 'larkMeeting'>,
): boolean {
  // Without access the calendar is out of reach as well.
  if (failure.kind === 'permanent' && failure.recoverable) return false;
  if (action.do === 'extend') return failure.kind === 'permanent';
  if (action.do !== 'reserve') return false;
  if (failure.unknownOutcome || failure.scopeMissing || failure.kind === 'permanent' || failure.kind === 'gone')
    return true;
  return failure.kind === 'temporary' && settings.larkMeeting === 'auto';
}
