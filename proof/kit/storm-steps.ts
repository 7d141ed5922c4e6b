import { keys } from '../../middleware/test/kit/world.ts';
import {
  ask,
  bookByHttp,
  bookInSalesforce,
  connectLark,
  disconnectLark,
  edit,
  remove,
  revokeAtLark,
  see,
  timeOf,
  type Sequence,
  type Storm,
} from './storm.ts';

interface Turn {
  storm: Storm;
  sequence: Sequence;
  /** The booking that this step is about. */
  which: 0 | 1;
  id: string;
}

type Step = (turn: Turn) => unknown;

const change: (body: (turn: Turn) => object) => Step = (body) => (turn) =>
  told(turn, 'PATCH', `/api/bookings/${turn.id}`, { key: keys.portal, body: body(turn) });
const save: (fields: (turn: Turn) => object) => Step = (fields) => (turn) =>
  edit(turn.storm, turn.sequence, turn.id, fields(turn));
const link: (body: (turn: Turn) => object) => Step = (body) => (turn) =>
  told(turn, 'POST', `/api/bookings/${turn.id}/meeting-link`, { body: body(turn) });
const request = ({ storm, sequence }: Turn, days: number) => timeOf(storm, sequence, days).inRequest;
const fields = ({ storm, sequence }: Turn, days: number) => timeOf(storm, sequence, days).inSalesforce;
const typed = ({ sequence }: Turn) => `https://zoom.example/${sequence.number}/${sequence.random.below(1_000)}`;
const near = ({ sequence: { random, slots } }: Turn) => random.pick(slots.near as [number]);
const far = ({ sequence: { random, slots } }: Turn) => random.pick(slots.far as [number]);

/** What happens to bookings, by whatever way it can happen. */
const steps = {
  'move near': change((turn) => request(turn, near(turn))),
  'move over the 30-day line': change((turn) => request(turn, far(turn))),
  'move in Salesforce': save((turn) => fields(turn, near(turn))),
  'move far in Salesforce': save((turn) => fields(turn, far(turn))),
  'give to b': change(({ sequence }) => ({ trainerId: sequence.trainers.b.Id })),
  'give to a': change(({ sequence }) => ({ trainerId: sequence.trainers.a.Id })),
  'give to a newcomer': change(({ sequence }) => ({ trainerId: sequence.trainers.newcomer.Id })),
  'give to an inactive trainer': change(({ storm }) => ({ trainerId: storm.trainers.inactive.Id })),
  'give to b in Salesforce': save(({ sequence }) => ({ Trainer__c: sequence.trainers.b.Id })),
  'give to a in Salesforce': save(({ sequence }) => ({ Trainer__c: sequence.trainers.a.Id })),
  'give to an inactive trainer in Salesforce': save(({ storm }) => ({ Trainer__c: storm.trainers.inactive.Id })),
  onsite: change(() => ({ serviceType: 'onsite', storeAddress: '1 High Street' })),
  remote: change(() => ({ serviceType: 'remote' })),
  'onsite in Salesforce': save(() => ({ Service_Type__c: 'Onsite', Store_Address__c: '2 Low Street' })),
  'remote in Salesforce': save(() => ({ Service_Type__c: 'Remote' })),
  cancel: (turn: Turn) => told(turn, 'DELETE', `/api/bookings/${turn.id}`, { key: keys.portal }),
  'cancel in Salesforce': save(() => ({ Status__c: 'Cancelled' })),
  'reopen in Salesforce': save(() => ({ Status__c: 'Confirmed' })),
  'hold in Salesforce': save(() => ({ Status__c: 'Requested' })),
  'new link': link(() => ({ mode: 'regenerate' })),
  'typed link': link((turn) => ({ mode: 'manual', link: typed(turn) })),
  'typed link in Salesforce': save((turn) => ({ Remote_Training_Meeting_Link__c: typed(turn) })),
  'emptied link in Salesforce': save(() => ({ Remote_Training_Meeting_Link__c: null })),
  'a rival books': async ({ storm, sequence }: Turn) => {
    if (!mayBegin(sequence)) return 'is there';
    return bookByHttp(storm, sequence, 1, sequence.random.pick(sequence.slots.near as [number]));
  },
  'a rival in Salesforce': async ({ storm, sequence }: Turn) => {
    if (!mayBegin(sequence)) return 'is there';
    return bookInSalesforce(storm, sequence, 1, sequence.random.pick(sequence.slots.near as [number]));
  },
  'onto the rival in Salesforce': async (turn: Turn) => {
    const { storm, sequence } = turn;
    const days = sequence.slots.near[0] ?? 3;
    if (mayBegin(sequence)) await bookInSalesforce(storm, sequence, 1, days);
    for (const id of sequence.ids) {
      if (id === undefined || sequence.deleted.has(id)) continue;
      await edit(storm, sequence, id, {
        ...fields(turn, days),
        Trainer__c: sequence.trainers.a.Id,
        Status__c: 'Confirmed',
      });
    }
    return 'both there';
  },
  'disconnect a': ({ storm, sequence }: Turn) => disconnectLark(storm, sequence.trainers.a),
  'a withdraws access at Lark': ({ storm, sequence }: Turn) => revokeAtLark(storm, sequence.trainers.a),
  'a connects': ({ storm, sequence }: Turn) => connectLark(storm, sequence.trainers.a),
  'the newcomer connects': ({ storm, sequence }: Turn) => connectLark(storm, sequence.trainers.newcomer),
  'delete in Salesforce': async ({ storm, sequence, which, id }: Turn) => {
    const status = await remove(storm, id);
    if (status === 204) {
      sequence.deleted.add(id);
      sequence.deleted.add(sequence.names[which]);
    }
    return status;
  },
  'triggers, doubled and old': async ({ storm, sequence, id }: Turn) => {
    const bookingIds = [id, ...sequence.ids.filter((one) => one !== undefined), id.slice(0, 15)];
    const answers = await Promise.all(
      [0, 1].map(() => ask(storm, sequence, 'POST', '/api/bookings/sync', { body: { bookingIds } })),
    );
    return answers.map((answer) => answer?.status).join(' ');
  },
} satisfies Record<string, Step>;

