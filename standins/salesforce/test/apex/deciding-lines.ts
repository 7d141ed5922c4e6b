import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { USERS } from '../support.ts';
import { startApexWorld, type ApexWorld, type Mutation } from './apex-world.ts';

export const CLASSES = 'force-app/main/default/classes';
export const SETS = 'force-app/main/default/permissionsets';

export const remove = (file: string, from: string): Mutation => ({ file, from, to: '' });
export const ask = (user: keyof typeof USERS, method: string, parameters?: object) => (world: ApexWorld) =>
  world.outcome(USERS[user], method, parameters);

/** Takes the access to a class out of a permission set. */
export const withoutClass = (set: string, apexClass: string): Mutation => ({
  file: `${SETS}/${set}.permissionset-meta.xml`,
  from: `<apexClass>${apexClass}</apexClass>\n        <enabled>true`,
  to: `<apexClass>${apexClass}</apexClass>\n        <enabled>false`,
});

/**
 * Each case changes one line of Apex, metadata or data in a copy and asks the same question of the unchanged and of the
 * changed package: whoever removes the line in the repository turns the first assertion red.
 */
export interface DecidingLine {
  name: string;
  /** What both worlds need to be asked the question at all. */
  given?: readonly Mutation[];
  mutation: Mutation;
  ask: (world: ApexWorld) => Promise<unknown>;
  unchanged: RegExp;
  changed: RegExp;
}

async function answerOf(world: ApexWorld, question: DecidingLine['ask']): Promise<string> {
  const outcome = await question(world);
  return typeof outcome === 'string' && outcome.startsWith('refused') ? outcome : JSON.stringify(outcome);
}

/** One test a line; where nothing is changed, one world serves all cases with the same circumstances. */
export function testDecidingLines(lines: readonly DecidingLine[]): void {
  const worlds = new Map<string, Promise<ApexWorld>>();
  const unchangedWorld = (given: readonly Mutation[]) => {
    const key = JSON.stringify(given);
    const world = worlds.get(key) ?? startApexWorld({ mutations: given });
    worlds.set(key, world);
    return world;
  };
  after(async () => {
    for (const world of worlds.values()) await (await world).close();
  });

  for (const { name, given = [], mutation, ask: question, unchanged, changed } of lines) {
    it(`${name} decides`, async () => {
      assert.match(await answerOf(await unchangedWorld(given), question), unchanged);
      const world = await startApexWorld({ mutations: [...given, mutation] });
      try {
        assert.match(await answerOf(world, question), changed);
      } finally {
        await world.close();
      }
    });
  }
}
