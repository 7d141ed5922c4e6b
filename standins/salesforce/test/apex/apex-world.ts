import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApexError, createApexTwins, type ApexTwins } from '../../apex/index.ts';
import { startTestOrg, type TestOrg } from '../support.ts';
import type { LocalOrgOptions } from '../../index.ts';
import { startScriptedMiddleware, type ScriptedMiddleware } from './scripted-middleware.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

/** One line of a copied source or metadata file, changed. Paths start at the repository. */
export interface Mutation {
  file: string;
  from: string;
  to: string;
}

export interface ApexWorld {
  org: TestOrg;
  twins: ApexTwins;
  middleware: ScriptedMiddleware;
  /** What a call answers, or `refused: <message>`, where a code is worth telling `refused (code): <message>`. */
  outcome(username: string, method: string, parameters?: object): Promise<unknown>;
  close(): Promise<void>;
}

export interface ApexWorldOptions {
  sample?: LocalOrgOptions['sample'];
  mutations?: readonly Mutation[];
}

/** Local org, twins and a scripted middleware; with mutations, from a changed copy of the package and the data. */
export async function startApexWorld({
  sample = 'trainers',
  mutations = [],
}: ApexWorldOptions = {}): Promise<ApexWorld> {
  const copy = mutations.length === 0 ? undefined : copyWith(mutations);
  const middleware = await startScriptedMiddleware();
  let org: TestOrg | undefined;
  const close = async () => {
    await org?.close();
    await middleware.close();
    if (copy !== undefined) rmSync(copy, { recursive: true });
  };
  try {
    const root = copy ?? REPOSITORY;
    org = await startTestOrg({
      sample,
      metadata: [path.join(root, 'force-app/main'), path.join(root, 'force-app/fresh-org')],
      data: path.join(root, 'data'),
    });
    const twins = createApexTwins({ org, middleware });
    return { org, twins, middleware, outcome: outcomeOf(twins), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function outcomeOf(twins: ApexTwins): ApexWorld['outcome'] {
  return async (username, method, parameters = {}) => {
    try {
      return await twins.call(username, method, parameters);
    } catch (error) {
      if (error instanceof ApexError) return refusalIn(error.message);
      throw error;
    }
  };
}

/** Our classes tell components a code and a message as JSON; the platform itself only a message. */
function refusalIn(message: string): string {
  if (!message.startsWith('{')) return `refused: ${message}`;
  const told = JSON.parse(message) as { code: string; message: string };
  return told.code === 'refused' ? `refused: ${told.message}` : `refused (${told.code}): ${told.message}`;
}

function copyWith(mutations: readonly Mutation[]): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'apex-mutation-'));
  for (const folder of ['force-app', 'data']) {
    cpSync(path.join(REPOSITORY, folder), path.join(copy, folder), {
      recursive: true,
      filter: (source) => !/(^|\/)(lwc|node_modules)$/.test(source),
    });
  }
  for (const { file, from, to } of mutations) {
    const place = path.join(copy, file);
    const before = readFileSync(place, 'utf8');
    // White space is the formatter's business.
    const pattern = new RegExp(from.trim().split(/\s+/).map(escaped).join('\\s+'));
    if (!pattern.test(before))
      throw new Error(`${file} does not hold "${from}" any more: the mutation proves nothing.`);
    writeFileSync(
      place,
      before.replace(pattern, () => to),
    );
  }
  return copy;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