type StepName = keyof typeof steps;

const rare: Partial<Record<StepName, number>> = {
  'delete in Salesforce': 0.5,
  'disconnect a': 0.3,
  'a withdraws access at Lark': 0.3,
  'the newcomer connects': 0.3,
  'a connects': 1.2,
  'give to an inactive trainer': 0.3,
  'give to an inactive trainer in Salesforce': 0.3,
  'hold in Salesforce': 0.4,
  cancel: 1.5,
  'reopen in Salesforce': 3,
  'new link': 2,
  'onto the rival in Salesforce': 1.5,
};
const weights = Object.fromEntries(Object.keys(steps).map((name) => [name, rare[name as StepName] ?? 1])) as Record<
  StepName,
  number
>;

/** The rival is booked once. */
function mayBegin(sequence: Sequence): boolean {
  const isFirst = !sequence.hasRival;
  sequence.hasRival = true;
  return isFirst;
}

/** The booking begins, one way or the other. */
export async function begin(storm: Storm, sequence: Sequence): Promise<void> {
  const { random, slots } = sequence;
  const days = random.chance(0.75) ? random.pick(slots.near as [number]) : random.pick(slots.far as [number]);
  const byHttp = random.chance(0.7);
  sequence.log.push(`  ${byHttp ? 'book' : 'book in Salesforce'}, ${days} days ahead`);
  const result = byHttp ? await bookByHttp(storm, sequence, 0, days) : await bookInSalesforce(storm, sequence, 0, days);
  sequence.log.push(`    ${result} ${sequence.ids[0] ?? 'no booking'}`);
}

/** Something happens to one of the bookings. */
export async function takeStep(storm: Storm, sequence: Sequence): Promise<void> {
  const name = sequence.random.weighed(weights);
  const which = sequence.ids[1] !== undefined && sequence.random.chance(0.3) ? 1 : 0;
  const id = sequence.ids[which];
  if (id === undefined || sequence.deleted.has(id)) return;
  sequence.log.push(`  ${name}${which === 1 ? ' (the rival)' : ''}`);
  const at = sequence.log.length - 1;
  const result = await steps[name]({ storm, sequence, which, id });
  sequence.log[at] += `: ${String(result)}`;
}

async function told(
  { storm, sequence, which }: Turn,
  ...call: Parameters<typeof ask> extends [Storm, Sequence, ...infer Rest] ? Rest : never
) {
  const answer = await ask(storm, sequence, ...call);
  if (answer?.status === 200) see(sequence, sequence.names[which], answer.body);
  return answer ? `${answer.status} ${answer.body.error?.code ?? ''}`.trim() : 'no answer';
}
