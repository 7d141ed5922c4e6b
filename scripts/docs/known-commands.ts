import { readFileSync } from 'node:fs';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const CLI = 'node_modules/@salesforce/cli';

interface Manifest {
  commands: Record<string, { flags: Record<string, { char?: string }> }>;
}

export interface KnownCommands {
  /** Names in package.json. */
  scripts: ReadonlySet<string>;
  /** Flags of each command of the Salesforce CLI, as they are typed: `--json`, `-o`. */
  sf: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What can be typed here: from package.json, and from what the installed Salesforce CLI says of itself. */
export function readKnownCommands(): KnownCommands {
  const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
  const { oclif } = readJson<{ oclif: { plugins: string[] } }>(`${CLI}/package.json`);
  const plugins = oclif.plugins.filter((name) => name.startsWith('@salesforce/')).map((name) => `node_modules/${name}`);
  const sf = new Map<string, ReadonlySet<string>>();
  for (const place of [CLI, ...plugins]) {
    const { commands } = readJson<Manifest>(`${place}/oclif.manifest.json`);
    for (const [id, { flags }] of Object.entries(commands)) {
      const typed = Object.entries(flags).flatMap(([name, { char }]) => [`--${name}`, ...(char ? [`-${char}`] : [])]);
      sf.set(id, new Set(typed));
    }
  }
  return { scripts: new Set(Object.keys(scripts)), sf };
}

/** What every shell has and what does no more than its words say. */
const PLAIN = new Set(['mkdir', 'printf']);

/** Why this cannot be typed here; undefined where it can. */
export function whyUnknown(words: readonly string[], known: KnownCommands): string | undefined {
  const [program, second, ...rest] = words;
  if (program === 'npm') {
    const script = second === 'run' ? (rest[0] ?? '') : (second ?? '');
    return known.scripts.has(script) ? undefined : `package.json has no script "${script}"`;
  }
  if (program !== undefined && PLAIN.has(program)) return undefined;
  if (program === 'npx' && second === 'sf') return whyUnknownToSf(rest, known);
  return `"${words.join(' ')}" is neither npm nor npx sf: let it be run, without a mark`;
}

function whyUnknownToSf(words: readonly string[], { sf }: KnownCommands): string | undefined {
  const firstFlag = words.findIndex((word) => word.startsWith('-'));
  const id = words.slice(0, firstFlag < 0 ? words.length : firstFlag).join(':');
  const flags = sf.get(id);
  if (!flags) return `the Salesforce CLI has no command "${id.replaceAll(':', ' ')}"`;
  const wrong = words.filter((word) => word.startsWith('-')).find((word) => !flags.has(word.replace(/=.*/, '')));
  return wrong && `"sf ${id.replaceAll(':', ' ')}" has no flag ${wrong}`;
}

const readJson = <Content>(place: string): Content =>
  JSON.parse(readFileSync(path.join(REPOSITORY, place), 'utf8')) as Content;
