import { SfError, type Sf } from './sf.ts';
import { FRESH_ORG, MAIN } from './target.ts';

export interface Deployed {
  id: string;
  components: number;
  changed: number;
}

interface DeployResult {
  id: string;
  numberComponentsDeployed: number;
  details?: { componentFailures?: Failure | Failure[]; componentSuccesses?: Success | Success[] };
}

interface Failure {
  componentType: string;
  fullName: string;
  fileName: string;
  lineNumber?: number | string;
  problem: string;
}

interface Success {
  fullName: string;
  changed: boolean | string;
}

/** What the org refused, one line a component. */
export class DeployRefused extends Error {
  override name = 'DeployRefused';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The org refused ${problems.length} component(s); nothing was changed.`);
    this.problems = problems;
  }
}

/**
 * Deploys the package, with the trainer object where the org has none.
 * @throws DeployRefused naming each place
 */
export async function deploy(sf: Sf, options: { withTrainer: boolean; dryRun: boolean }): Promise<Deployed> {
  const folders = options.withTrainer ? [MAIN, FRESH_ORG] : [MAIN];
  const sources = folders.flatMap((folder) => ['--source-dir', folder]);
  const dryRun = options.dryRun ? ['--dry-run'] : [];
  try {
    const command = ['project', 'deploy', 'start', ...sources, '--ignore-conflicts', '--wait', '60', ...dryRun];
    const result = await sf.run<DeployResult>(command);
    const changed = listOf(result.details?.componentSuccesses).filter(
      (one) => String(one.changed) === 'true' && one.fullName !== 'package.xml',
    );
    return { id: result.id, components: result.numberComponentsDeployed, changed: changed.length };
  } catch (error) {
    if (!(error instanceof SfError)) throw error;
    const failures = listOf((error.result as DeployResult | undefined)?.details?.componentFailures);
    if (failures.length === 0) throw error;
    throw new DeployRefused(failures.map(lineOfFailure));
  }
}

function lineOfFailure({ componentType, fullName, fileName, lineNumber, problem }: Failure): string {
  const place = lineNumber === undefined ? fileName : `${fileName}:${lineNumber}`;
  return `${place} ${componentType} ${fullName}: ${problem} → ${whatToDo(problem)}`;
}

const REMEDIES: [RegExp, string][] = [
  [
    /Cannot change|Cannot shorten|Cannot update referenceTo/,
    'save the values of that field elsewhere, delete or rename it in Setup, and deploy again',
  ],
  [
    /no \w+ named|does not exist|not found|Invalid reference/i,
    'deploy what it names as well, or take the reference out',
  ],
  [/required field/i, 'take the permission out: it follows the object'],
  [/depends on permission/i, 'grant what it depends on in the same permission set'],
  [/not well-formed/i, 'mend the XML; npm run check finds the same'],
];

function whatToDo(problem: string): string {
  return REMEDIES.find(([pattern]) => pattern.test(problem))?.[1] ?? 'mend the file and deploy again';
}

const listOf = <Item>(value: Item | Item[] | undefined): Item[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
