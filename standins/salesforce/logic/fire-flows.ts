import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../access/actor.ts';
import type { ObjectDef } from '../schema/types.ts';
import type { Store } from '../store/open-store.ts';
import type { AfterSaveFlow } from './after-save-flow.ts';
import type { SaveContext } from './save-context.ts';

/** One asynchronous run of a flow, for all records of one transaction. */
export interface FlowRun {
  flow: string;
  apexClass: string;
  /** The user who saved. */
  username: string;
  /** What the action was given, one entry a record. */
  inputs: Record<string, string>[];
  outcome: 'succeeded' | 'faulted';
  /** What went wrong; on the platform the fault path would have it. */
  message?: string;
}

export interface FlowFiring {
  /** Takes note of a save inside its transaction; flows whose conditions it meets start after the commit. */
  saved(save: { actor: Actor; object: ObjectDef; context: SaveContext }): void;
  /** Oldest first. */
  runs(): FlowRun[];
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Batch {
  flow: AfterSaveFlow;
  actor: Actor;
  inputs: Record<string, string>[];
}

/** The platform hands no more records to a flow at once. */
const LARGEST_BATCH = 200;
const RUNS_KEPT = 1_000;

/**
 * Starts after-save flows when a transaction is committed: one call of the action for up to 200 records of it. A failed
 * action ends its run and nothing else; whoever saved has their answer already.
 */
export function createFlowFiring(deps: {
  store: Pick<Store, 'afterCommit'>;
  invoke: (actor: Actor, apexClass: string, inputs: readonly Record<string, string>[]) => Promise<void>;
}): FlowFiring {
  const runs: FlowRun[] = [];
  const underWay = new Set<Promise<void>>();
  let batches: Batch[] = [];

  const start = async ({ flow, actor, inputs }: Batch): Promise<void> => {
    const run = { flow: flow.name, apexClass: flow.action.apexClass, username: actor.username, inputs };
    try {
      await new Promise((resolve) => setImmediate(resolve));
      await deps.invoke(actor, flow.action.apexClass, inputs);
      runs.push({ ...run, outcome: 'succeeded' });
    } catch (error) {
      runs.push({ ...run, outcome: 'faulted', message: error instanceof Error ? error.message : String(error) });
    }
    if (runs.length > RUNS_KEPT) runs.shift();
  };

  const flush = () => {
    const ready = batches;
    batches = [];
    for (const batch of ready) {
      const run: Promise<void> = start(batch).finally(() => underWay.delete(run));
      underWay.add(run);
    }
  };

  const add = (flow: AfterSaveFlow, actor: Actor, input: Record<string, string>) => {
    // A request is answered in one go, so what is committed until then belongs together.
    if (batches.length === 0) queueMicrotask(flush);
    const own = batches.filter((batch) => batch.flow === flow && batch.actor.userId === actor.userId);
    if (own.some(({ inputs }) => inputs.some((one) => isDeepStrictEqual(one, input)))) return;
    const open = own.find(({ inputs }) => inputs.length < LARGEST_BATCH);
    if (open) open.inputs.push(input);
    else batches.push({ flow, actor, inputs: [input] });
  };

  return {
    saved: ({ actor, object, context }) => {
      // Sample data come in before anything is set up.
      if (actor.system) return;
      for (const flow of object.afterSaveFlows) {
        const input = flow.inputsFor(context);
        if (input) deps.store.afterCommit(() => add(flow, actor, input));
      }
    },
    runs: () => [...runs],
    settled: async () => {
      do {
        await new Promise((resolve) => setImmediate(resolve));
        await Promise.all(underWay);
      } while (underWay.size > 0 || batches.length > 0);
    },
  };
}
